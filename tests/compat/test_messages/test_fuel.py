"""Tests of Fuel's errors on wrong input."""
import numpy
from fuel.datasets import IndexableDataset, IterableDataset
from fuel.schemes import SequentialScheme
from fuel.streams import DataStream

from tests.compat.test_messages.table import Table, names

V, T, K = ValueError, TypeError, KeyError


def examples(values=range(5)):
    """Return a stream of examples."""
    return DataStream(IterableDataset(values))


def batches(size=2):
    """Return a stream of batches with two sources."""
    return DataStream(IndexableDataset(
        {'x': numpy.arange(10.).reshape(5, 2), 'y': numpy.arange(5)}),
        iteration_scheme=SequentialScheme(5, size))


def read(stream):
    """Read a whole epoch."""
    return list(stream.get_epoch_iterator())


NAMES = names('fuel', 'fuel.utils', 'fuel.datasets', 'fuel.schemes',
              'fuel.server', 'fuel.streams', 'fuel.transformers',
              'fuel.transformers.mapping', 'fuel.transformers.sequences',
              numpy=numpy, examples=examples, words=dict.fromkeys(
                  ["<S>", "</S>", "<UNK>"], 0), batches=batches, read=read)

SCHEMES = [
    (f'{scheme}({arguments})', error, f'{scheme}: {words}')
    for scheme in ('SequentialScheme', 'ShuffledScheme')
    for arguments, error, words in [
        ('5, 0', V, 'batch_size must be an integer of at least 1, got 0'),
        ('5, -2', V, 'batch_size must be .*got -2'),
        ('5, 2.5', T, 'batch_size must be an integer .*got 2.5'),
        ('5, None', T, 'batch_size must be .*got None'),
        ('5, "2"', T, "batch_size must be .*got '2'"),
        ('5, True', T, 'batch_size must be .*got True'),
        ('-5, 2', V, 'examples must be .*got -5'),
        ('2.5, 2', T, 'examples must be .*got 2.5'),
        ('None, 2', T, 'examples must be .*got None'),
        ('"abc", 2', T, "examples must be .*got 'abc'")]
] + [
    (f'{scheme}({arguments})', error, f'{scheme}: {words}')
    for scheme in ('SequentialExampleScheme', 'ShuffledExampleScheme')
    for arguments, error, words in [
        ('-1', V, 'examples must be .*got -1'),
        ('2.5', T, 'examples must be .*got 2.5'),
        ('None', T, 'examples must be .*got None'),
        ('numpy.nan', T, 'examples must be .*got nan')]
] + [
    ('ShuffledScheme(5, 2, rng=3)', T, 'ShuffledScheme: rng must be .*got 3'),
    ('ShuffledExampleScheme(5, rng="x")', T, "rng must be .*got 'x'"),
    ('ConstantScheme(0)', V, 'ConstantScheme: batch_size must be .*got 0'),
    ('ConstantScheme(-1)', V, 'ConstantScheme: batch_size must be .*got -1'),
    ('ConstantScheme(1.5)', T, 'batch_size must be an integer.*got 1.5'),
    ('ConstantScheme(None)', T, 'batch_size must be .*got None'),
    ('ConstantScheme(2, num_examples=-1)', V, 'num_examples must.*got -1'),
    ('ConstantScheme(2, num_examples=.5)', T, 'num_examples must.*got 0.5'),
    ('ConstantScheme(2, times=-1)', V, 'times must be .*got -1'),
    ('ConstantScheme(2, times="3")', T, "times must be .*got '3'"),
    ('ConstantScheme(2, num_examples=3, times=1)', V, 'not both'),
    ('ConcatenatedScheme([])', V, 'one or more schemes.*got none'),
    ('ConcatenatedScheme(SequentialScheme(3, 1))', T,
     'ConcatenatedScheme: schemes must be a list.*SequentialScheme'),
    ('ConcatenatedScheme([3])', T, 'ConcatenatedScheme: schemes must.*3'),
    ('ConcatenatedScheme([SequentialScheme(3, 1), '
     'SequentialExampleScheme(3)])', V, 'all request examples or all'),
    ('list(cross_validation(SequentialExampleScheme, 10, 3))', V,
     "10 examples can't be split into 3"),
    ('list(cross_validation(SequentialExampleScheme, 10, 0))', V,
     'cross_validation: num_folds must be .*at least 1.*got 0'),
    ('list(cross_validation(SequentialExampleScheme, 10, -2))', V,
     'num_folds must be .*got -2'),
    ('list(cross_validation(SequentialExampleScheme, 10, 2.))', T,
     'num_folds must be an integer.*got 2.0'),
    ('list(cross_validation(SequentialExampleScheme, -10, 2))', V,
     'num_examples must be .*got -10'),
    ('list(cross_validation(SequentialScheme, 10, 2, batch_size=0))', V,
     'batch_size must be .*got 0'),
]

DATASETS = [
    ('IterableDataset(3)', V, "source 'data' must be iterable, got int"),
    ('IterableDataset(None)', V, 'must be iterable, got NoneType'),
    ('IterableDataset({"x": [1], "y": [1, 2]})', V, "same number.*'y': 2"),
    ('IterableDataset({})', V, 'IterableDataset has no sources: .*needs'),
    ('IterableDataset([1], sources=("x",))', V, "'data'.*'x'"),
    ('IterableDataset({"x": [1]}, sources=())', V, 'IterableDataset.*source'),
    ('IterableDataset([1], axis_labels=3)', T, 'axis_labels must be .*3'),
    ('IterableDataset([1]).get_data()', V, 'needs the state'),
    ('IterableDataset([1]).get_data(iter([]), [0])', V, 'no request'),
    ('IterableDataset([1]).get_example_stream().get_data([1])', V,
     'request'),
    ('IndexableDataset({})', V, 'IndexableDataset has no sources: .*needs'),
    ('IndexableDataset(3)', T, "IndexableDataset: source 'data' .*int"),
    ('IndexableDataset(iter([1]))', T, "source 'data' .*iterator"),
    ('IndexableDataset({"x": [1], "y": 3})', T, "source 'y' .*int"),
    ('IndexableDataset({"x": [1], "y": [1, 2]})', V, "same number.*'y': 2"),
    ('IndexableDataset([1, 2], sources=("x",))', V, "'data'.*'x'"),
    ('IndexableDataset([1, 2], start=1.5)', T, 'start must be .*got 1.5'),
    ('IndexableDataset([1, 2], stop="1")', T, "stop must be .*got '1'"),
    ('IndexableDataset([1, 2]).get_data()', V, 'needs a request'),
    ('IndexableDataset([1, 2]).get_data(3, [0])', V, 'takes no state'),
    ('IndexableDataset([1, 2]).get_data(request=[2])', V,
     'request.*2 examples.*got 2'),
    ('IndexableDataset([1, 2]).get_data(request=5)', V,
     'request.*2 examples.*got 5'),
    ('IndexableDataset([1, 2]).get_data(request="a")', V, "request.*'a'"),
    ('IndexableDataset([1, 2]).get_data(request=.5)', V, 'request.*0.5'),
    ('TextFile(["a"], None)', T, 'TextFile: dictionary must be .*None'),
    ('TextFile(["a"], {"x": 0})', V, "lacks '<S>'.*bos_token=None"),
    ('TextFile(["a"], {"<S>": 0, "</S>": 1})', V, "'<UNK>'.*unk_token"),
    ('TextFile(["a"], words, level="line")', V, "level.*'line'"),
    ('TextFile(["a"], words, preprocess=3)', T,
     'preprocess must be a function, got 3'),
    ('Subset([-1], 5)', V, 'subset of 5 examples.*got -1'),
    ('Subset([5], 5)', V, 'subset of 5 examples.*got 5'),
    ('Subset([.5], 5)', T, 'Subset.*0.5'),
    ('Subset("ab", 5)', T, "Subset.*integers, got 'a'"),
    ('Subset(slice(0, 9), 5)', V, 'subset must stop at.*5.*slice.0, 9'),
]

STREAMS = [
    ('DataStream(3)', T, 'DataStream: dataset must be a Dataset.*got 3'),
    ('DataStream(None)', T, 'DataStream: dataset must be .*got None'),
    ('DataStream(IterableDataset)', T, 'dataset must be .*IterableDataset'),
    ('DataStream(examples())', T, 'dataset must be a Dataset.*DataStream'),
    ('DataStream(IterableDataset([1]), iteration_scheme=3)', T,
     'iteration_scheme must be an IterationScheme.*got 3'),
    ('DataStream(IterableDataset([1]), iteration_scheme=SequentialScheme)', T,
     'iteration_scheme must be .*SequentialScheme'),
    ('ServerDataStream((), False)', V, 'ServerDataStream: sources .*'),
    ('ServerDataStream(3, False)', T, 'sources .*got 3'),
    ('ServerDataStream(("x",), False, port=0)', V, 'port must be .*got 0'),
    ('ServerDataStream(("x",), False, port=65536)', V, 'port .*65536'),
    ('ServerDataStream(("x",), False, port="a")', T, "port must .*'a'"),
    ('ServerDataStream(("x",), False, hwm=-1)', V, 'hwm must be .*-1'),
    ('ServerDataStream(("x",), False, hwm=1.5)', T, 'hwm must be .*1.5'),
    ('ServerDataStream(("x",), False, timeout=0)', V, 'timeout .*got 0'),
    ('ServerDataStream(("x",), False, timeout="1")', T, "timeout .*'1'"),
    ('ServerDataStream(("x",), False, max_message_size=0)', V,
     'max_message_size .*got 0'),
    ('ServerDataStream(("x",), False, host=3)', T, 'host must be .*got 3'),
    ('ServerDataStream(("x",), False).get_data(3)', V, 'takes no request'),
    ('start_server(3)', T, 'start_server: data_stream must be .*got 3'),
    ('start_server(batches(), port=-1)', V, 'port must be .*got -1'),
    ('start_server(batches(), port="a")', T, "port must be .*'a'"),
    ('start_server(batches(), hwm=-1)', V, 'hwm must be .*got -1'),
    ('start_server(batches(), epochs=-1)', V, 'epochs must be .*got -1'),
    ('start_server(batches(), epochs=1.5)', T, 'epochs must be .*got 1.5'),
    ('start_server(batches(), linger=-1)', V, 'linger must be .*got -1'),
    ('start_server(batches(), linger=numpy.nan)', V, 'linger .*got nan'),
    ('send_arrays(None, [])', V, 'one array or more'),
    ('send_arrays(None, [[[1], [1, 2]]])', V, 'source number 0.*Padding'),
    ('send_arrays(None, 3)', T, 'send_arrays.*3'),
]

TRANSFORMERS = [
    (f'{name}({stream}{rest})', T,
     f'{name}: data_stream must be a data stream.*got {words}')
    for name, rest in [
        ('Mapping', ', abs'), ('Filter', ', bool'), ('Unpack', ''),
        ('Batch', ', ConstantScheme(2)'), ('Cache', ', ConstantScheme(2)'),
        ('Padding', ''), ('Flatten', ''), ('ForceFloatX', ''),
        ('Cast', ', "float32"'), ('ScaleAndShift', ', 1, 0'),
        ('Rename', ', {}'), ('FilterSources', ', ()'),
        ('MultiProcessing', '')]
    for stream, words in [('None', 'None'), ('[1, 2]', r'\[1, 2\]'),
                          ('DataStream', ".*class.*")]
] + [
    ('Mapping(examples(), 3)', T, 'Mapping: mapping must be a function'),
    ('Mapping(examples(), None)', T, 'mapping must be .*None'),
    ('Mapping(examples(), abs, mapping_accepts=tuple)', V,
     'mapping_accepts must be list or dict'),
    ('Mapping(examples(), abs, add_sources=3)', T, 'add_sources .*3'),
    ('read(Mapping(examples(), lambda data: ()))', V, 'one item for each'),
    ('read(Mapping(examples(), lambda data: None))', T,
     'Mapping: the function must return.*got None'),
    ('read(Mapping(examples(), lambda data: {}, mapping_accepts=dict))', K,
     "Mapping: .*'data'.*missing"),
    ('read(Mapping(examples(), lambda data: 3, mapping_accepts=dict))', T,
     'Mapping: the function must return.*got 3'),
    ('SortMapping(3)', T, 'SortMapping: key must be a function.*3'),
    ('SortMapping(None)(([1], [1, 2]))', V, 'same number.*1, 2'),
    ('Filter(examples(), 3)', T, 'Filter: predicate must be a function'),
    ('Batch(batches(), ConstantScheme(2))', V, 'Batch.*examples'),
    ('Batch(examples(), SequentialExampleScheme(2))', V,
     'requests batches'),
    ('Batch(examples(), 3)', T, 'Batch: iteration_scheme must be .*3'),
    ('Batch(examples(), None)', T, 'Batch: iteration_scheme must.*None'),
    ('Batch(examples(), ConstantScheme)', T, 'iteration_scheme must be'),
    ('Batch(examples(), SequentialScheme(4, 2))', T,
     'iteration_scheme must be a BatchSizeScheme.*SequentialScheme'),
    ('Batch(examples(), ConstantScheme(2), strictness=5)', V,
     'strictness must be 0, 1 or 2, got 5'),
    ('read(Batch(examples(), ConstantScheme(2), strictness=2))', V,
     'only 1 examples were left for a batch of 2'),
    ('Batch(examples(), ConstantScheme(2)).get_data()', V,
     'needs a request'),
    ('Unpack(examples())', V, 'Unpack.*batches'),
    ('Cache(batches(), SequentialScheme(4, 2))', V, 'BatchSizeScheme'),
    ('Cache(batches(), 3)', V, 'BatchSizeScheme.*int'),
    ('Padding(examples())', V, 'Padding.*batches'),
    ('Padding(batches(), mask_sources=3)', T, 'mask_sources .*3'),
    ('Padding(batches(), mask_sources=("z",))', V,
     "Padding: there is no source 'z'"),
    ('Padding(batches(), mask_dtype="no")', T, 'mask_dtype .*no'),
    ('Flatten(batches(), which_sources=3)', T, 'which_sources .*3'),
    ('Cast(batches(), "floatY")', T, "Cast: dtype must be .*'floatY'"),
    ('Cast(batches(), None)', T, 'Cast: dtype must be .*None'),
    ('ScaleAndShift(batches(), "2", 0)', T, "scale must be .*'2'"),
    ('ScaleAndShift(batches(), 1, None)', T, 'shift must be .*None'),
    ('Rename(batches(), {"z": "a"})', K, "no source 'z'"),
    ('Rename(batches(), {"x": "y"})', K, '2 sources would be called'),
    ('Rename(batches(), ["x"])', T, 'Rename: names must be a dict.*x'),
    ('Rename(batches(), {}, on_non_existent="no")', V, 'on_non_existent'),
    ('FilterSources(batches(), ("z",))', V, "not.*'z'"),
    ('FilterSources(batches(), 3)', T, 'FilterSources: sources .*3'),
    ('Merge([], ())', V, 'one or more streams'),
    ('Merge([examples(), batches()], "abc")', V, 'all produce examples'),
    ('Merge([examples()], ("a", "b"))', V, '1 sources.*2 names'),
    ('Merge(examples(), ("a",))', T, 'Merge: data_streams must be .*list'),
    ('Merge([3], ("a",))', T, 'Merge: data_streams must be .*3'),
    ('MultiProcessing(batches(), max_store=0)', V, 'max_store .*got 0'),
    ('MultiProcessing(batches(), max_store=None)', T, 'max_store .*None'),
    ('MultiProcessing(batches()).get_data(3)', V, 'takes no request'),
    ('Window(1, 2, 2, True, batches())', V, 'Window.*examples'),
    ('Window(1, 0, 2, True, examples())', V, 'source_window .*got 0'),
    ('Window(1, 2, -1, True, examples())', V, 'target_window .*got -1'),
    ('Window(.5, 2, 2, True, examples())', T, 'offset .*got 0.5'),
    ('Window(1, 2., 2, True, examples())', T, 'source_window .*got 2.0'),
    ('Window(1, 2, 2, True, 3)', T, 'Window: data_stream must be .*3'),
    ('NGrams(0, examples())', V, 'NGrams: .*window.*got 0'),
    ('NGrams(2, batches())', V, 'NGrams.*examples'),
    ('NGrams("2", examples())', T, "NGrams: .*got '2'"),
]


class TestFuel(Table):
    def test_schemes(self):
        self.check(SCHEMES, NAMES)

    def test_datasets(self):
        self.check(DATASETS, NAMES)

    def test_streams(self):
        self.check(STREAMS, NAMES)

    def test_transformers(self):
        self.check(TRANSFORMERS, NAMES)
