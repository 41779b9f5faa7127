"""Tests of iterators over containers and files."""
import gzip
import io
import os
import pickle
import tempfile
import unittest

import numpy
from picklable_itertools import (
    chain,
    file_iterator,
    iter_,
    ordered_sequence_iterator,
    range_iterator,
)


def repickled(obj):
    return pickle.loads(pickle.dumps(obj))


class TestIter(unittest.TestCase):

    def test_continues_after_pickling(self):
        data = {'b': 2, 'a': 1, 'c': 3}
        for label, iterable in (
                ('list', [1, 2, 3]), ('tuple', (1, 2, 3)), ('str', 'abc'),
                ('range', range(3, 9, 2)), ('dict', data),
                ('keys', data.keys()), ('values', data.values()),
                ('items', data.items()), ('set', {4, 5, 6}),
                ('array', numpy.arange(6).reshape(3, 2)),
                ('lines', io.StringIO('a\nb\nc'))):
            with self.subTest(label):
                expected = [numpy.asarray(item).tolist() for item in iterable]
                if label == 'lines':
                    iterable.seek(0)
                iterator = iter_(iterable)
                first = next(iterator)
                rest = list(repickled(iterator))
                self.assertEqual(
                    [numpy.asarray(item).tolist() for item in [first, *rest]],
                    expected)
                self.assertEqual(len(list(iterator)), 2)

    def test_dictionary_may_change_in_the_meantime(self):
        data = {'a': 1, 'b': 2}
        iterator = iter_(data)
        next(iterator)
        data['c'] = 3
        self.assertEqual(list(iterator), ['b'])

    def test_ordered_sequence_and_range(self):
        iterator = ordered_sequence_iterator('abc')
        next(iterator)
        self.assertEqual(list(repickled(iterator)), ['b', 'c'])
        self.assertEqual(list(iterator), ['b', 'c'])
        self.assertEqual(list(range_iterator(range(5, 1, -2))), [5, 3])


class TestFileIterator(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, 'lines.txt')
        with open(self.path, 'w', encoding='latin-1') as file:
            file.write('\xe4\nb\nc')

    def opened(self, *args, **kwargs):
        file = open(self.path, *args, **kwargs)
        self.addCleanup(file.close)
        return file

    def rest_of(self, iterator):
        iterator = repickled(iterator)
        self.addCleanup(iterator._file.close)
        return list(iterator)

    def test_continues_at_the_same_line_in_the_same_encoding(self):
        iterator = iter_(self.opened(encoding='latin-1'))
        self.assertEqual(self.rest_of(iterator), ['\xe4\n', 'b\n', 'c'])
        self.assertEqual(next(iterator), '\xe4\n')
        self.assertEqual(self.rest_of(iterator), ['b\n', 'c'])
        self.assertEqual(list(iterator), ['b\n', 'c'])

    def test_bytes(self):
        iterator = file_iterator(self.opened('rb'))
        next(iterator)
        self.assertEqual(self.rest_of(iterator), [b'b\n', b'c'])

    def test_inside_a_chain(self):
        lines = chain(['first'], self.opened(encoding='latin-1'))
        next(lines), next(lines)
        lines = repickled(lines)
        self.addCleanup(lines._current._file.close)
        self.assertEqual(list(lines), ['b\n', 'c'])

    def test_file_open_for_writing_is_not_truncated(self):
        file = self.opened('w+')
        file.write('x\ny\n')
        file.flush()
        file.seek(0)
        self.assertEqual(self.rest_of(iter_(file)), ['x\n', 'y\n'])

    def test_files_that_open_cannot_open(self):
        for mode in 'wb', 'rb', 'rt':
            with self.subTest(mode), gzip.open(
                    self.path + '.gz', mode) as file:
                with self.assertRaisesRegex(TypeError, 'cannot be pickled'):
                    pickle.dumps(iter_(file))
