"""Tests of iterators that itertools lacks."""
import itertools
import pickle
import unittest

from picklable_itertools import count, extras


def repickled(obj):
    return pickle.loads(pickle.dumps(obj))


CASES = {
    'equizip': (lambda: extras.equizip([1, 2, 3], 'abc'),
                [(1, 'a'), (2, 'b'), (3, 'c')]),
    'equizip of nothing': (lambda: extras.equizip([], ''), []),
    'partition_all': (lambda: extras.partition_all(2, 'abcde'),
                      [('a', 'b'), ('c', 'd'), ('e',)]),
    'partition_all even': (lambda: extras.partition_all(2, 'abcd'),
                           [('a', 'b'), ('c', 'd')]),
    'partition': (lambda: extras.partition(2, 'abcde'),
                  [('a', 'b'), ('c', 'd')]),
    'partition padded': (lambda: extras.partition(3, 'abcd', pad=None),
                         [('a', 'b', 'c'), ('d', None, None)]),
    'interleave': (lambda: extras.interleave(['ABC', 'XY', '', 'K']),
                   list('AXKBYC')),
    'interleave of nothing': (lambda: extras.interleave([]), []),
    'roundrobin': (lambda: extras.roundrobin('ABC', 'D', 'EF'),
                   list('ADEBFC'))}


class TestExtras(unittest.TestCase):

    def test_values(self):
        for label, (make, expected) in CASES.items():
            with self.subTest(label):
                self.assertEqual(list(make()), expected)

    def test_continues_after_pickling_at_any_element(self):
        for label, (make, expected) in CASES.items():
            iterator, seen = make(), []
            with self.subTest(label):
                for _ in expected:
                    iterator = repickled(iterator)
                    seen.append(next(iterator))
                self.assertEqual(seen, expected)
                self.assertRaises(StopIteration, next, repickled(iterator))

    def test_equizip_refuses_unequal_lengths(self):
        for iterables, which in ((('ab', 'a'), r'\[1\]'),
                                 (('a', 'ab'), r'\[0\]'),
                                 (('a', count(), 'a'), r'\[0, 2\]')):
            zipped = extras.equizip(*iterables)
            next(zipped)
            with self.subTest(iterables):
                with self.assertRaisesRegex(
                        extras.IterableLengthMismatch,
                        'after 1 elements those at positions ' + which):
                    next(zipped)
        self.assertTrue(issubclass(extras.IterableLengthMismatch, ValueError))

    def test_partition_reads_only_what_it_returns(self):
        source = iter(range(5))
        next(extras.partition_all(2, source))
        self.assertEqual(next(source), 2)
        for kind in extras.partition, extras.partition_all:
            with self.assertRaisesRegex(ValueError, 'at least 1, got 0'):
                kind(0, 'abc')

    def test_interleave_of_infinitely_many(self):
        mixed = extras.interleave(count(10 * tens) for tens in count())
        self.assertEqual(list(itertools.islice(mixed, 3)), [0, 10, 20])

    def test_interleave_skips_the_given_exceptions(self):
        def failing():
            yield 'x'
            raise KeyError('gone')

        self.assertEqual(''.join(extras.interleave(
            [failing(), 'abc'], pass_exceptions=[KeyError])), 'xabc')
        with self.assertRaises(KeyError):
            list(extras.interleave([failing(), 'abc']))
