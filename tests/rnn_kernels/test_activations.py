import unittest

import numba
import numpy

from rnn_kernels.activations import sigmoid, tanh

SAMPLES = numpy.concatenate([
    numpy.linspace(-30, 30, 200001), numpy.linspace(-1e-3, 1e-3, 2001)])


@numba.njit
def apply_tanh(inputs, outputs):
    for index in range(len(inputs)):
        outputs[index] = tanh(inputs[index])


@numba.njit
def apply_sigmoid(inputs, outputs):
    for index in range(len(inputs)):
        outputs[index] = sigmoid(inputs[index])


class TestActivations(unittest.TestCase):
    functions = [(apply_tanh, numpy.tanh),
                 (apply_sigmoid, lambda x: 1 / (1 + numpy.exp(-x)))]

    def apply(self, function, values, dtype):
        inputs = numpy.asarray(values, dtype=dtype)
        outputs = numpy.empty_like(inputs)
        function(inputs, outputs)
        return inputs.astype('float64'), outputs

    def test_error(self):
        for function, exact in self.functions:
            for dtype, bound in ('float32', 3e-7), ('float64', 2e-15):
                inputs, outputs = self.apply(function, SAMPLES, dtype)
                expected = exact(inputs)
                error = numpy.abs(outputs - expected)
                # Relative error: small numbers stay accurate.
                expected[expected == 0] = 1
                self.assertLess((error / numpy.abs(expected)).max(), bound)

    def test_large_arguments(self):
        far = [-numpy.inf, -1e30, -1000, 1000, 1e30, numpy.inf]
        for dtype in 'float32', 'float64':
            for function, low in (apply_tanh, -1), (apply_sigmoid, 0):
                _, outputs = self.apply(function, far, dtype)
                numpy.testing.assert_allclose(
                    outputs, [low] * 3 + [1] * 3, atol=1e-37)

    def test_nan(self):
        for dtype in 'float32', 'float64':
            for function, _ in self.functions:
                _, outputs = self.apply(function, [1, numpy.nan, 0], dtype)
                self.assertEqual(numpy.isnan(outputs).tolist(),
                                 [False, True, False])
