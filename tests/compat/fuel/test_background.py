"""Tests of reading ahead in another process."""
import os
import pickle
import signal
import time
from unittest import TestCase

from fuel.datasets import IterableDataset
from fuel.schemes import ConstantScheme
from fuel.streams import DataStream
from fuel.transformers import Batch, Mapping, MultiProcessing


def add_one(data):
    return (data[0] + 1,)


def fail_at_three(data):
    if data[0] == 3:
        raise KeyError("three")
    return data


def stream_of(number=100, mapping=add_one, **kwargs):
    return MultiProcessing(
        Mapping(DataStream(IterableDataset(range(number))), mapping),
        **kwargs)


class TestMultiProcessing(TestCase):
    def setUp(self):
        self.streams = []

    def tearDown(self):
        for stream in self.streams:
            stream.close()

    def start(self, *args, **kwargs):
        self.streams.append(stream_of(*args, **kwargs))
        return self.streams[-1]

    def test_epochs(self):
        for max_store in (1, 3, 1000):
            stream = self.start(max_store=max_store)
            for _ in range(3):
                iterator = stream.get_epoch_iterator()
                self.assertEqual(list(iterator),
                                 list(zip(range(1, 101))))
                with self.assertRaises(StopIteration):
                    next(iterator)

    def test_as_dict(self):
        iterator = self.start().get_epoch_iterator(as_dict=True)
        self.assertEqual(next(iterator), {'data': 1})

    def test_unfinished_epochs(self):
        for number, max_store in [(10, 2), (10, 50), (10 ** 9, 2)]:
            stream = self.start(number, max_store=max_store)
            for _ in range(3):
                iterator = stream.get_epoch_iterator()
                self.assertEqual([next(iterator) for _ in range(4)],
                                 [(1,), (2,), (3,), (4,)])

    def test_error_in_the_process(self):
        iterator = self.start(mapping=fail_at_three).get_epoch_iterator()
        self.assertEqual([next(iterator) for _ in range(3)],
                         [(0,), (1,), (2,)])
        for _ in range(2):
            with self.assertRaisesRegex(RuntimeError,
                                        "(?s)fail_at_three.*three"):
                next(iterator)

    def test_killed_process(self):
        stream = self.start(max_store=1)
        iterator = stream.get_epoch_iterator()
        next(iterator)
        os.kill(stream.proc.pid, signal.SIGKILL)
        with self.assertRaisesRegex(RuntimeError, "exit code -9"):
            list(iterator)

    def test_close_ends_the_process(self):
        stream = self.start()
        next(stream.get_epoch_iterator())
        process = stream.proc
        stream.close()
        self.assertFalse(process.is_alive())
        stream.close()
        self.assertEqual(next(stream.get_epoch_iterator()), (1,))

    def test_process_ends_with_the_stream(self):
        stream = stream_of(max_store=1)
        next(stream.get_epoch_iterator())
        process = stream.proc
        del stream
        for _ in range(100):
            if not process.is_alive():
                break
            time.sleep(.05)
        self.assertFalse(process.is_alive())

    def test_reset(self):
        stream = self.start()
        next(stream.get_epoch_iterator())
        stream.reset()
        self.assertEqual(len(list(stream.get_epoch_iterator())), 100)

    def test_unpicklable_stream_raises_and_continues(self):
        stream = self.start(mapping=lambda data: data)
        iterator = stream.get_epoch_iterator()
        self.assertEqual(next(iterator), (0,))
        with self.assertRaisesRegex(pickle.PicklingError, "lambda"):
            pickle.dumps(iterator)
        self.assertEqual(list(iterator), list(zip(range(1, 100))))

    def test_pickled_before_it_started(self):
        stream = pickle.loads(pickle.dumps(stream_of(5)))
        self.streams.append(stream)
        self.assertEqual(len(list(stream.get_epoch_iterator())), 5)

    def test_axis_labels(self):
        examples = DataStream(IterableDataset(
            range(4), axis_labels={'data': ('batch',)}))
        batches = Batch(examples, ConstantScheme(2))
        self.assertEqual(MultiProcessing(batches).axis_labels,
                         batches.axis_labels)

    def test_request(self):
        with self.assertRaisesRegex(ValueError, "takes no request"):
            self.start().get_data([0])
