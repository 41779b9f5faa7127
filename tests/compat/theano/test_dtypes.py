"""Tests of data types of results against Theano 1.0.5."""

import json
from pathlib import Path
from unittest import TestCase

from tests.compat.theano import make_dtype_reference as reference

RESULTS = json.loads(
    (Path(__file__).parent / 'dtype_reference.json').read_text())

#: Operators that raise an error for comparisons in Theano 1.0. Here they
#: return int8, as they did until 0.8.
OF_TRUTHS = 'sub', 'neg'


class TestDataTypes(TestCase):
    """All pairs of data types under the common operators."""

    def test_data_types_equal_those_of_theano(self):
        for floatX, expected in RESULTS.items():
            for name, letters in reference.table(floatX).items():
                expected_letters = expected[name]
                if name in OF_TRUTHS:
                    expected_letters = 'b' + expected_letters[1:]
                with self.subTest(floatX=floatX, operator=name):
                    self.assertEqual(letters, expected_letters)
