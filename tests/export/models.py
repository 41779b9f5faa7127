"""Helpers of the tests of exported models."""
import unittest
from collections import Counter

import numpy
import onnxruntime
import theano
from blocks.select import Selector
from theano import tensor

from blocks_rnn_bricks.export import to_onnx

#: For float32 numbers around 1.
CLOSE = {'rtol': 1e-5, 'atol': 1e-5}


class SinglePrecision(unittest.TestCase):
    """Tests in float32."""

    def setUp(self):
        floatx = theano.config.floatX
        self.addCleanup(setattr, theano.config, 'floatX', floatx)
        theano.config.floatX = 'float32'
        self.rng = numpy.random.RandomState(3)


def at_random(brick):
    """Allocate a brick and set its parameters to random numbers."""
    brick.allocate()
    rng = numpy.random.RandomState(1)
    parameters = Selector(brick).get_parameters()
    for path in sorted(parameters):
        shape = parameters[path].get_value().shape
        parameters[path].set_value(
            rng.normal(0, .5, size=shape).astype(theano.config.floatX))
    return brick


def session_of(model):
    """Load a model into a session that prints no errors."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options,
                                        providers=['CPUExecutionProvider'])


def run(model, **arrays):
    """Run a model on arrays; floating-point arrays become float32."""
    return session_of(model).run(None, {
        name: numpy.asarray(array, dtype='float32')
        if numpy.asarray(array).dtype.kind == 'f' else array
        for name, array in arrays.items()})


def operators(model):
    """Count the operators of a model."""
    return Counter(node.op_type for node in model.graph.node)


def variables():
    """Return the variables of a sequence (T, B, D) and its mask."""
    return tensor.tensor3('x'), tensor.matrix('x_mask')


def exported(inputs, outputs, **options):
    """Export without the check and without writing a file."""
    return to_onnx(None, inputs, outputs, check=False, **options)
