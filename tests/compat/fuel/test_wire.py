"""Tests of messages from a socket that is not a Fuel server's."""
import json
import pickle
import socket
import threading
import time
from unittest import TestCase, mock

import numpy
import zmq
from fuel import config
from fuel.exceptions import InvalidMessage
from fuel.messages import from_parts, to_parts
from fuel.server import recv_arrays, send_arrays
from fuel.streams import ServerDataStream
from numpy.testing import assert_array_equal

TIMEOUT = 20.


def header(descr='<f8', shape=(1,), fortran_order=False, **more):
    return {'descr': descr, 'shape': shape, 'fortran_order': fortran_order,
            **more}


def message(*headers, parts=(bytes(8),)):
    return [json.dumps(headers).encode(), *parts]


nested = '<f8'
for _ in range(100):
    nested = [['a', nested]]

#: Label, parts of the message, words of the error.
WRONG = [
    ('objects', message(header('|O')), 'number 0.*expected a dtype.*O'),
    ('objects, no order', message(header('O8')), 'expected a dtype'),
    ('objects by name', message(header('object')), 'expected a dtype'),
    ('a field of objects', message(header([['a', '|O']])),
     'expected a dtype'),
    ('objects further in', message(header([['a', [['b', '|O']]]])),
     'expected a dtype'),
    ('objects after a comma', message(header('f8,O')), 'expected a dtype'),
    ('strings that are addresses', message(header('T'), parts=[bytes(16)]),
     'expected a dtype'),
    ('objects in the second array',
     message(header(), header('|O'), parts=[bytes(8)] * 2), 'number 1'),
    ('a number for a dtype', message(header(8)), 'expected a dtype'),
    ('no dtype at all', message(header(None)), 'expected a dtype'),
    ('no fields', message(header([])), 'expected a dtype'),
    ('fields for ever', message(header(nested)), 'expected a dtype'),
    ('a field without a dtype', message(header([['a']])), 'a field needs'),
    ('a field with too much', message(header([['a', '<f8', [1], 2]])),
     'a field needs'),
    ("a field's name", message(header([[7, '<f8']])), "field's name"),
    ("a field's title", message(header([[[7, 'a'], '<f8']])),
     "field's name"),
    ('a field twice', message(header([['a', '<f4'], ['a', '<f4']])),
     'already used'),
    ('a field of a negative shape', message(header([['a', '<f8', [-1]]])),
     'shape must be'),
    ('a field too large', message(header([['a', '<f8', [2 ** 40]]])),
     'number 0'),
    ('no such width', message(header('<f3')), 'number 0'),
    ('elements without bytes',
     message(header('|S0', [2 ** 60]), parts=[b'']), 'have no bytes'),
    ('a negative length', message(header(shape=[-1])), 'shape must be'),
    ('two negative lengths', message(header(shape=[-1, -1])),
     'shape must be'),
    ('a length that is no integer', message(header(shape=[1.])),
     'shape must be'),
    ('a truth value for a length', message(header(shape=[True])),
     'shape must be'),
    ('a shape that is no list', message(header(shape=1)), 'shape must be'),
    ('more axes than NumPy has', message(header(shape=[1] * 65)),
     'at most 64'),
    ('a size that overflows', message(header(shape=[2 ** 32, 2 ** 32])),
     'takes 147573952589676412928 bytes, but 8'),
    ('nothing, of a size that overflows',
     message(header(shape=[0, 2 ** 70]), parts=[b'']), 'number 0'),
    ('too few bytes', message(header(shape=[2])), '16 bytes, but 8'),
    ('too many bytes', message(header('<f4')), '4 bytes, but 8'),
    ('truth values that are none',
     message(header('|b1', [2]), parts=[b'\1\2']), 'bytes 0 or 1, got 2'),
    ('truth values in a field',
     message(header([['a', '|i1'], ['b', '|b1']]), parts=[b'\7\7']),
     'bytes 0 or 1, got 7'),
    ('an order that is no truth value', message(header(fortran_order=1)),
     'fortran_order must be'),
    ('a key too many', message(header(stop=True)), 'a header needs'),
    ('a key too few', message({'descr': '<f8'}), 'a header needs'),
    ('a header that is no mapping', message(3), 'a header needs'),
    ('no further part', message(header(), parts=[]), '1 further.*but 0'),
    ('a part too few', message(header(), header()), '2 further.*but 1'),
    ('a part too many', message(header(), parts=[bytes(8)] * 2),
     '1 further.*but 2'),
    ('no arrays', message(parts=[]), 'expected a list of headers'),
    ('an end with data', [b'{"stop": true}', bytes(8)], '0 further.*but 1'),
    ('an end that is none', [b'{"stop": false}'], 'expected a list'),
    ('an end in a list', [b'["stop"]'], 'but 0 arrived'),
    ('a string', [b'"stop"'], 'expected a list'),
    ('a number', [b'7'], 'expected a list'),
    ('no JSON', [b'{"stop"'], 'header in JSON'),
    ('an empty part', [b''], 'header in JSON'),
    ('a pickle', [pickle.dumps([1])], 'header in JSON'),
    ('lists for ever', [b'[' * 100000], 'header in JSON'),
    ('a header too long', [b' ' * 2 ** 21], 'at most 1048576'),
]


class TestMessages(TestCase):
    def test_invalid_messages(self):
        for label, parts, words in WRONG:
            with self.subTest(label):
                with self.assertRaisesRegex(InvalidMessage, f'(?s){words}'):
                    from_parts(parts)

    def test_messages_of_fuel_0_2_0(self):
        # Recorded from the original's send_arrays.
        arrays = from_parts([
            b'[{"descr": "<f4", "fortran_order": false, "shape": [2]},'
            b'{"descr": "|u1", "fortran_order": false, "shape": [1, 3]}]',
            b'\0\0\x80?\0\0\0@', b'\1\2\3'])
        for array, expected in zip(arrays, [
                numpy.array([1, 2], 'float32'),
                numpy.array([[1, 2, 3]], 'uint8')], strict=True):
            self.assertEqual(array.dtype, expected.dtype)
            assert_array_equal(array, expected)
        self.assertIsNone(from_parts([b'{"stop":true}']))

    def test_every_plain_dtype_round_trips(self):
        structured = numpy.dtype(
            [('a', 'i1'), (('title', 'b'), 'f4', (2,)),
             ('c', [('d', '?'), ('e', 'S3')])], align=True)
        for dtype in ['?', 'i1', '>i8', 'u2', 'f2', 'f4', 'g', 'F', 'D',
                      'S3', '<U4', 'V5', 'M8[ns]', 'm8[25s]', 'M8',
                      structured]:
            for shape in (), (0,), (2, 3):
                with self.subTest(dtype=dtype, shape=shape):
                    array = numpy.zeros(shape, dtype)
                    back, = from_parts([to_parts([array])[0],
                                        array.tobytes()])
                    self.assertEqual(back.shape, shape)
                    self.assertEqual(repr(back.tolist()),
                                     repr(array.tolist()))
                    self.assertEqual(back.dtype.str, array.dtype.str)


class TestSocket(TestCase):
    def setUp(self):
        self.context = zmq.Context()
        self.addCleanup(self.context.destroy, linger=0)

    def bind(self, port=None):
        server = self.context.socket(zmq.PUSH)
        server.setsockopt(zmq.SNDTIMEO, round(1000 * TIMEOUT))
        if port is None:
            return server, server.bind_to_random_port('tcp://127.0.0.1')
        for _ in range(100):  # while the previous socket closes
            try:
                server.bind(f'tcp://127.0.0.1:{port}')
                return server, port
            except zmq.ZMQError as error:
                if error.errno != zmq.EADDRINUSE:
                    raise
                time.sleep(.05)
        self.fail(f'port {port} is still in use')

    def connect(self, port, sources=('x',), **kwargs):
        kwargs.setdefault('timeout', TIMEOUT)
        client = ServerDataStream(sources, False, port=port, **kwargs)
        self.addCleanup(client.close)
        client.connect()
        return client

    def pair(self, *args, **kwargs):
        """Return a sender and a stream that is connected to it."""
        server, port = self.bind()
        return server, self.connect(port, *args, **kwargs)

    def refused(self, client, words):
        """Check that the next data are refused, well before the timeout."""
        start = time.monotonic()
        with self.assertRaisesRegex(
                InvalidMessage,
                f'(?s)localhost:{client.port} is not a batch.*{words}'):
            next(client.get_epoch_iterator())
        self.assertLess(time.monotonic() - start, 5)
        self.assertFalse(client.connected)

    def test_invalid_message_ends_the_stream(self):
        for label, parts, words in WRONG:
            with self.subTest(label):
                server, client = self.pair()
                server.send_multipart(parts)
                self.refused(client, words)

    def test_header_never_takes_the_next_message(self):
        server, client = self.pair()
        server.send_multipart(message(header(), parts=[]))
        server.send_json({'stop': True})
        self.refused(client, '1 further parts, but 0')

    def test_stream_can_be_used_again(self):
        server, client = self.pair()
        server.send(b'nonsense')
        self.refused(client, 'JSON')
        server.close(linger=0)
        client.connect()
        send_arrays(self.bind(client.port)[0], [[1., 2.]])
        assert_array_equal(next(client.get_epoch_iterator())[0], [1, 2])

    def test_size_limit(self):
        for label, arrays, limit, words in [
                ('one part', [numpy.zeros(1000)], 1000, 'given up.*1000'),
                ('all together', [numpy.zeros(50)] * 3, 1000,
                 r'message of \d{4} bytes, but at most 1000')]:
            with self.subTest(label):
                server, client = self.pair(('x',) * len(arrays),
                                           max_message_size=limit)
                send_arrays(server, [[0]] * len(arrays))
                next(client.get_epoch_iterator())
                send_arrays(server, arrays)
                self.refused(client, words)

    def test_limit_of_the_configuration(self):
        self.assertEqual(config.max_message_size, 2 ** 30)
        with mock.patch.dict('os.environ', FUEL_MAX_MESSAGE_SIZE='100'):
            server, client = self.pair()
            send_arrays(server, [numpy.zeros(20)])
            self.refused(client, 'now 100 bytes')

    def test_limit_of_recv_arrays(self):
        server, port = self.bind()
        receiver = self.context.socket(zmq.PULL)
        receiver.connect(f'tcp://127.0.0.1:{port}')
        for number in 3, 4:
            send_arrays(server, [numpy.zeros(number)])
        size = len(to_parts([numpy.zeros(3)])[0]) + 24
        self.assertEqual(recv_arrays(receiver, size)[0].size, 3)
        with self.assertRaisesRegex(InvalidMessage, f'at most {size}'):
            recv_arrays(receiver, size)

    def test_peers_that_do_not_speak_zeromq(self):
        for label, sent in [
                ('a broken greeting', b'\xff' + bytes(8) + b'\x7f' +
                 b'\xff' * 60), ('bytes', bytes(range(256)))]:
            with self.subTest(label), socket.socket() as listener:
                listener.bind(('127.0.0.1', 0))
                listener.listen()
                peers = []

                def answer():
                    peers.append(listener.accept()[0])
                    peers[0].sendall(sent)
                thread = threading.Thread(target=answer)
                thread.start()
                self.refused(
                    self.connect(listener.getsockname()[1]), 'given up')
                thread.join()
                peers[0].close()

    def test_restarted_server_is_not_an_error(self):
        server, client = self.pair()
        send_arrays(server, [[1.]])
        next(client.get_epoch_iterator())
        server.close(linger=0)
        errors = []

        def come_back():
            time.sleep(.6)
            try:
                send_arrays(self.bind(client.port)[0], [[2.]])
            except Exception as error:
                errors.append(error)
        thread = threading.Thread(target=come_back)
        thread.start()
        try:
            assert_array_equal(next(client.get_epoch_iterator())[0], [2])
        finally:
            thread.join()
        self.assertEqual(errors, [])

    def test_invalid_settings(self):
        for name, value, error in [
                ('timeout', -1, ValueError), ('timeout', '1', TypeError),
                ('timeout', float('nan'), ValueError),
                ('max_message_size', 0, ValueError),
                ('max_message_size', 1.5, TypeError)]:
            with self.subTest(name, value=value):
                with self.assertRaisesRegex(
                        error, f'ServerDataStream: {name} must be .*got'):
                    ServerDataStream(('x',), False, **{name: value})
