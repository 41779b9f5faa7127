"""Tests of every iterator against itertools, pickled at every element."""
import itertools
import operator
import pickle
import pickletools
import unittest
from types import SimpleNamespace

import picklable_itertools as ours

WORDS = ['ab', 'c', '', 'def', 'g', 'ab']
NUMBERS = [3, 1, 4, 1, 5, 9, 2, 6]

#: The names of Python 3 in terms of ours.
THEIRS = SimpleNamespace(
    imap=map, ifilter=filter, ifilterfalse=itertools.filterfalse, izip=zip,
    izip_longest=itertools.zip_longest,
    **{name: getattr(itertools, name) for name in (
        'accumulate', 'chain', 'combinations',
        'combinations_with_replacement', 'compress', 'count', 'cycle',
        'dropwhile', 'islice', 'permutations', 'product', 'repeat',
        'starmap', 'takewhile')})


def is_odd(number):
    return number % 2


def below_four(number):
    return number < 4


CASES = {
    'count': lambda m: m.count(),
    'count from': lambda m: m.count(10, -3),
    'count fractions': lambda m: m.count(step=.5),
    'repeat': lambda m: m.repeat('x'),
    'repeat times': lambda m: m.repeat('x', 4),
    'repeat never': lambda m: m.repeat('x', 0),
    'repeat negative': lambda m: m.repeat('x', -1),
    'cycle': lambda m: m.cycle('abc'),
    'cycle of nothing': lambda m: m.cycle([]),
    'imap': lambda m: m.imap(operator.mul, NUMBERS, m.count(2)),
    'imap of one': lambda m: m.imap(operator.neg, NUMBERS),
    'starmap': lambda m: m.starmap(pow, [(2, 5), (3, 2), (10, 3)]),
    'izip': lambda m: m.izip(NUMBERS, WORDS, range(20)),
    'izip of nothing': lambda m: m.izip(),
    'izip_longest': lambda m: m.izip_longest(NUMBERS, WORDS, fillvalue='-'),
    'izip_longest default': lambda m: m.izip_longest([], WORDS),
    'izip_longest of nothing': lambda m: m.izip_longest(),
    'accumulate': lambda m: m.accumulate(NUMBERS),
    'accumulate products': lambda m: m.accumulate(NUMBERS, operator.mul),
    'accumulate initial': lambda m: m.accumulate(NUMBERS, max, initial=4),
    'accumulate of nothing': lambda m: m.accumulate([]),
    'accumulate None': lambda m: m.accumulate([None, 1], lambda a, b: b),
    'chain': lambda m: m.chain('ab', [], range(3), {'k': 1}),
    'chain of nothing': lambda m: m.chain(),
    'chain.from_iterable': lambda m: m.chain.from_iterable(WORDS),
    'ifilter': lambda m: m.ifilter(is_odd, NUMBERS),
    'ifilter None': lambda m: m.ifilter(None, WORDS),
    'ifilterfalse': lambda m: m.ifilterfalse(is_odd, NUMBERS),
    'ifilterfalse None': lambda m: m.ifilterfalse(None, WORDS),
    'takewhile': lambda m: m.takewhile(below_four, NUMBERS),
    'dropwhile': lambda m: m.dropwhile(below_four, NUMBERS),
    'compress': lambda m: m.compress(NUMBERS, m.cycle([1, 0, 1])),
    'islice': lambda m: m.islice(NUMBERS, 3),
    'islice all': lambda m: m.islice(NUMBERS, None),
    'islice nothing': lambda m: m.islice(NUMBERS, 0),
    'islice from': lambda m: m.islice(m.count(), 2, 6),
    'islice to the end': lambda m: m.islice(NUMBERS, 2, None),
    'islice steps': lambda m: m.islice(m.count(), 1, 12, 3),
    'islice beyond': lambda m: m.islice(NUMBERS, 5, 100, 2),
    'product': lambda m: m.product('ab', range(3), [None]),
    'product repeat': lambda m: m.product('ab', [1, 2], repeat=2),
    'product of nothing': lambda m: m.product(),
    'product with nothing': lambda m: m.product('ab', []),
    'product no times': lambda m: m.product('ab', repeat=0),
    **{f'{name} {text!r} {r}':
       lambda m, name=name, text=text, r=r: getattr(m, name)(text, r)
       for name in ('permutations', 'combinations',
                    'combinations_with_replacement')
       for text in ('', 'a', 'abcd', 'aba') for r in (0, 1, 2, 3, 5)},
    'permutations all': lambda m: m.permutations('abc'),
}
UNPICKLABLE = {'accumulate None'}


def repickled(obj):
    return pickle.loads(pickle.dumps(obj))


class TestAgainstItertools(unittest.TestCase):

    def test_values(self):
        for label, make in CASES.items():
            with self.subTest(label):
                self.assertEqual(
                    list(itertools.islice(make(ours), 30)),
                    list(itertools.islice(make(THEIRS), 30)))

    def test_iterators_return_themselves_and_stay_exhausted(self):
        for label, make in CASES.items():
            iterator = make(ours)
            with self.subTest(label):
                self.assertIs(iter(iterator), iterator)
                if len(list(itertools.islice(iterator, 1000))) < 1000:
                    for _ in range(2):
                        self.assertRaises(StopIteration, next, iterator)

    def test_continues_after_pickling_at_any_element(self):
        for label in CASES.keys() - UNPICKLABLE:
            expected = list(itertools.islice(CASES[label](THEIRS), 30))
            iterator, seen = CASES[label](ours), []
            with self.subTest(label):
                for _ in range(len(expected)):
                    iterator = repickled(iterator)
                    seen.append(next(iterator))
                self.assertEqual(seen, expected)
                if len(expected) < 30:
                    self.assertRaises(StopIteration, next,
                                      repickled(iterator))

    def test_pickles_do_not_refer_to_itertools(self):
        for label in CASES.keys() - UNPICKLABLE:
            iterator = CASES[label](ours)
            with self.subTest(label):
                list(itertools.islice(iterator, 1))
                self.assertNotIn('itertools', [
                    argument for _, argument, _
                    in pickletools.genops(pickle.dumps(iterator))])

    def test_reads_no_more_of_its_source_than_itertools(self):
        for label, make in {
                'izip': lambda m, s: m.izip(s, 'ab'),
                'izip last': lambda m, s: m.izip('ab', s),
                'islice': lambda m, s: m.islice(s, 1, 4),
                'islice steps': lambda m, s: m.islice(s, 0, 5, 3),
                'takewhile': lambda m, s: m.takewhile(below_four, s),
                'compress': lambda m, s: m.compress(s, [0, 1, 0]),
                'imap': lambda m, s: m.imap(None, s, 'ab') if m is ours
                else zip(s, 'ab')}.items():
            left = []
            for module in ours, THEIRS:
                source = iter(NUMBERS)
                list(make(module, source))
                left.append(list(source))
            with self.subTest(label):
                self.assertEqual(*left)

    def test_names_of_python_3(self):
        self.assertIs(ours.zip, ours.izip)
        self.assertIs(ours.zip_longest, ours.izip_longest)
        self.assertIs(ours.filter, ours.ifilter)
        self.assertIs(ours.filterfalse, ours.ifilterfalse)
        self.assertEqual(list(ours.xrange(2, 9, 3)), [2, 5, 8])

    def test_wrong_arguments(self):
        for label, error, make in (
                ('islice negative', ValueError,
                 lambda: ours.islice(NUMBERS, -1)),
                ('islice step', ValueError,
                 lambda: ours.islice(NUMBERS, 0, 3, 0)),
                ('islice without bounds', TypeError,
                 lambda: ours.islice(NUMBERS)),
                ('imap without iterables', TypeError,
                 lambda: ours.imap(operator.neg)),
                ('no iterable', TypeError, lambda: ours.izip(3)),
                ('keyword', TypeError,
                 lambda: ours.izip_longest('a', fill='x')),
                ('product', ValueError,
                 lambda: ours.product('a', repeat=-1)),
                ('combinations', ValueError,
                 lambda: ours.combinations('a', -1)),
                ('tee', ValueError, lambda: ours.tee('a', -1))):
            with self.subTest(label):
                self.assertRaises(error, make)
