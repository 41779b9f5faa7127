"""Tests of the server and its streams."""
import json
import logging
import pickle
import socket
import time
from multiprocessing import Process
from unittest import TestCase, mock

import numpy
import zmq
from fuel.datasets import IndexableDataset
from fuel.schemes import SequentialExampleScheme, SequentialScheme
from fuel.server import recv_arrays, send_arrays, start_server
from fuel.streams import DataStream, ServerDataStream
from fuel.utils.parallel import producer_consumer
from numpy.testing import assert_array_equal

TIMEOUT = 20.


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def numbered_batches(number=6, size=1):
    """Return a stream of `number` batches that contain their number."""
    x = numpy.repeat(numpy.arange(number), size).reshape(number, size)
    return DataStream(IndexableDataset({'x': x, 'y': 2. * x}),
                      iteration_scheme=SequentialScheme(number, 1))


class Failing(DataStream):
    """A stream that raises an error in place of the first batch."""

    closed = False

    def get_data(self, request=None):
        raise KeyError("broken")

    def close(self):
        self.closed = True
        super().close()


class TestServer(TestCase):
    def setUp(self):
        self.port = free_port()
        self.started = []
        logging.getLogger('fuel.server').setLevel(logging.ERROR)

    def tearDown(self):
        for end in reversed(self.started):
            end()

    def serve(self, stream, **kwargs):
        server = Process(target=start_server, args=(stream, self.port),
                         kwargs=kwargs, daemon=True)
        server.start()

        def end():
            server.terminate()
            server.join()
        self.started.append(end)
        return server

    def client(self, sources=('x', 'y'), **kwargs):
        kwargs.setdefault('timeout', TIMEOUT)
        stream = ServerDataStream(sources, False, port=self.port, **kwargs)
        self.started.append(stream.close)
        return stream

    def test_received_epochs_equal_served_ones(self):
        self.serve(numbered_batches())
        client = self.client()
        for _ in range(3):
            received = list(client.get_epoch_iterator())
            self.assertEqual(len(received), 6)
            for data, expected in zip(
                    received, numbered_batches().get_epoch_iterator()):
                for array, array_ in zip(data, expected, strict=True):
                    assert_array_equal(array, array_)
                    self.assertEqual(array.dtype, array_.dtype)

    def test_examples_keep_their_shapes(self):
        data = {'scalar': numpy.arange(3), 'matrix': numpy.ones((3, 2, 4)),
                'empty': numpy.zeros((3, 0, 2)), 'text': ['a', 'bc', '']}
        stream = DataStream(IndexableDataset(data),
                            iteration_scheme=SequentialExampleScheme(3))
        self.serve(stream, epochs=1)
        received = list(self.client(tuple(data)).get_epoch_iterator())
        self.assertEqual([[item.shape for item in example]
                          for example in received],
                         [[(), (2, 4), (0, 2), ()]] * 3)
        self.assertEqual([str(example[3]) for example in received],
                         data['text'])

    def test_slow_consumer_loses_nothing(self):
        self.serve(numbered_batches(40, size=5000), hwm=2)
        received = []
        for x, _ in self.client(hwm=1).get_epoch_iterator():
            received.append(x[0, 0])
            if len(received) < 10:
                time.sleep(.02)
        self.assertEqual(received, list(range(40)))

    def test_second_consumer_continues_the_epoch(self):
        server = self.serve(numbered_batches(50, size=50000), hwm=1)
        first = self.client(hwm=1)
        epoch = first.get_epoch_iterator()
        seen = [next(epoch)[0][0, 0] for _ in range(3)]
        first.close()
        time.sleep(.1)
        second = self.client(hwm=1)
        rest = [x[0, 0] for x, _ in second.get_epoch_iterator()]
        self.assertEqual(seen, [0, 1, 2])
        # In order and up to the end of the epoch; what was in transit when the
        # first consumer closed is lost.
        self.assertTrue(rest)
        self.assertEqual(rest, list(range(rest[0], 50)))
        self.assertEqual([x[0, 0] for x, _ in second.get_epoch_iterator()],
                         list(range(50)))
        self.assertTrue(server.is_alive())

    def test_closed_stream_reconnects(self):
        self.serve(numbered_batches(3))
        client = self.client()
        self.assertEqual(len(list(client.get_epoch_iterator())), 3)
        client.close()
        client.close()
        # Perhaps only the end of an epoch is left of the first one.
        lengths = [len(list(client.get_epoch_iterator())) for _ in range(2)]
        self.assertEqual(lengths[1], 3)

    def test_pickled_stream_reconnects(self):
        self.serve(numbered_batches(3))
        client = pickle.loads(pickle.dumps(self.client()))
        self.assertEqual(len(list(client.get_epoch_iterator())), 3)
        copy = pickle.loads(pickle.dumps(client))
        client.close()
        self.assertFalse(copy.connected)
        self.assertEqual(copy.sources, ('x', 'y'))

    def test_ends_after_its_epochs(self):
        server = self.serve(numbered_batches(3), epochs=2)
        client = self.client()
        for _ in range(2):
            self.assertEqual(len(list(client.get_epoch_iterator())), 3)
        server.join(TIMEOUT)
        self.assertEqual(server.exitcode, 0)

    def test_error_frees_the_port_and_closes_the_stream(self):
        for _ in range(2):
            stream = Failing(numbered_batches().dataset,
                             iteration_scheme=SequentialScheme(6, 1))
            with self.assertRaisesRegex(KeyError, 'broken'):
                start_server(stream, self.port)
            self.assertTrue(stream.closed)

    def test_missing_server_is_an_error_in_time(self):
        client = self.client(timeout=.1)
        start = time.monotonic()
        with self.assertRaisesRegex(
                TimeoutError, f"localhost:{self.port} within 0.1 s"):
            next(client.get_epoch_iterator())
        self.assertLess(time.monotonic() - start, 5)

    def test_wrong_number_of_sources(self):
        self.serve(numbered_batches())
        with self.assertRaisesRegex(ValueError, r"sent 2 arrays.*\('x',\)"):
            next(self.client(('x',)).get_epoch_iterator())

    def test_bad_arguments(self):
        client = self.client()
        with self.assertRaisesRegex(ValueError, "takes no request"):
            client.get_data([0, 1])
        with self.assertRaisesRegex(ValueError, "timeout must be"):
            ServerDataStream(('x',), True, timeout=0)

    def test_listens_on_loopback_by_default(self):
        stream = Failing(numbered_batches().dataset,
                         iteration_scheme=SequentialScheme(6, 1))
        for kwargs, address in [({}, '127.0.0.1'), ({'host': '*'}, '*')]:
            with mock.patch.object(zmq.Socket, 'bind') as bind:
                with self.assertRaisesRegex(KeyError, 'broken'):
                    start_server(stream, self.port, **kwargs)
            bind.assert_called_once_with(f'tcp://{address}:{self.port}')


class TestArrays(TestCase):
    def setUp(self):
        self.context = zmq.Context()
        self.sender = self.context.socket(zmq.PAIR)
        self.receiver = self.context.socket(zmq.PAIR)
        self.receiver.bind('inproc://arrays')
        self.sender.connect('inproc://arrays')

    def tearDown(self):
        self.context.destroy(linger=0)

    def test_any_regular_array_arrives(self):
        rng = numpy.random.RandomState(1)
        structured = numpy.zeros(3, dtype=[('a', 'int8'), ('b', 'f4', (2,))])
        structured['b'] = rng.uniform(size=(3, 2))
        arrays = [rng.uniform(size=(3, 4)), numpy.asfortranarray(
            rng.uniform(size=(3, 4))), numpy.float32(3), structured,
            numpy.zeros((2, 0)), rng.uniform(size=(6, 4))[::2, ::-1],
            numpy.array(['a', 'bcd']), numpy.array([True, False]), [1, 2]]
        send_arrays(self.sender, arrays)
        received = recv_arrays(self.receiver)
        self.assertEqual(len(received), len(arrays))
        for actual, expected in zip(received, map(numpy.asarray, arrays)):
            self.assertEqual(actual.dtype, expected.dtype)
            self.assertEqual(actual.shape, expected.shape)
            assert_array_equal(actual, expected)

    def test_fortran_order_of_other_senders(self):
        array = numpy.arange(6.).reshape(2, 3)
        self.sender.send_multipart([
            json.dumps([{'descr': '<f8', 'fortran_order': True,
                         'shape': [2, 3]}]).encode(),
            array.tobytes(order='F')])
        assert_array_equal(recv_arrays(self.receiver)[0], array)

    def test_stop(self):
        send_arrays(self.sender, None, stop=True)
        with self.assertRaises(StopIteration):
            recv_arrays(self.receiver)

    def test_objects_are_refused(self):
        ragged = numpy.empty(2, dtype=object)
        ragged[:] = [[1], [2, 3]]
        for label, arrays, message in [
                ("an array of objects", [[1], ragged], "source number 1"),
                ("lists of different lengths", [[[1], [2, 3]]],
                 "source number 0.*Padding"),
                ("nothing", [], "got none")]:
            with self.assertRaisesRegex(ValueError, message, msg=label):
                send_arrays(self.sender, arrays)
        self.assertFalse(self.receiver.poll(0))


def send_squares(socket_):
    for number in range(100):
        socket_.send_pyobj(number ** 2)


def receive_sum(socket_):
    return sum(socket_.recv_pyobj() for _ in range(100))


def fail(socket_):
    raise KeyError("consumer")


class TestProducerConsumer(TestCase):
    def test_result_of_the_consumer(self):
        expected = sum(number ** 2 for number in range(100))
        for kwargs in ({}, {'port': free_port()}):
            self.assertEqual(
                producer_consumer(send_squares, receive_sum, **kwargs),
                expected)

    def test_error_of_the_consumer(self):
        with self.assertRaisesRegex(KeyError, 'consumer'):
            producer_consumer(send_squares, fail)
