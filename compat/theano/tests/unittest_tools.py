"""Helpers for the tests of operations."""

import time
import unittest

import numpy

from theano.compile.function import function
from theano.compile.mode import get_default_mode
from theano.configparser import config
from theano.gradient import verify_grad as _verify_grad

__all__ = ['InferShapeTester', 'fetch_seed', 'seed_rng', 'verify_grad']


def fetch_seed(pseed=None):
    """Return the seed for the random numbers of tests.

    Parameters
    ----------
    pseed : int, optional
        By default ``config.unittests.rseed``; the text ``'random'`` there
        asks for one that changes with the time.

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


class InferShapeTester(unittest.TestCase):
    """Base of tests of the method ``infer_shape``."""

    def setUp(self):
        seed_rng()
        self.mode = get_default_mode().including('canonicalize')

    def _compile_and_check(self, inputs, outputs, numeric_inputs, cls,
                           excluding=None, warn=True,
                           check_topo=True):
        """Check that shapes are found without computing the operation.

        Parameters
        ----------
        inputs, outputs : list of Variable
            Bounds of the graph.
        numeric_inputs : list of object
            Values of the inputs.
        cls : class or tuple of class
            Operations that must not be needed for the shapes.
        excluding : list of str, optional
            Rewrites to leave out.
        warn : bool
            Without effect.
        check_topo : bool
            Whether to look for the operations.

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
