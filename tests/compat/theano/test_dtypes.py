"""Data types of results, compared with Theano 1.0.5."""

import json
from pathlib import Path
from unittest import TestCase

from tests.compat.theano import make_dtype_reference as reference

RESULTS = json.loads(
    (Path(__file__).parent / 'dtype_reference.json').read_text())


class TestDataTypes(TestCase):
    """All pairs of data types under the common operators."""

    def test_data_types_are_those_of_theano(self):
        for floatX, expected in RESULTS.items():
            for name, letters in reference.table(floatX).items():
                with self.subTest(floatX=floatX, operator=name):
                    self.assertEqual(letters, expected[name])
