"""Tests of CTC against an enumeration of all alignments and PyTorch."""
import functools
import itertools
import os
import unittest

import numpy
import theano
from blocks.algorithms import Adam, GradientDescent
from blocks.bricks import Linear
from blocks.graph import ComputationGraph
from blocks.initialization import Constant, Orthogonal
from numpy.testing import assert_allclose, assert_array_equal
from theano import tensor
from theano.gradient import NullTypeGradError

from blocks_rnn_bricks import (
    CTC,
    LSTM,
    BidirectionalStack,
    best_path,
    prefix_beam_search,
)
from blocks_rnn_bricks.ctc import _Costs

CLASSES = 3
TORCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'data',
                     'torch_ctc.npz')


def log_softmax(energies):
    largest = energies.max(axis=-1, keepdims=True)
    return energies - largest - numpy.log(
        numpy.exp(energies - largest).sum(axis=-1, keepdims=True))


def read(alignment, blank):
    """Return the labels of an alignment."""
    return tuple(k for k, _ in itertools.groupby(alignment) if k != blank)


def by_enumeration(energies, blank):
    """Enumerate all labellings, with probability and gradient of the cost.

    Parameters
    ----------
    energies : numpy.ndarray, (T, K)
        Of one sequence.

    Returns
    -------
    dict of tuple of int to (float, numpy.ndarray)

    """
    frames, classes = energies.shape
    y = numpy.exp(log_softmax(energies))
    total, share = {}, {}
    for alignment in itertools.product(range(classes), repeat=frames):
        labels = read(alignment, blank)
        p = y[numpy.arange(frames), list(alignment)].prod()
        total[labels] = total.get(labels, 0) + p
        share.setdefault(labels, numpy.zeros_like(y))[
            numpy.arange(frames), list(alignment)] += p
    return {labels: (p, y - share[labels] / p)
            for labels, p in total.items()}


def variables(dtype='float64'):
    """Return the variables labels, energies, mask and labels_mask."""
    return [tensor.TensorType(kind, (False,) * ndim)(name)
            for name, kind, ndim in [
                ('labels', 'int64', 2), ('energies', dtype, 3),
                ('mask', dtype, 2), ('labels_mask', dtype, 2)]]


def compile_ctc(blank=-1, dtype='float64', weights=None):
    """Compile a function from a batch to the costs and their gradient."""
    inputs = variables(dtype)
    costs = CTC(blank).apply(*inputs)
    total = costs.sum() if weights is None else (costs * weights).sum()
    return theano.function(inputs, [costs, theano.grad(total, inputs[1])])


def mask_of(lengths, steps, dtype='float64'):
    return (numpy.arange(steps)[:, None] < lengths).astype(dtype)


def batch_of(rng, lengths, labels, classes=CLASSES, dtype='float64'):
    """Return random energies with NaN and invalid labels in the padding."""
    frames = max(max(lengths), 1)
    longest = max(max(map(len, labels)), 1)
    mask = mask_of(lengths, frames, dtype)
    energies = (2 * rng.normal(size=mask.shape + (classes,))).astype(dtype)
    energies[mask == 0] = numpy.nan
    padded = numpy.full((longest, len(labels)), -99)
    for row, one in enumerate(labels):
        padded[:len(one), row] = one
    return padded, energies, mask, mask_of(
        [len(one) for one in labels], longest, dtype)


class TestCosts(unittest.TestCase):
    def test_all_labels_by_enumeration(self):
        rng = numpy.random.RandomState(1)
        for blank in (-1, 0, 1):
            function = compile_ctc(blank)
            for frames in (1, 2, 3, 5):
                _, energies, _, _ = batch_of(rng, [frames], [()])
                expected = by_enumeration(energies[:, 0], blank % CLASSES)
                batch = batch_of(rng, [frames] * len(expected),
                                 list(expected))
                batch[1][:] = energies
                costs, gradient = function(*batch)
                for row, labels in enumerate(expected):
                    case = '{} of {} frames, blank {}'.format(
                        labels, frames, blank)
                    p, expected_gradient = expected[labels]
                    assert_allclose(costs[row], -numpy.log(p), rtol=1e-10,
                                    atol=1e-12, err_msg=case)
                    assert_allclose(gradient[:, row], expected_gradient,
                                    rtol=1e-10, atol=1e-12, err_msg=case)
                # Over all labellings, the probabilities sum to one.
                self.assertAlmostEqual(numpy.exp(-costs).sum(), 1)

    def test_pytorch(self):
        with numpy.load(TORCH) as file:
            case = dict(file)
        batch = (case['labels'],
                 case['energies'], mask_of(case['lengths'], 12, 'float32'),
                 mask_of(case['labels_lengths'], 5, 'float32'))
        costs, gradient = compile_ctc(0, 'float32', case['weights'])(*batch)
        self.assertEqual(costs.dtype, 'float32')
        self.assertEqual(gradient.dtype, 'float32')
        assert_allclose(costs, case['costs'], rtol=1e-5)
        assert_allclose(gradient, case['gradient'], rtol=1e-4, atol=1e-5)

    def test_finite_differences(self):
        rng = numpy.random.RandomState(2)
        labels, energies, mask, labels_mask = batch_of(
            rng, [6, 4, 5], [(1, 1, 3), (2,), (0, 3, 0, 1)], classes=5)
        weights = rng.normal(size=3)
        function = compile_ctc(4, weights=weights)

        def total(energies):
            return weights.dot(function(labels, energies, mask,
                                        labels_mask)[0])
        gradient = function(labels, energies, mask, labels_mask)[1]
        for place in zip(*numpy.nonzero(mask[:, :, None] + 0 * energies)):
            if mask[place[:2]] == 0:
                self.assertEqual(gradient[place], 0)
                continue
            differences = []
            for step in (1e-5, -1e-5):
                moved = energies.copy()
                moved[place] += step
                differences.append(total(moved))
            assert_allclose(gradient[place],
                            (differences[0] - differences[1]) / 2e-5,
                            rtol=1e-5, atol=1e-8)

    def test_padding_and_holes(self):
        """A masked sequence costs as much as its valid steps alone."""
        rng = numpy.random.RandomState(3)
        function = compile_ctc()
        lengths, labels = [5, 2, 7, 4], [(1, 0), (1,), (0, 0, 1), (1, 1)]
        batch = batch_of(rng, lengths, labels)
        costs, gradient = function(*batch)
        frames, places = [], []
        for row in range(4):
            frames.append(numpy.sort(rng.permutation(10)[:lengths[row]]))
            places.append(numpy.sort(rng.permutation(6)[:len(labels[row])]))
        for garbage in (numpy.nan, numpy.inf, -numpy.inf, 1e30):
            scattered = [numpy.full((6, 4), 99),
                         numpy.full((10, 4, CLASSES), garbage),
                         numpy.zeros((10, 4)), numpy.zeros((6, 4))]
            expected = numpy.zeros_like(scattered[1])
            for row in range(4):
                scattered[0][places[row], row] = labels[row]
                scattered[1][frames[row], row] = \
                    batch[1][:lengths[row], row]
                scattered[2][frames[row], row] = 1
                scattered[3][places[row], row] = 1
                expected[frames[row], row] = gradient[:lengths[row], row]
            for one, other in zip(function(*scattered), (costs, expected)):
                assert_array_equal(one, other, str(garbage))

    def test_without_masks(self):
        labels, energies, mask, labels_mask = variables()
        rng = numpy.random.RandomState(4)
        batch = batch_of(rng, [4, 4], [(0, 1), (1, 1)])
        expected = CTC().apply(labels, energies, mask, labels_mask).eval(
            dict(zip((labels, energies, mask, labels_mask), batch)))
        costs = CTC().apply(labels, energies)
        assert_array_equal(
            costs.eval({labels: batch[0], energies: batch[1]}), expected)
        for dtype in ('uint8', 'int32'):
            given = tensor.TensorType(dtype, (False, False))()
            assert_array_equal(CTC().apply(given, energies).eval(
                {given: batch[0].astype(dtype), energies: batch[1]}),
                expected, dtype)

    def test_no_labels(self):
        rng = numpy.random.RandomState(5)
        batch = batch_of(rng, [5, 3], [(), ()])
        costs, gradient = compile_ctc(1)(*batch)
        for row, length in enumerate([5, 3]):
            scores = log_softmax(batch[1][:length, row])
            assert_allclose(costs[row], -scores[:, 1].sum())
            assert_allclose(gradient[:length, row],
                            numpy.exp(scores) - numpy.eye(3)[1], atol=1e-15)
        # Nor room for any.
        labels, energies, _, _ = variables()
        assert_allclose(CTC(1).apply(labels, energies[:3]).eval(
            {labels: numpy.zeros((0, 2), 'int64'), energies: batch[1]})[1],
            costs[1])

    def test_no_frames(self):
        rng = numpy.random.RandomState(6)
        batch = batch_of(rng, [0, 0, 2], [(), (1,), (1,)])
        costs, gradient = compile_ctc()(*batch)
        assert_array_equal(costs[:2], [0, numpy.inf])
        self.assertTrue(0 < costs[2] < numpy.inf)
        assert_array_equal(gradient[:, :2], 0)

    def test_impossible_labels(self):
        """Labels too long for the frames cost infinity, with zero gradient."""
        rng = numpy.random.RandomState(7)
        for labels, needed in [((0, 1), 2), ((0, 0), 3), ((1, 1, 1), 5),
                               ((0, 0, 1, 1), 6)]:
            lengths = [needed, needed - 1, 4]
            batch = batch_of(rng, lengths, [labels, labels, (1,)])
            costs, gradient = compile_ctc(weights=1. / 3)(*batch)
            self.assertTrue(numpy.isfinite(costs[[0, 2]]).all(), labels)
            self.assertEqual(costs[1], numpy.inf, labels)
            assert_array_equal(gradient[:, 1], 0)
            self.assertTrue(numpy.isfinite(gradient).all())
            for row in (0, 2):
                self.assertGreater(abs(gradient[:, row]).max(), 0)

    def test_impossible_class(self):
        function = compile_ctc()
        energies = numpy.zeros((3, 2, 3))
        energies[1, :, 0] = -numpy.inf
        energies[:, 1, 1] = -numpy.inf
        labels = numpy.array([[0, 1], [1, 0]])
        ones = numpy.ones((3, 2))
        costs, gradient = function(labels, energies, ones, ones[:2])
        # The second frame is 1 or a blank: 0 1 1, 0 1 -, 0 - 1.
        assert_allclose(costs, [-numpy.log(3. / 18), numpy.inf])
        self.assertTrue(numpy.isfinite(gradient).all())
        self.assertEqual(gradient[1, 0, 0], 0)

    def test_nan_is_not_hidden(self):
        energies = numpy.zeros((3, 2, 3))
        energies[1, 0, 2] = numpy.nan
        ones = numpy.ones((3, 2))
        costs, gradient = compile_ctc()(
            numpy.array([[0, 0], [1, 1]]), energies, ones, ones[:2])
        self.assertTrue(numpy.isnan(costs[0]))
        self.assertTrue(numpy.isnan(gradient[:, 0]).any())
        self.assertTrue(numpy.isfinite(gradient[:, 1]).all())

    def test_confident_predictions(self):
        """Neither right nor wrong predictions overflow or underflow."""
        alignment = [0, 2, 1, 1]
        energies = 5000. * numpy.eye(3)[alignment][:, None]
        ones = numpy.ones((4, 1))
        for labels, expected in [((0, 1), 0), ((1, 0), 10000)]:
            costs, gradient = compile_ctc()(
                numpy.array(labels)[:, None], energies, ones, ones[:2])
            assert_allclose(costs, [expected], atol=1e-9)
            self.assertTrue(numpy.isfinite(gradient).all())
            self.assertEqual(abs(gradient).max() > .1, expected > 0)

    def test_long_sequences(self):
        """Single precision stays accurate over a thousand frames."""
        rng = numpy.random.RandomState(8)
        labels = [tuple(rng.randint(0, 19, 300)), (3,) * 150]
        batch = batch_of(rng, [1500, 900], labels, 20, 'float32')
        single = compile_ctc(dtype='float32')(*batch)
        double = compile_ctc()(*[array.astype('float64')
                                 if array.dtype == 'float32' else array
                                 for array in batch])
        self.assertGreater(double[0].max(), 3000)
        assert_allclose(single[0], double[0], rtol=1e-6)
        assert_allclose(single[1], double[1], rtol=1e-5, atol=1e-7)
        # Adding a number to a frame's energies leaves the softmax the same.
        assert_allclose(double[1].sum(axis=2), 0, atol=1e-10)


class TestInGraphs(unittest.TestCase):
    def test_names(self):
        brick = CTC(name='cost')
        costs = brick.apply(*variables())
        self.assertEqual(brick.apply.outputs, ['costs'])
        self.assertEqual(costs.name, 'cost_apply_costs')
        self.assertEqual(costs.ndim, 1)
        self.assertIs(costs.tag.annotations[0], brick)

    def test_gradient_is_computed_only_where_it_is_needed(self):
        inputs = variables()
        costs = CTC().apply(*inputs)
        for outputs, learns in [(costs, False), (
                theano.grad(costs.sum(), inputs[1]), True)]:
            function = theano.function(inputs, outputs)
            node, = [node for node in function.maker.fgraph.toposort()
                     if isinstance(node.op, _Costs)]
            self.assertEqual(node.op.read(node)[1], learns)

    def test_shapes_are_inferred(self):
        inputs = variables()
        costs = CTC().apply(*inputs)
        gradient = theano.grad(costs.sum(), inputs[1])
        function = theano.function(inputs, [costs.shape[0],
                                            gradient.shape[2]],
                                   mode='FAST_RUN', on_unused_input='ignore')
        self.assertFalse([node for node in function.maker.fgraph.toposort()
                          if isinstance(node.op, _Costs)])
        rng = numpy.random.RandomState(1)
        batch = batch_of(rng, [2, 3], [(0,), (1,)])
        assert_array_equal(function(*batch), [2, 3])

    def test_second_derivatives_are_refused(self):
        inputs = variables()
        cost = CTC().apply(*inputs).sum()
        gradient = theano.grad(cost, inputs[1])
        with self.assertRaisesRegex(NullTypeGradError,
                                    'CTC have first derivatives only; leave'):
            theano.grad(cost + (gradient ** 2).sum(), inputs[1])

    def test_batches_of_one(self):
        """Broadcastable axes keep their types."""
        rng = numpy.random.RandomState(16)
        labels, energies, mask, labels_mask = batch_of(rng, [5], [(0, 1)])
        inputs = [tensor.TensorType('int64', (False, True))(),
                  tensor.TensorType('float64', (False, True, False))(),
                  tensor.TensorType('float64', (False, True))(),
                  tensor.TensorType('float64', (False, True))()]
        cost = CTC().apply(*inputs)
        gradient = theano.grad(cost.sum(), inputs[1])
        self.assertEqual(gradient.broadcastable, inputs[1].broadcastable)
        batch = labels, energies, mask, labels_mask
        for one, other in zip(theano.function(inputs, [cost, gradient])(
                *batch), compile_ctc()(*batch)):
            assert_array_equal(one, other)

    def test_learns_labels_without_alignments(self):
        """The labels give no timing; the network learns it from the inputs."""
        rng = numpy.random.RandomState(9)
        dtype = theano.config.floatX
        frames, batch, labels = 10, 20, 3
        x = numpy.zeros((frames, batch, labels), dtype)
        spelled = numpy.zeros((3, batch), 'int64')
        for row in range(batch):
            spelled[:, row] = rng.randint(labels, size=3)
            at = numpy.sort(rng.permutation(frames // 2)[:3]) * 2
            x[at, row, spelled[:, row]] = 1
        given, y = tensor.tensor3('x'), tensor.lmatrix('y')
        stack = BidirectionalStack([LSTM(dim=8)], input_dim=labels,
                                   weights_init=Orthogonal(),
                                   biases_init=Constant(0), seed=1)
        output = Linear(16, labels + 1, weights_init=Orthogonal(),
                        biases_init=Constant(0), seed=2)
        for brick in (stack, output):
            brick.initialize()
        energies = output.apply(stack.apply(given))
        cost = CTC().apply(y, energies).mean()
        algorithm = GradientDescent(
            cost=cost, parameters=ComputationGraph(cost).parameters,
            step_rule=Adam(0.05))
        algorithm.initialize()
        for _ in range(60):
            algorithm.process_batch({'x': x, 'y': spelled})
        said = best_path(theano.function([given], energies)(x))
        right = sum(list(one) == list(spelled[:, row])
                    for row, one in enumerate(said))
        self.assertGreaterEqual(right, 18)


class TestErrors(unittest.TestCase):
    def test_when_applied_to_wrong_variables(self):
        labels, energies, mask, labels_mask = variables()
        for error, pattern, arguments in [
                (ValueError, 'energies must have 3 axes',
                 (labels, energies[0])),
                (TypeError, 'energies must be float32 or float64',
                 (labels, tensor.itensor3())),
                (ValueError, 'labels must have 2 axes',
                 (labels[0], energies)),
                (ValueError, 'energies must have 3 axes, .*apply.labels',
                 (energies, labels)),
                (TypeError, 'labels must be class indices',
                 (mask, energies)),
                (ValueError, 'mask must have 2 axes',
                 (labels, energies, mask[0])),
                (TypeError, 'mask', (labels, tensor.ftensor3(),
                                     tensor.dmatrix())),
                (TypeError, 'mask', (labels, tensor.ftensor3(),
                                     tensor.fmatrix(), tensor.lmatrix()))]:
            with self.assertRaisesRegex(error, "CTC 'speller'.*" + pattern):
                CTC(name='speller').apply(*arguments)
        with self.assertRaisesRegex(TypeError, 'blank must be a class index'):
            CTC(blank=.5)

    def test_when_run_on_wrong_arrays(self):
        rng = numpy.random.RandomState(10)
        for pattern, place, change in [
                ('labels must be .* got 3 as label 1 of sequence 0', 0,
                 lambda labels: labels + [[0, 0], [3, 0]]),
                ('labels must be .* not the blank, 2; got 2', 0,
                 lambda labels: labels + [[2, 0], [0, 0]]),
                ('labels must be at least 0', 0, lambda labels: -1 - labels),
                ('as many sequences as the energies, 2', 0,
                 lambda labels: labels[:, :1]),
                (r'mask must have the first axes of the energies, \(4, 2\), '
                 r'got \(2, 4\)', 2, lambda mask: mask.T),
                ('mask must contain only 1', 2, lambda mask: mask / 2),
                ('mask must contain only 1', 2,
                 lambda mask: mask * numpy.nan),
                ('labels_mask must have the first axes of the labels', 3,
                 lambda mask: mask[:1])]:
            batch = list(batch_of(rng, [4, 4], [(0, 0), (1, 1)]))
            batch[place] = change(batch[place])
            with self.assertRaisesRegex(ValueError, pattern):
                compile_ctc()(*batch)
        for blank in (3, -4):
            with self.assertRaisesRegex(ValueError, 'classes, got {},'.format(
                    blank)):
                compile_ctc(blank)(*batch_of(rng, [4], [(0, 0)]))

    def test_of_decoders(self):
        energies = numpy.zeros((4, 2, 3))
        nan, impossible = energies.copy(), energies.copy()
        nan[3, 1, 0] = numpy.nan
        impossible[0, 0] = -numpy.inf
        for decode in (best_path, prefix_beam_search):
            for pattern, arguments in [
                    (decode.__name__ + ': energies must have 3 axes',
                     (energies[0],)),
                    ('energies must be numbers', (nan,)),
                    ('energies must be numbers', (impossible,)),
                    ('energies must be numbers', (energies + numpy.inf,)),
                    ('mask must have', (energies, numpy.ones((2, 4)))),
                    ('contain only 1', (energies, numpy.full((4, 2), 2)))]:
                with self.assertRaisesRegex(ValueError, pattern):
                    decode(*arguments)
            with self.assertRaisesRegex(ValueError, 'classes, got 3,'):
                decode(energies, blank=3)
            decode(nan, mask_of([4, 3], 4))
        with self.assertRaisesRegex(ValueError, 'width must be a positive'):
            prefix_beam_search(energies, width=0)

    def test_of_the_language_model(self):
        energies = numpy.zeros((2, 1, 3))

        def returns(*scores):
            return {'language_model': lambda prefix: numpy.array(scores)}
        for error, pattern, arguments in [
                (TypeError, 'language_model must be a function, of a prefix',
                 {'language_model': numpy.zeros(3)}),
                (TypeError, "real numbers, got an array of <U1 for the prefix "
                 r'\(\)', returns(*'abc')),
                (TypeError, 'array of complex', returns(0, 0, 1j)),
                (ValueError, r'each of the 3 classes.*shape \(2,\) for',
                 returns(0, 0)),
                (ValueError, r'shape \(1, 3\)', returns([0, 0, 0])),
                (ValueError, 'got NaN or', returns(0, numpy.nan, 0)),
                (ValueError, 'got NaN or', returns(0, numpy.inf, 0)),
                (ValueError, 'weight must be at least 0, got -1',
                 {'weight': -1}),
                (ValueError, 'weight must be', {'weight': numpy.inf}),
                (TypeError, 'weight must be', {'weight': 'one'}),
                (ValueError, 'bonus must be a finite', {'bonus': numpy.nan}),
                (TypeError, 'bonus must be a finite', {'bonus': None})]:
            with self.assertRaisesRegex(error, 'prefix_beam_search: .*'
                                        + pattern):
                prefix_beam_search(energies, **arguments)


def random_language_model(seed, classes, impossible=()):
    """Probabilities that depend on the last two labels and the length.

    They sum to another number than one. The labels that are `impossible` are
    so after at least one other label.

    """
    @functools.lru_cache(maxsize=None)
    def model(prefix):
        rng = numpy.random.RandomState(
            [seed, len(prefix), *(label + 1 for label in prefix[-2:])])
        scores = numpy.log(rng.uniform(.05, 1, size=classes))
        if prefix:
            scores[list(impossible)] = -numpy.inf
        return scores
    return model


def judge(labels, blank, language_model, weight, bonus, whole=True):
    """What language model and bonus add to the log-probability of labels."""
    scores = [language_model(labels[:n])[label]
              for n, label in enumerate(labels)]
    if whole:
        scores.append(language_model(labels)[blank])
    return weight * sum(scores) + bonus * len(labels)


def plain_beam_search(scores, blank, width, judge=lambda prefix: 0):
    """Prefix beam search over dictionaries."""
    beam = {(): (1., 0.)}
    for y in numpy.exp(scores):
        grown = {}

        def add(prefix, in_blank, in_label):
            before = grown.get(prefix, (0., 0.))
            grown[prefix] = before[0] + in_blank, before[1] + in_label
        for prefix, (in_blank, in_label) in beam.items():
            for k, p in enumerate(y):
                if k == blank:
                    add(prefix, p * (in_blank + in_label), 0)
                elif prefix and k == prefix[-1]:
                    add(prefix, 0, p * in_label)
                    add(prefix + (k,), 0, p * in_blank)
                else:
                    add(prefix + (k,), 0, p * (in_blank + in_label))
        best = sorted(grown, key=lambda prefix: -sum(grown[prefix])
                      * numpy.exp(judge(prefix)))[:width]
        beam = {prefix: grown[prefix] for prefix in best
                if sum(grown[prefix])}
    return [(prefix, numpy.log(sum(beam[prefix]))) for prefix in beam]


class TestDecoding(unittest.TestCase):
    def test_best_path_is_the_best_alignment(self):
        rng = numpy.random.RandomState(11)
        for blank in (0, 1, -1):
            energies = rng.normal(size=(4, 30, CLASSES))
            said = best_path(energies, blank=blank)
            for row in range(30):
                best = max(itertools.product(range(CLASSES), repeat=4),
                           key=lambda alignment: energies[
                               numpy.arange(4), row, list(alignment)].sum())
                self.assertEqual(tuple(said[row]),
                                 read(best, blank % CLASSES))
                self.assertEqual(said[row].dtype, 'int64')

    def test_wide_beam_equals_enumeration(self):
        rng = numpy.random.RandomState(12)
        for blank in (0, 1, -1):
            energies = 2 * rng.normal(size=(5, 3, CLASSES))
            for row, found in enumerate(prefix_beam_search(
                    energies, width=1000, blank=blank)):
                expected = by_enumeration(energies[:, row], blank % CLASSES)
                self.assertEqual(len(found), len(expected))
                for labels, score in found:
                    self.assertAlmostEqual(
                        score, numpy.log(expected[tuple(labels)][0]))
                scores = [score for _, score in found]
                self.assertEqual(scores, sorted(scores, reverse=True))

    def test_narrow_beams(self):
        """Prefixes leave the beam, return and merge."""
        rng = numpy.random.RandomState(13)
        for width in (1, 2, 3, 5, 8):
            for spread in (.2, 1, 3):
                energies = spread * rng.normal(size=(15, 6, 4))
                for row, found in enumerate(prefix_beam_search(
                        energies, width=width, blank=2)):
                    expected = plain_beam_search(
                        log_softmax(energies[:, row]), 2, width)
                    self.assertEqual([tuple(labels) for labels, _ in found],
                                     [labels for labels, _ in expected])
                    assert_allclose([score for _, score in found],
                                    [score for _, score in expected])

    def test_language_model_by_enumeration(self):
        """A wide beam finds all labels, with the sum of all scores."""
        rng = numpy.random.RandomState(16)
        for blank, weight, bonus, impossible in [
                (-1, 1, 0, ()), (0, .3, .5, ()), (1, 2, -1, ()),
                (2, .5, 0, (1,)), (0, 1, 0, (0, 2)), (1, 0, .7, (0, 2))]:
            model = random_language_model(3, CLASSES, impossible)
            energies = 2 * rng.normal(size=(5, 3, CLASSES))
            for row, found in enumerate(prefix_beam_search(
                    energies, width=1000, blank=blank, language_model=model,
                    weight=weight, bonus=bonus)):
                expected = {
                    labels: numpy.log(p) + (judge(
                        labels, blank, model, weight, bonus) if weight
                        else bonus * len(labels))
                    for labels, (p, _) in by_enumeration(
                        energies[:, row], blank % CLASSES).items()}
                expected = {labels: score for labels, score
                            in expected.items() if score > -numpy.inf}
                self.assertEqual({tuple(labels) for labels, _ in found},
                                 set(expected))
                for labels, score in found:
                    self.assertAlmostEqual(score, expected[tuple(labels)])
                    self.assertEqual(labels.dtype, 'int64')
                scores = [score for _, score in found]
                self.assertEqual(scores, sorted(scores, reverse=True))

    def test_language_model_guides_narrow_beams(self):
        rng = numpy.random.RandomState(17)
        model = random_language_model(4, 4)
        for width in (1, 2, 3, 5):
            energies = rng.normal(size=(12, 6, 4))
            for row, found in enumerate(prefix_beam_search(
                    energies, width=width, blank=2, language_model=model,
                    weight=.8, bonus=.4)):
                beam = plain_beam_search(
                    log_softmax(energies[:, row]), 2, width,
                    lambda labels: judge(labels, 2, model, .8, .4, False))
                expected = sorted(
                    ((labels, score + judge(labels, 2, model, .8, .4))
                     for labels, score in beam), key=lambda each: -each[1])
                self.assertEqual([tuple(labels) for labels, _ in found],
                                 [labels for labels, _ in expected])
                assert_allclose([score for _, score in found],
                                [score for _, score in expected])

    def test_language_model_sees_prefixes_of_integers(self):
        seen = []

        def model(prefix):
            seen.append(prefix)
            return numpy.zeros(3)
        found, = prefix_beam_search(
            numpy.eye(3)[[0, 1, 0]][:, None], width=3, language_model=model)
        self.assertEqual(seen[0], ())
        self.assertIn((0, 1, 0), seen)
        for prefix in seen:
            self.assertIs(type(prefix), tuple)
            self.assertTrue({type(label) for label in prefix} <= {int})
        self.assertLessEqual({tuple(labels) for labels, _ in found},
                             set(seen))

    def test_nothing_is_possible(self):
        impossible = numpy.full(3, -numpy.inf)
        for frames in (0, 4):
            self.assertEqual(prefix_beam_search(
                numpy.zeros((frames, 2, 3)),
                language_model=lambda prefix: impossible), [[], []])

    def test_probability_is_that_of_the_cost(self):
        rng = numpy.random.RandomState(14)
        energies = rng.normal(size=(6, 1, 4)).astype('float32')
        labels, score = prefix_beam_search(energies, width=500)[0][0]
        given, scores = tensor.lmatrix(), tensor.ftensor3()
        cost = CTC().apply(given, scores).eval(
            {given: labels[:, None], scores: energies})
        assert_allclose(cost, [-score], rtol=1e-5)

    def test_masks(self):
        rng = numpy.random.RandomState(15)
        energies = 2 * rng.normal(size=(7, 4, 4)).astype('float32')
        mask = rng.binomial(1, .6, size=(7, 4))
        mask[:, 2] = 0
        garbage = numpy.where(mask[:, :, None], energies, numpy.nan)
        said, found = (best_path(garbage, mask),
                       prefix_beam_search(garbage, mask, width=4))
        self.assertEqual((len(said), len(found)), (4, 4))
        for row in range(4):
            alone = energies[mask[:, row] == 1, row][:, None]
            assert_array_equal(said[row], best_path(alone)[0])
            expected = prefix_beam_search(alone, width=4)[0]
            for one, other in zip(found[row], expected):
                assert_array_equal(one[0], other[0])
                self.assertEqual(one[1], other[1])
        self.assertEqual(len(said[2]), 0)
        self.assertEqual([(list(labels), score)
                          for labels, score in found[2]], [([], 0)])

    def test_impossible_classes(self):
        energies = numpy.full((3, 1, 3), -numpy.inf)
        energies[:, 0, 0] = [1, -numpy.inf, 1]
        energies[1, 0, 2] = 1
        self.assertEqual([(list(labels), score) for labels, score in
                          prefix_beam_search(energies)[0]], [([0, 0], 0)])

    def test_lists_and_integers(self):
        energies = [[[9, 0, 0]], [[0, 9, 0]]]
        assert_array_equal(best_path(energies)[0], [0, 1])
        assert_array_equal(prefix_beam_search(energies)[0][0][0], [0, 1])
