"""Tests of random streams: MRG31k3p and NumPy's Mersenne Twister."""

import json
import pickle
import warnings
from pathlib import Path
from unittest import TestCase

import numpy
import theano
from numpy.testing import assert_array_equal, assert_array_less
from theano import tensor
from theano.sandbox import _mrg31k3p
from theano.sandbox.multinomial import (
    ChoiceFromUniform,
    MultinomialFromUniform,
)
from theano.sandbox.rng_mrg import MRG_RandomStreams, guess_n_streams
from theano.tensor.raw_random import random_state_type
from theano.tensor.shared_randomstreams import (
    RandomStateSharedVariable,
    RandomStreams,
)

from tests.compat.theano import make_random_reference as reference

NUMBERS = json.loads(
    (Path(__file__).parent / 'random_reference.json').read_text())
MODES = ['FAST_COMPILE', 'FAST_RUN']
#: Cases with logarithms and cosines, which are equal up to two units in
#: the last place of numbers around one.
ROUNDED = {'normal', 'truncated'}


def read(stored):
    """Convert a stored sample to an array."""
    numbers = stored['numbers']
    if stored['dtype'].startswith('float'):
        numbers = [float.fromhex(number) for number in numbers]
    return numpy.array(numbers, stored['dtype']).reshape(stored['shape'])


class TestReference(TestCase):
    """Samples equal those of Theano 1.0.5."""

    def test_samples_equal_those_of_theano(self):
        for case in reference.CASES:
            for mode in MODES:
                with self.subTest(case=case.__name__, mode=mode), \
                        theano.config.change_flags(mode=mode), \
                        warnings.catch_warnings():
                    warnings.simplefilter('error')
                    drawn = reference.draw_twice(case)
                    for call, stored in zip(drawn, NUMBERS[case.__name__]):
                        for array, expected in zip(call, map(read, stored)):
                            self.assertEqual(array.dtype, expected.dtype)
                            self.compare(case.__name__, array, expected)

    def compare(self, name, array, expected):
        if name in ROUNDED:
            # Two units in the last place; near 0, of the numbers that were
            # added.
            last = numpy.spacing(numpy.maximum(abs(expected), 1))
            assert_array_less(abs(array - expected), 2.5 * last)
        else:
            assert_array_equal(array, expected)


class TestGenerator(TestCase):
    """Tests of the generator on arrays of states."""

    def test_jump_equals_single_draws(self):
        states = numpy.array([[12345] * 6, [1, 2, 3, 4, 5, 6]], 'int32')
        moved = states.copy()
        _mrg31k3p.draw(moved, 2 * 37, 'float64')
        assert_array_equal(_mrg31k3p.Jump(37)(states), moved)

    def test_streams_are_jumps_apart(self):
        states = _mrg31k3p.streams(numpy.array([12345] * 6), 11)
        for before, after in zip(states, states[1:]):
            assert_array_equal(_mrg31k3p.NEXT_STREAM(before), after)

    def test_draws_cycle_through_the_streams(self):
        states = _mrg31k3p.streams(numpy.array([7] * 6), 3)
        apart = [_mrg31k3p.draw(state[None].copy(), 3, 'float64')
                 for state in states]
        together = _mrg31k3p.draw(states.copy(), 8, 'float64')
        assert_array_equal(together, numpy.stack(apart, axis=1).ravel()[:8])

    def test_fewer_draws_than_streams_move_only_the_first(self):
        states = _mrg31k3p.streams(numpy.array([7] * 6), 4)
        moved = states.copy()
        _mrg31k3p.draw(moved, 2, 'float32')
        self.assertTrue((moved[:2] != states[:2]).any(axis=1).all())
        assert_array_equal(moved[2:], states[2:])

    def test_half_precision_lies_between_zero_and_one(self):
        sample = _mrg31k3p.draw(
            _mrg31k3p.streams(numpy.array([7] * 6), 4), 1000, 'float16')
        self.assertEqual(sample.dtype, 'float16')
        self.assertTrue(((sample > 0) & (sample < 1)).all())


class TestStreams(TestCase):
    """Tests of seeds, updates and errors of ``MRG_RandomStreams``."""

    def test_seed_restarts_all_variables(self):
        streams = MRG_RandomStreams(seed=3)
        draw = theano.function([], [streams.uniform((4,)),
                                    streams.normal((3,))])
        first = draw()
        self.assertFalse(numpy.array_equal(first[0], draw()[0]))
        streams.seed()
        for before, after in zip(first, draw()):
            assert_array_equal(before, after)
        streams.seed(4)
        self.assertFalse(numpy.array_equal(first[0], draw()[0]))

    def test_updates_hold_state_new_state_size_and_streams(self):
        streams = MRG_RandomStreams(seed=3)
        sample = streams.uniform((4, 6), nstreams=2)
        (state, new_state, size, nstreams), = streams.updates()
        self.assertEqual((size, nstreams), ((4, 6), 2))
        self.assertEqual(state.get_value().shape, (2, 6))
        self.assertEqual(state.get_value().dtype, 'int32')
        self.assertIs(state.default_update, new_state)
        self.assertTrue(state.tag.is_rng)
        self.assertEqual(sample.dtype, theano.config.floatX)

    def test_without_default_updates_draws_repeat(self):
        sample = MRG_RandomStreams(seed=3).uniform((4,))
        draw = theano.function([], sample, no_default_updates=True)
        assert_array_equal(draw(), draw())

    def test_number_of_streams(self):
        for size, number in [((2, 3), 6), ((7,), 1), ((12,), 2),
                             ((1000, 1000), 15360),
                             (tensor.lvector(), 15360)]:
            self.assertEqual(guess_n_streams(size), number)

    def test_bounds_broadcast_and_widen(self):
        with theano.config.change_flags(floatX='float32'):
            streams = MRG_RandomStreams()
            self.assertEqual(streams.uniform((2,)).dtype, 'float32')
            low = numpy.zeros(2)
            self.assertEqual(streams.uniform((2,), low=low).dtype, 'float64')

    def test_gradient_passes_mask_but_not_probability(self):
        x = tensor.dvector()
        mask = MRG_RandomStreams(seed=1).binomial(
            (3,), p=.5, dtype='float64')
        gradient = theano.grad((x * mask).sum(), x)
        values = theano.function([x], [mask, gradient])(numpy.ones(3))
        assert_array_equal(*values)

    def test_streams_and_variables_pickle(self):
        streams = MRG_RandomStreams(seed=3)
        streams.uniform((2,))
        again = pickle.loads(pickle.dumps(streams))
        draws = [theano.function([], source.uniform((5,)))()
                 for source in (streams, again)]
        assert_array_equal(*draws)

    def test_wrong_seeds(self):
        for seed, error, message in [
                (0, ValueError, 'should not be 0'),
                (2 ** 31 - 21069, ValueError, 'less than 2147462579'),
                ([0, 0, 0, 1, 1, 1], ValueError, 'three of six'),
                ([2 ** 31 - 1, 1, 1, 1, 1, 1], ValueError, 'less than'),
                ([1, 2], TypeError, 'one integer or six'),
                ('seed', TypeError, 'one integer or six')]:
            with self.subTest(seed=seed), \
                    self.assertRaisesRegex(error, message):
                MRG_RandomStreams(seed=seed)

    def test_wrong_arguments(self):
        streams = MRG_RandomStreams()
        for call, error, message in [
                (lambda: streams.uniform((0, 2)), ValueError, 'value <= 0'),
                (lambda: streams.uniform((1.5,)), TypeError, 'integers'),
                (lambda: streams.uniform([2, 3]), TypeError, 'tuple of int'),
                (lambda: streams.uniform((2,), colour=1), TypeError,
                 'colour'),
                (lambda: streams.uniform((2,), low=numpy.zeros((2, 1))),
                 NotImplementedError, 'broadcast'),
                (lambda: streams.binomial((2,), n=2), NotImplementedError,
                 'one trial'),
                (lambda: streams.multinomial(), TypeError, 'pvals'),
                (lambda: streams.multinomial(size=(2,), pvals=[[1.]]),
                 ValueError, 'size is not used'),
                (lambda: streams.multinomial(pvals=[1.]),
                 NotImplementedError, 'matrix'),
                (lambda: streams.choice(p=[[1.]]), NotImplementedError,
                 'replace=False'),
                (lambda: streams.choice(replace=False), TypeError, 'p is'),
                (lambda: streams.normal((-1,)), ValueError, 'positive')]:
            with self.subTest(message=message), \
                    self.assertRaisesRegex(error, message):
                call()

    def test_numbers_on_a_bound(self):
        pvals = numpy.array([[.5, .5], [0., 1.]])
        numbers = numpy.array([.5, 0.])
        assert_array_equal(
            MultinomialFromUniform('int64')(pvals, numbers).eval(),
            [[0, 1], [0, 1]])
        assert_array_equal(
            ChoiceFromUniform('int64')(pvals, numbers).eval(), [[1], [1]])
        for operation in MultinomialFromUniform, ChoiceFromUniform:
            given = tensor.dvector()
            with self.assertRaisesRegex(ValueError, 'need 2 uniform'):
                operation('int64')(pvals, given).eval({given: numbers[:1]})
            for wrong in (numbers, numbers), (pvals, pvals):
                with self.assertRaises(NotImplementedError):
                    operation('int64')(*wrong)

    def test_more_outcomes_than_exist(self):
        sample = MRG_RandomStreams().choice(size=3, replace=False,
                                            p=[[.5, .5]])
        with self.assertRaisesRegex(ValueError, '3 distinct outcomes of 2'):
            theano.function([], sample)()


class TestTwister(TestCase):
    """Tests of streams over NumPy's generator."""

    def test_states(self):
        streams = RandomStreams(seed=1)
        sample = streams.uniform((2,))
        self.assertIsInstance(sample.rng, RandomStateSharedVariable)
        self.assertIs(sample.rng.type, random_state_type)
        self.assertEqual(streams.updates(), [sample.update])
        state = streams[sample.rng]
        draw = theano.function([], sample)
        before = draw()
        self.assertIs(type(state), numpy.random.RandomState)
        streams[sample.rng] = numpy.random.RandomState(7)
        assert_array_equal(draw(), numpy.random.RandomState(7).uniform(
            size=2).astype(theano.config.floatX))
        streams.seed()
        assert_array_equal(draw(), before)

    def test_shared_copies_the_state(self):
        state = numpy.random.RandomState(1)
        variable = theano.shared(state)
        self.assertIsInstance(variable, RandomStateSharedVariable)
        state.uniform()
        self.assertFalse(random_state_type.values_eq(
            state, variable.get_value()))
        with self.assertRaises(TypeError):
            variable.set_value(3)

    def test_integers_reach_both_bounds(self):
        sample = RandomStreams(seed=1).random_integers((50,), low=0, high=1)
        self.assertEqual(set(sample.eval()), {0, 1})

    def test_shape_of_arguments(self):
        streams = RandomStreams(seed=1)
        high = tensor.dmatrix()
        sample = streams.uniform((4, -1), low=tensor.dvector(), high=high)
        self.assertEqual(sample.broadcastable, (False, False))
        self.assertEqual(streams.normal((1, 3)).broadcastable,
                         (True, False))
        self.assertEqual(
            streams.normal(avg=numpy.zeros((1, 3))).broadcastable,
            (True, False))

    def test_wrong_sizes(self):
        streams = RandomStreams(seed=1)
        for call, error in [
                (lambda: streams.uniform((2,), ndim=2), ValueError),
                (lambda: streams.uniform((2,), low=numpy.zeros((2, 2))),
                 ValueError),
                (lambda: streams.uniform((-2,)), ValueError),
                (lambda: streams.uniform((-1,)), ValueError),
                (lambda: streams.uniform(tensor.dvector(), ndim=1),
                 TypeError),
                (lambda: streams.poisson(), TypeError),
                (lambda: streams.permutation(n=3, ndim=2), TypeError)]:
            with self.assertRaises(error):
                call()
