"""Tests of a model's names, types and shapes, its file and its check."""
import os
import sys
import tempfile
from unittest import mock

import numpy
import onnx
import onnxruntime
import theano
from blocks.bricks import MLP, Softmax, Tanh
from blocks.bricks.lookup import LookupTable
from numpy.testing import assert_allclose
from theano import tensor

from blocks_rnn_bricks import LSTM, BidirectionalStack, UnidirectionalStack
from blocks_rnn_bricks.export import to_onnx
from blocks_rnn_bricks.export.translation import TRANSLATORS
from tests.export.models import (
    CLOSE,
    SinglePrecision,
    at_random,
    exported,
    operators,
    run,
    variables,
)


def axes(value):
    """Return the lengths of the declared axes, or their names."""
    return [axis.dim_param or axis.dim_value
            for axis in value.type.tensor_type.shape.dim]


class TestFiles(SinglePrecision):

    def test_file_runs_without_this_package(self):
        mlp = at_random(MLP([Tanh(), Softmax()], [2, 4, 3]))
        v = tensor.matrix('v')
        y = mlp.apply(v)
        y.name = 'probabilities'
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'mlp.onnx')
            model = to_onnx(path, [v], y)
            session = onnxruntime.InferenceSession(path)
            self.assertEqual(model, onnx.load(path))
        values = self.rng.normal(size=(5, 2)).astype('float32')
        got, = session.run(['probabilities'], {'v': values})
        assert_allclose(got, theano.function([v], y)(values), **CLOSE)

    def test_parameters_have_the_paths_of_their_bricks(self):
        mlp = at_random(MLP([Tanh(), Softmax()], [2, 4, 3]))
        v = tensor.matrix('v')
        model = exported([v], {'y': mlp.apply(v)})
        values = {one.name: onnx.numpy_helper.to_array(one)
                  for one in model.graph.initializer}
        for place, layer in enumerate(mlp.linear_transformations):
            for name in ('W', 'b'):
                assert_allclose(
                    values['/mlp/linear_{}.{}'.format(place, name)],
                    getattr(layer, name).get_value())

    def test_axes(self):
        x, mask = variables()
        stack = at_random(BidirectionalStack([LSTM(dim=3)], input_dim=2))
        model = exported([x, mask], {
            'all': stack.apply(x, mask=mask),
            'one': stack.summary(x, mask=mask)})
        self.assertEqual([['time', 'batch', 2], ['time', 'batch']],
                         list(map(axes, model.graph.input)))
        self.assertEqual(['time', 'batch'], axes(model.graph.output[0])[:2])
        numbers = tensor.lmatrix('numbers')
        table = at_random(LookupTable(7, 2))
        model = exported([numbers, mask], {'y': stack.apply(
            table.apply(numbers), mask=mask)})
        self.assertEqual([['time', 'batch']] * 2,
                         list(map(axes, model.graph.input)))

    def test_unread_input_is_kept(self):
        x, mask = variables()
        model = to_onnx(None, [x, mask], {'y': x * 2})
        self.assertEqual(['x', 'x_mask'],
                         [one.name for one in model.graph.input])

    def test_cut_at_an_inner_variable(self):
        v = tensor.matrix('v')
        mlp = at_random(MLP([Tanh(), Softmax()], [2, 4, 3]))
        upper = mlp.linear_transformations[1]
        hidden = tensor.tanh(v)
        model = exported({'hidden': hidden}, {'y': upper.apply(
            tensor.concatenate([hidden, hidden], axis=1))})
        self.assertEqual(['hidden'], [one.name for one in model.graph.input])
        got, = run(model, hidden=numpy.ones((1, 2)))
        assert_allclose(got, [upper.W.get_value().sum(axis=0) +
                              upper.b.get_value()], **CLOSE)

    def test_double_precision(self):
        theano.config.floatX = 'float64'
        x, mask = variables()
        stack = at_random(UnidirectionalStack([LSTM(dim=3)], input_dim=2))
        y = stack.apply(x, mask=mask)
        for dtype, operator, code in [
                (None, 'Scan', onnx.TensorProto.DOUBLE),
                ('float32', 'LSTM', onnx.TensorProto.FLOAT)]:
            with self.subTest(dtype):
                model = to_onnx(None, [x, mask], {'y': y}, dtype=dtype)
                self.assertEqual(1, operators(model)[operator])
                self.assertEqual(code, model.graph.output[0]
                                 .type.tensor_type.elem_type)

    def test_check_detects_wrong_numbers(self):
        v = tensor.matrix('v')
        y = Softmax().apply(v)
        right = TRANSLATORS['Softmax']

        def wrong(translation, node):
            return translation.graph.node(
                'Add', right(translation, node),
                translation.graph.constant(1e-4, 'float32'))

        with tempfile.TemporaryDirectory() as folder, mock.patch.dict(
                TRANSLATORS, Softmax=wrong):
            path = os.path.join(folder, 'wrong.onnx')
            with self.assertRaisesRegex(
                    ValueError, "output 'y' of onnxruntime is off by .* "
                    'where 1e-05 is allowed, on data of the shapes v'):
                to_onnx(path, [v], {'y': y})
            self.assertEqual([], os.listdir(folder))
            to_onnx(path, [v], {'y': y}, check=False)
            self.assertEqual(['wrong.onnx'], os.listdir(folder))

    def test_examples(self):
        v, n = tensor.matrix('v'), tensor.lscalar('n')
        y = {'y': v[n:]}
        to_onnx(None, [v, n], y, examples=[numpy.ones((5, 2)), 3])
        to_onnx(None, [v, n], y,
                examples={'n': 3, 'v': numpy.ones((5, 2))})
        for examples in ([1], {'v': 1, 'k': 2}):
            with self.assertRaisesRegex(ValueError, 'examples must have an '
                                        'array for each input, v, n'):
                to_onnx(None, [v, n], y, examples=examples)

    def test_data_that_the_graph_refuses(self):
        v, w = tensor.matrix('v'), tensor.matrix('w')
        product = tensor.dot(v[:, 1:], w)
        with self.assertRaisesRegex(
                ValueError, 'the Theano function itself raises an error on '
                r'data of the shapes v .*as examples=\[...\], or check=False'):
            to_onnx(None, [v, w], {'y': product})
        to_onnx(None, [v, w], {'y': product},
                examples=[numpy.ones((2, 4)), numpy.ones((3, 2))])

    def test_missing_packages(self):
        v = tensor.matrix('v')
        for name in ('onnx', 'onnxruntime'):
            with self.subTest(name), mock.patch.dict(
                    sys.modules, {name: None}), self.assertRaisesRegex(
                    ImportError, r'the package {} is missing; install it by '
                    r'pip install "blocks-rnn-bricks\[onnx\]"'.format(name)):
                to_onnx(None, [v], {'y': v + 1})
