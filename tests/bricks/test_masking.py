"""Tests of means over time, of probabilities and of threaded sampling."""
import threading
import unittest

import numpy
import theano
from blocks.initialization import Constant, IsotropicGaussian
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor

from blocks_rnn_bricks import (
    LSTM,
    BidirectionalStack,
    GatedRecurrent,
    Sampler,
    SequenceBinaryCrossEntropy,
    mean_over_time,
)

FLOATX = theano.config.floatX
TOLERANCE = 1e-12 if FLOATX == 'float64' else 1e-5


def weighted_mean(sequence, mask):
    """Compute each sequence's mean by loops, skipping steps of weight 0."""
    mean = numpy.zeros(sequence.shape[1:])
    for row in range(sequence.shape[1]):
        total = 0.
        for step in range(len(sequence)):
            if mask[step, row]:
                mean[row] += mask[step, row] * sequence[step, row]
                total += mask[step, row]
        if total:
            mean[row] /= total
    return mean


class TestMeanOverTime(unittest.TestCase):
    def setUp(self):
        rng = numpy.random.RandomState(7)
        self.x = rng.normal(size=(5, 4, 3)).astype(FLOATX)
        self.mask = rng.uniform(.1, 1, size=(5, 4)).astype(FLOATX)
        self.mask[3:, 1] = 0
        self.mask[1, 2] = 0
        self.mask[:, 3] = 0
        self.masks = {'between 0 and 1': self.mask,
                      'small': self.mask / 100,
                      '0 and 1': (self.mask > 0).astype(FLOATX),
                      'nothing': 0 * self.mask}

    def test_weights_steps_and_ignores_padding(self):
        x, mask = tensor.tensor3(), tensor.matrix()
        mean = mean_over_time(x, mask)
        run = theano.function([x, mask],
                              [mean, theano.grad(mean.sum(), x)])
        for label, values in self.masks.items():
            with self.subTest(mask=label):
                self.x[values == 0] = numpy.nan
                value, gradient = run(self.x, values)
                assert_allclose(value, weighted_mean(self.x, values),
                                rtol=TOLERANCE, atol=TOLERANCE)
                total = values.sum(axis=0)
                share = values / numpy.where(total == 0, 1, total)
                assert_allclose(
                    gradient, numpy.repeat(share[:, :, None], 3, axis=2),
                    rtol=10 * TOLERANCE, atol=TOLERANCE)

    def test_summary_of_a_stack(self):
        self.mask[:, 3] = .5
        x, mask = tensor.tensor3(), tensor.matrix()
        for prototype in (GatedRecurrent(dim=2, fused=False),
                          LSTM(dim=2, fused=False)):
            stack = BidirectionalStack(
                [prototype], input_dim=3, seed=1,
                weights_init=IsotropicGaussian(.5), biases_init=Constant(0))
            stack.initialize()
            outputs, mean = theano.function([x, mask], [
                stack.apply(x, mask=mask),
                stack.summary(x, mask=mask, kind='mean')])(self.x, self.mask)
            assert_allclose(mean, weighted_mean(outputs, self.mask),
                            rtol=10 * TOLERANCE, atol=TOLERANCE)


class TestProbabilities(unittest.TestCase):
    def test_probabilities_rounded_above_one_are_accepted(self):
        y, p = tensor.tensor3(), tensor.tensor3()
        cost = theano.function([y, p], SequenceBinaryCrossEntropy().apply(
            y, p))
        above = numpy.full((1, 1, 1), 1 + 2e-6, FLOATX)
        one = numpy.ones((1, 1, 1), FLOATX)
        assert_allclose(cost(one, above), 0, atol=1e-5)
        self.assertEqual(cost(0 * one, above), numpy.inf)


class TestThreads(unittest.TestCase):
    def test_several_threads_share_a_sampler(self):
        rng = numpy.random.RandomState(3)
        table = theano.shared(rng.normal(size=(9, 9)).astype(FLOATX))

        def step(symbols, states):
            after = tensor.tanh(table[symbols] + states['h'])
            return after, [after]
        sampler = Sampler(step, {'h': 9})
        prompts = [rng.randint(9, size=(2, 1 + seed % 3))
                   for seed in range(6)]
        expected = [sampler.sample(prompt, 15, seed=seed)
                    for seed, prompt in enumerate(prompts)]
        errors, start = [], threading.Barrier(6)

        def work(seed):
            try:
                start.wait(30)
                for _ in range(5):
                    assert_array_equal(
                        sampler.sample(prompts[seed], 15, seed=seed),
                        expected[seed])
            except Exception as error:
                errors.append(error)
        threads = [threading.Thread(target=work, args=(seed,))
                   for seed in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(errors, [])
