"""The examples in docstrings and in the manual do what they say."""
import doctest
import os
import pkgutil
from importlib import import_module
from unittest import TestCase

import fuel


def modules():
    yield fuel
    for module in pkgutil.walk_packages(fuel.__path__, 'fuel.',
                                        onerror=lambda name: None):
        yield import_module(module.name)


class TestDoctests(TestCase):
    def test_docstrings(self):
        attempted = 0
        for module in modules():
            results = doctest.testmod(module)
            self.assertEqual(results.failed, 0, module.__name__)
            attempted += results.attempted
        self.assertGreater(attempted, 40)

    def test_manual(self):
        folder = os.path.dirname(os.path.abspath(__file__))
        manual = os.path.join(folder, *[os.pardir] * 3, 'docs', 'fuel.rst')
        if not os.path.exists(manual):
            self.skipTest("the manual isn't part of this distribution")
        results = doctest.testfile(manual, module_relative=False)
        self.assertGreater(results.attempted, 0)
        self.assertEqual(results.failed, 0)
