"""Tests that the manual's page of generated code is up to date."""
import importlib.util
import pathlib
import unittest

import theano

DOCS = pathlib.Path(__file__).parents[2] / 'docs'


class TestMadeCode(unittest.TestCase):

    def test_page_is_up_to_date(self):
        specification = importlib.util.spec_from_file_location(
            'made_code', DOCS / 'examples' / 'made_code.py')
        example = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(example)
        page = example.PAGE.read_text('utf-8')
        for what in 'forward', 'backward':
            with self.subTest(what=what):
                self.assertEqual(
                    example.shown(page, what).strip().splitlines(),
                    example.made_code(what).replace(
                        theano.config.floatX, 'float64').strip().splitlines(),
                    'it is out of date; run '
                    'python docs/examples/made_code.py --update')
