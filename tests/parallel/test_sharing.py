"""Parts of batches, without MPI: each example comes once."""
import os
import pickle
import tempfile
from collections import OrderedDict
from itertools import zip_longest
from unittest import TestCase, mock

import numpy
from blocks.monitoring.aggregation import Mean
from blocks.utils import shared_floatx
from fuel.datasets import H5PYDataset, IndexableDataset
from numpy.testing import assert_array_equal
from theano import tensor

from blocks_rnn_bricks import bucketed_batches, padded_batches, to_hdf5
from blocks_rnn_bricks.parallel import GradientDescent, share, workers
from blocks_rnn_bricks.parallel.algorithm import is_plain_mean
from blocks_rnn_bricks.parallel.averaging import step


class Worker:
    """A worker that agrees with itself."""

    def __init__(self, rank, size):
        self.rank, self.size = rank, size

    def maximum(self, array):
        pass


FILE_KINDS = 'file', 'buckets of a file', 'ahead'


def setup_module():
    """Make a file of the same examples."""
    global folder
    folder = tempfile.TemporaryDirectory()
    to_hdf5(({'x': x, 'y': y} for x, y in zip(*examples())), path(),
            progress=False)


def teardown_module():
    folder.cleanup()


def path():
    return os.path.join(folder.name, 'examples.hdf5')


def examples():
    rng = numpy.random.RandomState(1)
    x = [rng.normal(size=(rng.randint(1, 9), 2)) for _ in range(22)]
    return x, numpy.arange(22)


def stream(kind):
    x, y = examples()
    dataset = IndexableDataset(OrderedDict([('x', x), ('y', y)]))
    options = {'sequences': ['x'], 'shuffle': True, 'seed': 3}
    if kind in FILE_KINDS:
        dataset = H5PYDataset(path(), which_sets=('train',))
        if kind == 'ahead':
            options['ahead'] = 3
    if kind in ('padded', 'file', 'ahead'):
        return padded_batches(dataset, 7, sort_window=2, **options)
    if 'buckets' in kind:
        return bucketed_batches(dataset, 20, window=11, **options)
    return dataset.get_example_stream()


def read_ahead():
    dataset = IndexableDataset({'x': [numpy.ones((4, 2))] * 6})
    return padded_batches(dataset, 4, sequences=['x'], ahead=2)


class TestSharing(TestCase):

    def setUp(self):
        self.addCleanup(setattr, step, 'idle', False)
        self.addCleanup(setattr, step, 'examples', 1)

    def epochs(self, kind, rank, size, number=2):
        """For each batch of some epochs the targets; none if it is idle."""
        with mock.patch.object(workers, 'team', lambda: Worker(rank, size)):
            shared = share(stream(kind))
            return [[[] if step.idle else numpy.ravel(batch[-1]).tolist()
                     for batch in shared.get_epoch_iterator()]
                    for _ in range(number)]

    def test_read_ahead_by_another_process(self):
        # Both sources begin with time here: it would be cut, unnoticed.
        with mock.patch.object(workers, 'team', lambda: Worker(0, 2)):
            with self.assertRaisesRegex(ValueError, 'without ahead='):
                share(read_ahead()).get_epoch_iterator()
        stream = read_ahead()
        self.addCleanup(stream.close)
        with mock.patch.object(workers, 'team', lambda: Worker(0, 1)):
            shapes = [x.shape for x, _ in share(stream).get_epoch_iterator()]
        self.assertEqual(shapes, [(4, 4, 2), (4, 2, 2)])

    def test_every_example_once(self):
        for kind in 'padded', 'buckets', 'examples', *FILE_KINDS:
            whole = [[numpy.ravel(batch[-1]).tolist() for batch in epoch]
                     for s in [stream(kind)] for epoch in
                     [list(s.get_epoch_iterator()) for _ in range(2)]]
            for size in 1, 2, 3, 5, 8:
                parts = [self.epochs(kind, rank, size)
                         for rank in range(size)]
                for epoch in range(2):
                    with self.subTest(kind=kind, size=size, epoch=epoch):
                        batches = [sorted(sum(batch, [])) for batch in
                                   zip(*(one[epoch] for one in parts))]
                        self.assertEqual(sum(map(len, batches)), 22)
                        self.assertEqual(sorted(sum(batches, [])),
                                         list(range(22)))
                        if kind != 'examples':
                            self.assertEqual(
                                batches, [sorted(b) for b in whole[epoch]])

    def test_resumed_by_others(self):
        """A pickle of worker 0 of 2 goes on with one worker, and with 3."""
        for kind in 'padded', 'file', 'ahead':
            with mock.patch.object(workers, 'team', lambda: Worker(0, 2)):
                shared = share(stream(kind))
                iterator = shared.get_epoch_iterator()
                next(iterator)
                saved = pickle.dumps((shared, iterator))
            right = list(stream('padded').get_epoch_iterator())
            _, iterator = pickle.loads(saved)
            with self.subTest(kind=kind):
                for found, batch in zip_longest(iterator, right[1:]):
                    for one, other in zip_longest(found, batch):
                        assert_array_equal(one, other)
            for rank in range(3):
                with self.subTest(kind=kind, rank=rank), mock.patch.object(
                        workers, 'team', lambda: Worker(rank, 3)):
                    _, iterator = pickle.loads(saved)
                    for found, batch in zip_longest(iterator, right[1:]):
                        if not step.idle:
                            assert_array_equal(found[2], batch[2][rank::3])

    def test_put_back(self):
        for kind in 'padded', 'file', 'ahead':
            with self.subTest(kind):
                right = list(stream('padded').get_epoch_iterator())
                shared = share(stream(kind))
                iterator = shared.get_epoch_iterator()
                for _ in range(len(right) - 1):
                    next(iterator)
                shared.source.put_back()
                # In what is saved now, too.
                for again in pickle.loads(pickle.dumps(iterator)), iterator:
                    for batch in right[-2:]:
                        assert_array_equal(next(again)[0], batch[0])
                    self.assertIsNone(next(again, None))

    def test_different_data(self):
        """Workers that read different batches are told so."""
        class Other(Worker):
            def maximum(self, array):
                array[1] += 1
        for kind in 'padded', 'ahead':
            with mock.patch.object(workers, 'team', lambda: Other(0, 2)):
                iterator = share(stream(kind)).get_epoch_iterator()
                self.assertRaisesRegex(RuntimeError, 'different batches',
                                       next, iterator)


class TestWeight(TestCase):

    def test_mask_without_weight(self):
        x, mask = tensor.matrix('x'), tensor.matrix('x_mask')
        w = shared_floatx(1., name='w')
        cost = (w * x * mask).sum() / mask.sum()
        cost.name = 'cost'
        self.assertRaisesRegex(
            ValueError, r'weight=x_mask.sum\(\)', GradientDescent,
            cost=cost, parameters=[w])
        # The original Blocks marks so what is monitored without a scheme.
        cost.tag.aggregation_scheme = Mean(cost, 1.)
        self.assertTrue(is_plain_mean(cost))
        self.assertRaisesRegex(
            ValueError, r'weight=x_mask.sum\(\)', GradientDescent,
            cost=cost, parameters=[w])
        self.assertRaisesRegex(
            ValueError, 'must be a scalar', GradientDescent, cost=cost,
            parameters=[w], weight=mask)
        GradientDescent(cost=cost, parameters=[w], weight=mask.sum())
