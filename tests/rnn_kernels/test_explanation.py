import os
import unittest
from unittest import mock

from theano import tensor

from rnn_kernels import building_step, disabled, enabled, explain, inside_step
from tests.rnn_kernels.steps import STEPS, D


def explain_step(step, sequences=('x', 'mask'), get_dim=None):
    return explain(
        step, list(sequences), ['h'], [], ['h'],
        get_dim or (lambda name: 0 if name == 'mask' else D), "Net 'enc'",
        'float64')


def carrying(x, h, mask=None):
    new = tensor.tanh(x + h)
    if mask is None:
        return new
    return mask[:, None] * new + (1 - mask[:, None]) * h


class TestExplain(unittest.TestCase):
    def test_kernel(self):
        explanation = explain_step(carrying)
        self.assertTrue(explanation.fused)
        self.assertIsNone(explanation.reason)
        self.assertEqual(
            str(explanation), "Net 'enc': kernels are made from the step; "
            "where the mask is 0, steps are skipped")
        self.assertEqual(
            str(explain_step(carrying, sequences=['x'])),
            "Net 'enc': kernels are made from the step")

    def test_source(self):
        explanation = explain_step(carrying)
        for what in 'forward', 'predict', 'backward':
            text = explanation.source(what)
            self.assertIn('def {}('.format(what), text)
            compile(text, what, 'exec')
        self.assertEqual(explanation.source(), explanation.source('forward'))
        with self.assertRaisesRegex(
                ValueError, "Net 'enc': the code must be one of 'forward', "
                "'predict' and 'backward', got 'training'"):
            explanation.source('training')

    def test_reason(self):
        explanation = explain_step(
            lambda x, h, mask=None: x + tensor.nnet.softmax(h))
        self.assertFalse(explanation.fused)
        self.assertRegex(explanation.reason, "^Softmax of 'h'")
        self.assertRegex(str(explanation),
                         "Net 'enc': iterated by scan, because of Softmax")
        with self.assertRaisesRegex(
                ValueError, "Net 'enc': there is no code, since the step is "
                "iterated by scan: Softmax"):
            explanation.source()

    def test_unknown_dimension(self):
        self.assertRegex(
            explain_step(carrying, get_dim={'mask': 0}.__getitem__).reason,
            r"get_dim\('x'\)")

    def test_floatX_by_default(self):
        bound = STEPS['simple'].bind('float32', masked=False)
        explanation = explain(
            bound, ['inputs'], ['states'], [], ['states'],
            bound.widths.__getitem__, 'it', 'float32')
        self.assertEqual(explanation.cells.general.dtype, 'float32')


class TestSwitches(unittest.TestCase):
    def test_variable(self):
        for value, expected in ('0', False), ('1', True), (None, True):
            environment = {name: other for name, other in os.environ.items()
                           if name != 'RNN_KERNELS'}
            if value is not None:
                environment['RNN_KERNELS'] = value
            with mock.patch.dict(os.environ, environment, clear=True):
                self.assertEqual(enabled(), expected)
                with disabled():
                    self.assertFalse(enabled())
                self.assertEqual(enabled(), expected)

    def test_inside_step(self):
        self.assertFalse(inside_step())
        seen = []

        def step(x, h, mask=None):
            seen.append(inside_step())
            return carrying(x, h, mask)
        explain_step(step)
        self.assertEqual(seen, [True])
        with building_step():
            self.assertTrue(inside_step())
        self.assertFalse(inside_step())

    def test_restored_after_an_error(self):
        with self.assertRaises(KeyError):
            with disabled():
                raise KeyError
        self.assertEqual(enabled(), os.environ.get('RNN_KERNELS') != '0')
