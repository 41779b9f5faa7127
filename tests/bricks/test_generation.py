"""Tests of sampling, where each output is the next input."""
from collections import OrderedDict
from unittest import TestCase

import numpy
import theano
from numpy.testing import assert_array_equal
from theano import tensor

from blocks_rnn_bricks import Sampler, draw_notes, draw_symbols


def counting_step(symbols, states):
    """Favour the symbol after the sum of all so far, modulo 5."""
    total = states['total'] + symbols.dimshuffle(0, 'x')
    total = tensor.cast(total, theano.config.floatX)
    successor = tensor.mod(total[:, 0] + 1, 5)
    energies = 3. * tensor.eq(successor.dimshuffle(0, 'x'), tensor.arange(5))
    return energies, [total]


class TestSampler(TestCase):
    def make(self):
        return Sampler(counting_step, OrderedDict([('total', 1)]))

    def test_feeds_the_prompt_then_the_outputs(self):
        prompt = [[1, 0], [2, 4]]
        # The totals are 3 and 4; each output is added to its total.
        expected = [[4, 0], [3, 0], [1, 0]]
        for total in ([3, 4],):
            rows, total = [], numpy.array(total)
            for _ in range(3):
                symbols = (total + 1) % 5
                rows.append(symbols)
                total = total + symbols
            assert_array_equal(rows, [[4, 0], [3, 0], [1, 0]])
        assert_array_equal(self.make().sample(prompt, 3, temperature=0),
                           expected)

    def test_initial_states(self):
        states = {'total': numpy.array([[1.], [4.]])}
        assert_array_equal(
            self.make().sample([[0, 0]], 1, temperature=0, states=states),
            [[2, 0]])

    def test_seeds(self):
        sampler = self.make()
        one, same, other = [
            sampler.sample([[1] * 50], 4, seed=seed) for seed in (1, 1, 2)]
        assert_array_equal(one, same)
        self.assertTrue((one != other).any())
        self.assertEqual(one.shape, (4, 50))

    def test_temperature(self):
        energies = numpy.tile(numpy.log([[0.7, 0.2, 0.1]]), (4000, 1))
        rng = numpy.random.RandomState(1)
        for temperature in (0.5, 1., 2.):
            expected = numpy.array([0.7, 0.2, 0.1]) ** (1 / temperature)
            expected /= expected.sum()
            counts = numpy.bincount(draw_symbols(energies, temperature, rng))
            self.assertLess(abs(counts / 4000. - expected).max(), 0.03)
        assert_array_equal(draw_symbols(energies, 0, rng), 0)

    def test_notes(self):
        energies = numpy.tile(numpy.array([[-2., 0., 2.]]), (4000, 1))
        rng = numpy.random.RandomState(1)
        for temperature in (0.5, 1.):
            notes = draw_notes(energies, temperature, rng)
            self.assertEqual(set(notes.ravel()), {0., 1.})
            expected = 1 / (1 + numpy.exp(-energies[0] / temperature))
            self.assertLess(abs(notes.mean(axis=0) - expected).max(), 0.03)
        assert_array_equal(draw_notes(energies, 0, rng)[0], [0, 0, 1])

    def test_notes_are_fed_back(self):
        def step(notes, states):
            return 2. * notes[:, ::-1] - 1., []

        sampler = Sampler(step, {}, tensor.matrix('notes'), draw_notes)
        song = sampler.sample([[[1, 0, 0]]], 3, temperature=0)
        assert_array_equal(song, [[[0, 0, 1]], [[1, 0, 0]], [[0, 0, 1]]])

    def test_errors(self):
        sampler = self.make()
        for prompt in ([], [1, 2], numpy.zeros((0, 2))):
            with self.assertRaisesRegex(ValueError, 'at least one time step'):
                sampler.sample(prompt, 3)
        with self.assertRaisesRegex(ValueError, 'temperature'):
            sampler.sample([[1]], 3, temperature=-1)
        with self.assertRaisesRegex(ValueError, 'unknown states cells'):
            sampler.sample([[1]], 3, states={'cells': 0})
        with self.assertRaisesRegex(ValueError, 'a next state for each'):
            Sampler(lambda symbols, states: (symbols, []), {'total': 1})
