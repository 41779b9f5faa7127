"""Tests of updates that shared variables declare."""

import unittest

import numpy
import theano
from numpy.testing import assert_array_equal
from theano import tensor
from theano.sandbox.rng_mrg import MRG_RandomStreams


class TestDefaultUpdate(unittest.TestCase):

    def test_expressions_of_known_and_unknown_lengths(self):
        x = tensor.dmatrix('x')
        data = numpy.arange(6.).reshape(2, 3)
        for label, value, new, expected in (
                ('zeros', numpy.ones(3), lambda m: tensor.zeros((3,)),
                 [0, 0, 0]),
                ('constant', numpy.ones(3),
                 lambda m: tensor.constant([7., 8., 9.]), [7, 8, 9]),
                ('sum', numpy.ones(3), lambda m: m + tensor.ones((3,)),
                 [2, 2, 2]),
                ('mean over a batch', numpy.ones(3),
                 lambda m: .5 * m + .5 * x.mean(axis=0),
                 [1.25, 1.75, 2.25]),
                ('matrix', numpy.ones((2, 3)),
                 lambda m: tensor.zeros((2, 3)) + 4, [[4, 4, 4]] * 2),
                ('number', numpy.float64(1), lambda m: 2.5, 2.5)):
            m = theano.shared(value)
            m.default_update = new(m)
            function = theano.function([x], (x * m).sum())
            with self.subTest(label):
                self.assertEqual(function(data), (data * value).sum())
                assert_array_equal(m.get_value(), expected)
                self.assertEqual(function(data), (data * expected).sum())

    def test_inside_a_loop(self):
        m = theano.shared(numpy.zeros(2))
        m.default_update = 2 * m + tensor.ones((2,))
        outputs, updates = theano.scan(lambda: m * 1., n_steps=3)
        result = theano.function([], outputs, updates=updates)()
        assert_array_equal(result, [[0, 0], [1, 1], [3, 3]])
        assert_array_equal(m.get_value(), [7, 7])

    def test_inside_a_loop_that_ends_early(self):
        m, x = theano.shared(numpy.float64(0)), tensor.dvector('x')
        m.default_update = m + 1.
        outputs, updates = theano.scan(
            lambda element, state: (state + element + m,
                                    theano.scan_module.until(state > 3)),
            sequences=x, outputs_info=numpy.float64(0))
        result = theano.function([x], outputs, updates=updates)([1., 4, 3, 4])
        assert_array_equal(result, [1, 6, 11])
        self.assertEqual(m.get_value(), 3)

    def test_step_may_override_it(self):
        m = theano.shared(numpy.float64(0))
        m.default_update = m + 1.
        outputs, updates = theano.scan(
            lambda: (m * 1., [(m, m + 10.)]), n_steps=3)
        assert_array_equal(theano.function([], outputs, updates=updates)(),
                           [0, 10, 20])

    def test_random_numbers_of_a_loop(self):
        # In Theano 1.0.5, numbers drawn outside the step and used in it are
        # drawn at each step; passed to it, they are drawn once.
        draws = [[.005768001079559326, .20905947731807828],
                 [.005738568026572466, .16766800824552774],
                 [.7912877313792706, .5529628526419401]]
        for label, arguments, *expected in (
                ('used', {'fn': lambda: u}, draws),
                ('given', {'fn': lambda given: given}, [draws[0]] * 3,
                 [draws[1]] * 3)):
            u = MRG_RandomStreams(3).uniform((2,), dtype='float64')
            if label == 'given':
                arguments['non_sequences'] = u
            outputs, updates = theano.scan(n_steps=3, **arguments)
            function = theano.function([], outputs, updates=updates)
            for call, drawn in enumerate(expected):
                with self.subTest(label, call=call):
                    assert_array_equal(function(), drawn)

    def test_deleted(self):
        m = theano.shared(numpy.ones(3))
        m.default_update = m + 1
        del m.default_update
        theano.function([], m.sum())()
        assert_array_equal(m.get_value(), [1, 1, 1])
        with self.assertRaises(AttributeError):
            del m.default_update

    def test_wrong_type(self):
        m = theano.shared(numpy.ones(3))
        with self.assertRaises(TypeError):
            m.default_update = tensor.matrix()
