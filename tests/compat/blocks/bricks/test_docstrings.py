"""Tests of the examples in docstrings of bricks, graphs and helpers."""
import doctest
import pkgutil
import unittest
import warnings
from importlib import import_module

import blocks.bricks
import blocks.graph
import theano

NAMES = [
    'blocks.filter', 'blocks.initialization', 'blocks.model', 'blocks.roles',
    'blocks.search', 'blocks.select', 'blocks.theano_expressions',
    'blocks.utils.containers', 'blocks.utils.theano_utils',
    'blocks.utils.utils']
for package in (blocks.bricks, blocks.graph):
    NAMES.append(package.__name__)
    NAMES.extend(module.name for module in pkgutil.walk_packages(
        package.__path__, package.__name__ + '.'))


class TestDocstrings(unittest.TestCase):

    def setUp(self):
        self.float_x = theano.config.floatX
        theano.config.floatX = 'float64'

    def tearDown(self):
        theano.config.floatX = self.float_x

    def test_examples(self):
        attempted = 0
        for name in NAMES:
            with self.subTest(name), warnings.catch_warnings():
                warnings.simplefilter('error')
                result = doctest.testmod(import_module(name),
                                         optionflags=doctest.ELLIPSIS)
                self.assertEqual(result.failed, 0)
                attempted += result.attempted
        self.assertGreater(attempted, 100)
