"""Tests that deprecated names work and warn."""
import warnings
from unittest import TestCase

import numpy
import theano
from blocks.bricks import Linear
from blocks.initialization import Constant, IsotropicGaussian
from numpy.testing import assert_array_equal
from theano import tensor

import blocks_rnn_bricks
from blocks_rnn_bricks import (
    LSTM,
    get_direction,
    set_direction,
    to_blocks,
    to_lasagne,
    zero_padding,
)
from blocks_rnn_bricks.deprecation import renamed_argument


def warned(function, *args, **kwargs):
    """Return the result of a call and the messages of its warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        result = function(*args, **kwargs)
    return result, [str(warning.message) for warning in caught
                    if issubclass(warning.category, DeprecationWarning)]


class TestNames(TestCase):

    def setUp(self):
        self.lstm = LSTM(dim=2, weights_init=IsotropicGaussian(0.5), seed=1)
        self.linear = Linear(3, 8, weights_init=IsotropicGaussian(0.5),
                             biases_init=Constant(0), seed=2)
        for brick in (self.lstm, self.linear):
            brick.initialize()

    def test_weights_of_a_direction(self):
        expected = get_direction(self.lstm, self.linear)
        weights, messages = warned(
            blocks_rnn_bricks.get_run, self.lstm, self.linear)
        self.assertEqual(messages,
                         ['get_run is deprecated; use get_direction'])
        self.assertEqual(set(weights), set(expected))
        doubled = {name: 2 * array for name, array in weights.items()}
        for keywords in ({'run': doubled}, {'weights': doubled}):
            set_direction(self.lstm, self.linear, weights)
            _, messages = warned(blocks_rnn_bricks.set_run, self.lstm,
                                 self.linear, **keywords)
            self.assertIn('set_run is deprecated; use set_direction',
                          messages)
            for name, array in get_direction(self.lstm,
                                             self.linear).items():
                assert_array_equal(array, doubled[name])

    def test_arguments(self):
        weights = get_direction(self.lstm, self.linear)
        for function, args in [(to_lasagne, {}), (to_blocks, {
                'transition': '/lstm', 'projection': '/linear'})]:
            expected = function(weights, **args)
            result, messages = warned(function, run=weights, **args)
            self.assertEqual(messages, [
                '{}: the argument run is deprecated; use weights'.format(
                    function.__name__)])
            self.assertEqual(set(result), set(expected))
            for name in expected:
                assert_array_equal(result[name], expected[name])

    def test_old_and_new_name_together_are_refused(self):
        @renamed_argument('old', 'new')
        def function(new):
            return new

        self.assertEqual(warned(function, new=1), (1, []))
        with self.assertRaisesRegex(TypeError, 'both new and .* old'):
            function(new=1, old=2)

    def test_clean(self):
        x, mask = tensor.tensor3('x'), tensor.matrix('mask')
        result, messages = warned(blocks_rnn_bricks.clean, x, mask)
        self.assertEqual(messages, ['clean is deprecated; use zero_padding'])
        filled, _ = warned(blocks_rnn_bricks.clean, x, mask, value=5)
        f = theano.function([x, mask],
                            [result, zero_padding(x, mask), filled])
        values = numpy.array([[[1.]], [[numpy.nan]]], dtype=x.dtype)
        valid = numpy.array([[1.], [0.]], dtype=mask.dtype)
        old, new, fives = f(values, valid)
        assert_array_equal(old.ravel(), [1, 0])
        assert_array_equal(new.ravel(), [1, 0])
        assert_array_equal(fives.ravel(), [1, 5])
