"""Tests of groupby and tee: several iterators that read from one."""
import itertools
import pickle
import unittest

from picklable_itertools import groupby, tee

TEXT = 'aabBcccAd'


def repickled(obj):
    return pickle.loads(pickle.dumps(obj))


class TestGroupby(unittest.TestCase):

    def test_values(self):
        for key in None, str.lower:
            with self.subTest(key=key):
                self.assertEqual(
                    [(k, list(group)) for k, group in groupby(TEXT, key)],
                    [(k, list(group))
                     for k, group in itertools.groupby(TEXT, key)])

    def test_unread_groups_are_skipped(self):
        self.assertEqual([key for key, _ in groupby(TEXT)],
                         [key for key, _ in itertools.groupby(TEXT)])

    def test_earlier_group_is_exhausted(self):
        groups = groupby(TEXT)
        _, first = next(groups)
        next(first)
        key, second = next(groups)
        self.assertEqual((key, list(first), list(second)), ('b', [], ['b']))

    def test_key_is_called_once_per_element(self):
        calls = []
        groups = groupby(TEXT, lambda letter: calls.append(letter))
        self.assertEqual([list(group) for _, group in groups], [list(TEXT)])
        self.assertEqual(calls, list(TEXT))

    def test_pickled_in_the_middle_of_a_group(self):
        groups = groupby(TEXT, str.lower)
        next(groups)
        _, group = next(groups)
        self.assertEqual(next(group), 'b')
        groups, group = repickled((groups, group))
        self.assertEqual(list(group), ['B'])
        self.assertEqual([(key, list(group)) for key, group in groups],
                         [('c', list('ccc')), ('a', ['A']), ('d', ['d'])])


class TestTee(unittest.TestCase):

    def test_independent(self):
        one, two, three = tee(iter(TEXT), 3)
        self.assertEqual(''.join(one), TEXT)
        self.assertEqual(next(two), 'a')
        self.assertEqual(''.join(three), TEXT)
        self.assertEqual(''.join(two), TEXT[1:])

    def test_two_by_default_and_zero(self):
        self.assertEqual(len(tee('ab')), 2)
        self.assertEqual(tee('ab', 0), ())

    def test_pickled_together_share_what_they_read(self):
        one, two = tee(iter(TEXT))
        next(one), next(one), next(two)
        one, two = repickled((one, two))
        self.assertEqual(next(one), 'b')
        self.assertEqual(''.join(two), TEXT[1:])
        self.assertEqual(''.join(one), TEXT[3:])
