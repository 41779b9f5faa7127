"""Helpers for the tests of operations."""

import sys
import time
import unittest

import numpy
from theano import tensor
from theano.compile.function import function
from theano.compile.mode import get_default_mode
from theano.configparser import config
from theano.gradient import verify_grad as _verify_grad

__all__ = ['InferShapeTester', 'TestOptimizationMixin', 'WrongValue',
           'assert_allclose', 'fetch_seed', 'seed_rng', 'verify_grad']


def fetch_seed(pseed=None):
    """Return the seed for the random numbers of tests.

    Parameters
    ----------
    pseed : int, optional
        By default ``config.unittests.rseed``; if that is ``'random'``, the
        seed depends on the time.

    Returns
    -------
    int

    """
    seed = config.unittests.rseed if pseed is None else pseed
    return int(time.time()) if seed == 'random' else int(seed)


def seed_rng(pseed=None):
    """Seed NumPy's global generator; return the seed."""
    seed = fetch_seed(pseed)
    numpy.random.seed(seed)
    return seed


def verify_grad(op, pt, n_tests=2, rng=None, *args, **kwargs):
    """Compare gradients as :func:`theano.gradient.verify_grad` does.

    The projections are drawn from a generator with the seed of tests if
    `rng` is None.

    """
    if rng is None:
        rng = numpy.random.RandomState(fetch_seed())
    _verify_grad(op, pt, n_tests, rng, *args, **kwargs)


class WrongValue(Exception):
    """Values differ by more than is tolerated."""


def _tolerance(name, arrays):
    """Return the tolerance for the shortest floats among arrays."""
    for bits in 16, 32:
        if any(array.dtype in (f'float{bits}', f'complex{2 * bits}')
               for array in arrays):
            return getattr(tensor, f'float{bits}_{name}')
    return getattr(tensor, f'float64_{name}')


def assert_allclose(expected, value, rtol=None, atol=None):
    """Compare values within tolerances that depend on their data types.

    Parameters
    ----------
    expected, value : array_like
    rtol, atol : float, optional
        Relative and absolute tolerance; by default
        ``theano.tensor.float32_rtol`` and the like, for the less precise
        data type.

    Raises
    ------
    WrongValue
        If they differ in value, or if their shapes cannot be broadcast.

    """
    arrays = numpy.asarray(expected), numpy.asarray(value)
    try:
        arrays = numpy.broadcast_arrays(*arrays)
    except ValueError:
        raise WrongValue(f'shapes differ: expected {arrays[0].shape}, got '
                         f'{arrays[1].shape}') from None
    try:
        numpy.testing.assert_allclose(
            arrays[1], arrays[0],
            rtol=_tolerance('rtol', arrays) if rtol is None else rtol,
            atol=_tolerance('atol', arrays) if atol is None else atol)
    except AssertionError as error:
        raise WrongValue(str(error)) from None


class TestOptimizationMixin:
    """Assertions about the operations in a compiled function."""

    def _assert_count(self, f, found, what, least, most):
        nodes = f.maker.fgraph.toposort()
        count = sum(map(found, nodes))
        if not least <= count <= most:
            raise AssertionError(
                f'expected {least} to {most} operations {what}, got '
                f'{count} in {nodes}')

    def assertFunctionContains(self, f, op, min=1, max=sys.maxsize):
        """Assert how often an operation is in a function."""
        self._assert_count(f, lambda node: node.op == op, op, min, max)

    def assertFunctionContains0(self, f, op):
        """Assert that an operation is not in a function."""
        self.assertFunctionContains(f, op, min=0, max=0)

    def assertFunctionContains1(self, f, op):
        """Assert that an operation is in a function once."""
        self.assertFunctionContains(f, op, min=1, max=1)

    def assertFunctionContainsN(self, f, op, N):
        """Assert that an operation is in a function `N` times."""
        self.assertFunctionContains(f, op, min=N, max=N)

    def assertFunctionContainsClass(self, f, op, min=1, max=sys.maxsize):
        """Assert how many operations of a class are in a function."""
        self._assert_count(f, lambda node: isinstance(node.op, op), op, min,
                           max)

    def assertFunctionContainsClassN(self, f, op, N):
        """Assert that `N` operations of a class are in a function."""
        self.assertFunctionContainsClass(f, op, min=N, max=N)


class InferShapeTester(unittest.TestCase):
    """Base of tests of the method ``infer_shape``."""

    def setUp(self):
        seed_rng()
        self.mode = get_default_mode().including('canonicalize')

    def _compile_and_check(self, inputs, outputs, numeric_inputs, cls,
                           excluding=None, warn=True,
                           check_topo=True):
        """Check that shapes are inferred without computing the operation.

        Parameters
        ----------
        inputs, outputs : list of Variable
            Inputs and outputs of the graph.
        numeric_inputs : list of object
            Values of the inputs.
        cls : class or tuple of class
            Operations that must not be needed for the shapes.
        excluding : list of str, optional
            Rewrites to exclude.
        warn : bool
            Without effect.
        check_topo : bool
            Whether to check that the operations are absent.

        """
        mode = self.mode.excluding(*excluding) if excluding else self.mode
        values = function(inputs, outputs, mode=mode)(*numeric_inputs)
        shapes = function(inputs, [output.shape for output in outputs],
                          mode=mode, on_unused_input='ignore')
        if check_topo:
            nodes = shapes.maker.fgraph.apply_nodes
            self.assertFalse([node for node in nodes
                              if isinstance(node.op, cls)])
        for value, shape in zip(values, shapes(*numeric_inputs)):
            self.assertEqual(numpy.shape(value), tuple(shape))
