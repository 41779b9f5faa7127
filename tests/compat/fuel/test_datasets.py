"""Tests of datasets in memory, text files, subsets, unpickled attributes."""
import gzip
import io
import os
import pickle
import tarfile
import tempfile
from unittest import TestCase

import numpy
from fuel.datasets import (
    Dataset,
    IndexableDataset,
    IterableDataset,
    OneBillionWord,
    TextFile,
)
from fuel.datasets.toy import Spiral, SwissRoll
from fuel.schemes import SequentialScheme, ShuffledScheme
from fuel.streams import DataStream
from fuel.transformers import ScaleAndShift
from fuel.utils import Subset, do_not_pickle_attributes
from fuel.utils.formats import open_, tar_open
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from tests.compat.fuel.helpers import PROPERTY


class TestDataset(TestCase):
    def test_sources(self):
        columns = {'x': [1, 2], 'y': [3, 4]}
        for make in (IterableDataset, IndexableDataset):
            self.assertEqual(make(columns).sources, ('x', 'y'))
            self.assertEqual(make([1]).sources, ('data',))
            self.assertEqual(make(columns, sources='y').sources, ('y',))
            chosen = make(columns, sources=('y',))
            self.assertEqual(chosen.provides_sources, ('x', 'y'))
            self.assertEqual(chosen.filter_sources(([1], [2])), ([2],))
            for sources in (('x', 'z'), ()):
                with self.assertRaisesRegex(
                        ValueError, r"provides the sources \('x', 'y'\)"):
                    make(columns, sources=sources)

    def test_default_transformers(self):
        class Scaled(IndexableDataset):
            default_transformers = (
                (ScaleAndShift, [2, 1], {'which_sources': ('x', 'gone')}),)
        stream = DataStream.default_stream(
            Scaled({'x': [1, 2], 'y': [3, 4]}),
            iteration_scheme=SequentialScheme(2, 2))
        (x, y), = stream.get_epoch_iterator()
        self.assertEqual((x.tolist(), y), ([3, 5], [3, 4]))

    def test_abstract(self):
        class Nameless(Dataset):
            def get_data(self, state=None, request=None):
                pass
        with self.assertRaisesRegex(ValueError, "Nameless has no sources"):
            Nameless()
        Nameless.provides_sources = ('x',)
        with self.assertRaisesRegex(AttributeError, "example iteration"):
            Nameless().example_iteration_scheme

    def test_defaults_of_a_class(self):
        class Own(Dataset):
            provides_sources = ('x', 'y')
            _sources = ('y',)
            _example_iteration_scheme = SequentialScheme(4, 2)

            def get_data(self, state=None, request=None):
                pass
        dataset = Own()
        self.assertEqual(dataset.sources, ('y',))
        self.assertIs(dataset.example_iteration_scheme,
                      Own._example_iteration_scheme)
        dataset.example_iteration_scheme = scheme = SequentialScheme(2, 1)
        self.assertIs(dataset.example_iteration_scheme, scheme)
        self.assertIsNot(Own().example_iteration_scheme, scheme)
        self.assertEqual(Own(sources='x').sources, ('x',))


class TestIterable(TestCase):
    def test_number_of_examples(self):
        self.assertEqual(IterableDataset({'x': 'ab', 'y': {1, 2}}
                                         ).num_examples, 2)
        self.assertTrue(numpy.isnan(IterableDataset(iter('ab')).num_examples))

    def test_errors(self):
        for label, columns, message in [
                ("number", 3, "source 'data' must be iterable, got int"),
                ("one number", {'x': [1], 'y': 2}, "source 'y'.*int"),
                ("lengths", {'x': [1, 2], 'y': [3]}, "'x': 2, 'y': 1")]:
            with self.assertRaisesRegex(ValueError, message, msg=label):
                IterableDataset(columns)
        dataset = IterableDataset([1, 2])
        for state, request in [(None, None), (iter([(1,)]), [0])]:
            with self.assertRaisesRegex(ValueError, "needs the state"):
                dataset.get_data(state, request)

    def test_shortest_source_without_a_length_ends_the_epoch(self):
        dataset = IterableDataset({'x': map(str, range(5)), 'y': range(3)})
        self.assertEqual(list(DataStream(dataset).get_epoch_iterator()),
                         [('0', 0), ('1', 1), ('2', 2)])


class TestIndexable(TestCase):
    def test_start_and_stop(self):
        for indexables in (numpy.arange(10), {'data': numpy.arange(10)},
                           list(range(10))):
            for start, stop, expected in [
                    (None, None, range(10)), (2, None, range(2, 10)),
                    (None, 4, range(4)), (5, 8, range(5, 8))]:
                dataset = IndexableDataset(indexables, start, stop)
                self.assertEqual(dataset.num_examples, len(expected))
                self.assertEqual(list(dataset.data), list(expected))
                self.assertEqual(
                    [item for item, in
                     dataset.get_example_stream().get_epoch_iterator()],
                    list(expected))

    def test_requests(self):
        dataset = IndexableDataset({'a': numpy.arange(5) * 2, 'b': 'vwxyz'})
        for request, expected in [
                (2, (4, 'x')), (numpy.int64(2), (4, 'x')),
                ([3, 0], ([6, 0], ['y', 'v'])),
                (numpy.array([3, 0]), ([6, 0], ['y', 'v'])),
                (slice(1, 3), ([2, 4], 'wx'))]:
            a, b = dataset.get_data(request=request)
            self.assertEqual((numpy.asarray(a).tolist(), b), expected)
        for request in ([], [5], [-1], slice(1, 9), [0.5], [True], {}):
            with self.assertRaises(ValueError, msg=repr(request)):
                dataset.get_data(request=request)
        with self.assertRaisesRegex(ValueError, "takes no state"):
            dataset.get_data(1, [0])

    def test_attributes(self):
        dataset = IndexableDataset({'a': (1, 2)})
        self.assertEqual(dataset.a, (1, 2))
        self.assertEqual(pickle.loads(pickle.dumps(dataset)).a, (1, 2))
        with self.assertRaisesRegex(AttributeError, "'b'"):
            dataset.b
        with self.assertRaisesRegex(ValueError, "'a': 2, 'b': 1"):
            IndexableDataset({'a': [1, 2], 'b': [3]})

    def test_lists_in_shuffled_batches(self):
        dataset = IndexableDataset({'a': list(range(50))})
        stream = DataStream(dataset, iteration_scheme=ShuffledScheme(50, 7))
        batches = [batch for batch, in stream.get_epoch_iterator()]
        self.assertEqual(sorted(sum(batches, [])), list(range(50)))


class TestToy(TestCase):
    def test_points_follow_the_formulas(self):
        x, p, label = Spiral(500, classes=3, cycles=2.).indexables
        radius = (2 * p + 1) / 3
        angle = 2 * numpy.pi * (p + label / 3)
        assert_array_equal(numpy.unique(label), [0, 1, 2])
        self.assertTrue(1.9 < p.max() < 2)
        numpy.testing.assert_allclose(
            x, numpy.stack([radius * numpy.sin(angle),
                            radius * numpy.cos(angle)], 1), atol=1e-6)
        x, position = SwissRoll(500).indexables
        radius = (2 * position[:, 0] + 1) / 3
        numpy.testing.assert_allclose(numpy.hypot(x[:, 0], x[:, 1]), radius,
                                      atol=1e-6)
        assert_array_equal(x[:, 2], position[:, 1])

    def test_seeds_and_noise(self):
        for make in (Spiral, SwissRoll):
            one, same, other = make(), make(seed=1), make(seed=2)
            assert_array_equal(one.features, same.features)
            self.assertFalse((one.features == other.features).any())
            noisy = make(noise=.1)
            assert_array_equal(noisy.position, one.position)
            self.assertAlmostEqual(
                (noisy.features - one.features).std(), .1, delta=.01)

    def test_points_equal_those_of_fuel_0_2(self):
        # Drawn by Fuel 0.2.0 with its default seed.
        numpy.testing.assert_allclose(
            Spiral(3, classes=2).features,
            [[-0.3044912, 0.5301241], [0.7994486, 0.1508144],
             [-0.0002396008, -0.3334095]], rtol=1e-5)
        numpy.testing.assert_allclose(
            SwissRoll(3).features,
            [[-0.4337336, 0.4308382, -0.3953349],
             [0.3941090, -0.7117170, -0.7064882],
             [0.0003594012, -0.3334094, -0.8153228]], rtol=1e-5)


class TestTextFile(TestCase):
    numbers = {'<S>': 0, '</S>': 1, '<UNK>': 2, 'a': 3, 'b': 4, 'é': 5}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.plain = os.path.join(folder.name, 'plain.txt')
        self.packed = os.path.join(folder.name, 'packed.txt.gz')
        with open(self.plain, 'w', encoding='utf8') as file_:
            file_.write('a b\n\nc é')
        with gzip.open(self.packed, 'wt', encoding='utf8') as file_:
            file_.write('é a\nb\n')

    def read(self, *files, **kwargs):
        kwargs.setdefault('encoding', 'utf8')
        stream = DataStream(TextFile(list(files), self.numbers, **kwargs))
        epochs = [[sentence for sentence, in stream.get_epoch_iterator()]
                  for _ in range(2)]
        stream.close()
        self.assertEqual(epochs[0], epochs[1])
        return epochs[0]

    def test_words(self):
        self.assertEqual(self.read(self.plain), [[0, 3, 4, 1], [0, 1],
                                                 [0, 2, 5, 1]])
        self.assertEqual(
            self.read(self.packed, self.plain, bos_token=None,
                      eos_token=None),
            [[5, 3], [4], [3, 4], [], [2, 5]])

    def test_characters(self):
        self.assertEqual(self.read(self.packed, level='character'),
                         [[0, 5, 2, 3, 1], [0, 4, 1]])

    def test_preprocess(self):
        self.assertEqual(
            self.read(self.packed, bos_token=None,
                      preprocess=lambda line: line.replace('é', 'b')),
            [[4, 3, 1], [4, 1]])

    def test_errors(self):
        with self.assertRaisesRegex(KeyError, "'c' isn't in the dictionary"):
            self.read(self.plain, unk_token=None)
        for kwargs, message in [
                ({'bos_token': '<s>'}, "lacks '<s>'.*bos_token=None"),
                ({'eos_token': '<s>'}, "eos_token=None"),
                ({'unk_token': '<s>'}, "unk_token=None"),
                ({'level': 'line'}, "'word' or 'character', got 'line'")]:
            with self.assertRaisesRegex(ValueError, message):
                TextFile([self.plain], self.numbers, **kwargs)
        dataset = TextFile([self.plain], self.numbers)
        with self.assertRaisesRegex(ValueError, "takes no request"):
            dataset.get_data(dataset.open(), [0])

    def test_billion_words_checks_its_parts(self):
        for which_set, part, message in [
                ('valid', 1, "'training' or 'heldout', got 'valid'"),
                ('training', 100, "parts 1 to 99, got 100"),
                ('heldout', 50, "parts 0 to 49, got 50")]:
            with self.assertRaisesRegex(ValueError, message):
                OneBillionWord(which_set, [part], self.numbers)

    def test_formats(self):
        for path in (self.plain, self.packed):
            with open_(path, encoding='utf8') as file_:
                self.assertIsInstance(file_.read(), str)
            with open_(path, 'rb') as file_:
                self.assertIsInstance(file_.read(), bytes)
        archive = os.path.join(os.path.dirname(self.plain), 'files.tar')
        with tarfile.open(archive, 'w') as tar:
            tar.add(self.plain, 'plain.txt')
        with open(archive, 'rb') as file_:
            content = io.BytesIO(file_.read())
        for opened in (archive, content):
            with tar_open(opened) as tar:
                self.assertEqual(tar.getnames(), ['plain.txt'])


SUBSETS = st.one_of(
    st.lists(st.integers(0, 11)),
    st.tuples(st.integers(0, 11), st.integers(0, 12)).map(
        lambda bounds: slice(min(bounds), max(bounds))),
    st.just(slice(None)))


class TestSubset(TestCase):
    @PROPERTY
    @given(SUBSETS, SUBSETS, st.data())
    def test_behaves_like_a_sorted_list(self, one, other, data):
        everything = numpy.arange(12)

        def members(what):
            return sorted(set(everything[what].tolist() if what != []
                              else []))
        united = Subset(one, 12) + Subset(other, 12)
        expected = sorted({*members(one), *members(other)})
        self.assertEqual(united.get_list_representation(), expected)
        self.assertEqual(united.num_examples, len(expected))
        self.assertEqual(united.is_empty, not expected)
        if not expected:
            return
        request = data.draw(st.lists(
            st.integers(0, len(expected) - 1), min_size=1))
        start = data.draw(st.integers(0, len(expected) - 1))
        stop = data.draw(st.integers(start + 1, len(expected)))
        step = data.draw(st.integers(1, 3))
        stepping = slice(start, stop, step)
        for key in (request, stepping, slice(start, stop), slice(None),
                    slice(start, None)):
            picked = numpy.array(expected)[key].tolist()
            self.assertEqual(everything[united[key]].tolist(), picked)
            for sort in (False, True):
                self.assertEqual(united.index_within_subset(
                    everything, key, sort_indices=sort).tolist(), picked)
            self.assertEqual(united.index_within_subset(
                everything.tolist(), key), picked)
            if key is stepping:
                continue
            self.assertEqual(
                Subset.subset_of(united, key).get_list_representation(),
                sorted(set(picked)))

    def test_adjacent_and_separate_slices(self):
        for one, other, united in [
                (slice(0, 4), slice(4, 7), slice(0, 7, 1)),
                (slice(0, 6), slice(4, 7), slice(0, 7, 1)),
                (slice(0, 2), slice(4, 6), [0, 1, 4, 5]),
                (slice(0, 4), [4, 6], [0, 1, 2, 3, 4, 6])]:
            for left, right in [(one, other), (other, one)]:
                self.assertEqual((Subset(left, 8) + Subset(right, 8)
                                  ).list_or_slice, united)

    def test_errors(self):
        for label, make, message in [
                ("negative", lambda: Subset([0, -1], 2), "got -1 to 0"),
                ("too large", lambda: Subset([0, 2], 2), "got 0 to 2"),
                ("step", lambda: Subset(slice(0, 4, 2), 4), "step of 1"),
                ("backwards", lambda: Subset(slice(3, 2), 4), "before it st"),
                ("stop", lambda: Subset(slice(0, 5), 4), "examples, 4"),
                ("start", lambda: Subset(slice(4, 4), 4), "examples, 4"),
                ("negative slice", lambda: Subset(slice(-1, None), 4),
                 "negative"),
                ("different sources", lambda: Subset([1], 4) + Subset([1], 5),
                 "4 and 5 examples"),
                ("nothing requested", lambda: Subset([1], 4)[[]],
                 "got none"),
                ("empty slice", lambda: Subset([1, 3], 4)[slice(1, 1)],
                 "it would return no data"),
                ("from nothing", lambda: Subset([], 4)[[0]],
                 "0 examples")]:
            with self.assertRaisesRegex(ValueError, message, msg=label):
                make()


@do_not_pickle_attributes('bulky', 'callback')
class Lazy:
    def __init__(self, bulky=None):
        self.loads = 0
        if bulky is not None:
            self.bulky = bulky

    def load(self):
        self.loads += 1
        self.bulky = list(range(3))
        self.callback = lambda: 'called'


class Filtered:
    """Customises its own pickling."""

    def __getstate__(self):
        return {**vars(self), 'filtered': True}


@do_not_pickle_attributes('more')
class LazyToo(Lazy):
    def load(self):
        super().load()
        self.more = [1, 2]


@do_not_pickle_attributes('bulky')
class LazyFiltered(Filtered):
    def load(self):
        self.bulky = [3]


class TestDoNotPickle(TestCase):
    def test_bases_that_customise_pickling(self):
        for cls, hidden in ((LazyToo, {'_bulky', '_callback', '_more'}),
                            (LazyFiltered, {'_bulky'})):
            with self.subTest(cls.__name__):
                lazy = cls()
                lazy.load()
                lazy.kept = 5
                self.assertLessEqual(hidden, set(vars(lazy)))
                state = lazy.__getstate__()
                self.assertFalse(hidden & set(state))
                self.assertEqual(state['kept'], 5)
                self.assertEqual('filtered' in state, cls is LazyFiltered)
                again = pickle.loads(pickle.dumps(lazy))
                self.assertFalse(hidden & set(vars(again)))
                self.assertEqual(again.bulky, lazy.bulky)

    def test_loaded_when_needed(self):
        lazy = Lazy()
        for _ in range(2):
            self.assertEqual(lazy.loads, 0)
            self.assertEqual(lazy.bulky, [0, 1, 2])
            self.assertEqual(lazy.callback(), 'called')
            self.assertEqual(lazy.loads, 1)
            lazy.loads = 0
            lazy = pickle.loads(pickle.dumps(lazy))

    def test_errors(self):
        with self.assertRaisesRegex(ValueError, "bulky is an iterator"):
            pickle.dumps(Lazy(iter([1])))
        with self.assertRaisesRegex(ValueError, "int needs a method load"):
            do_not_pickle_attributes('real')(int)

        @do_not_pickle_attributes('never')
        class Forgetful:
            def load(self):
                pass
        with self.assertRaisesRegex(ValueError, "didn't set.*'never'"):
            Forgetful().never
