"""Send random messages to a client and random bytes to a server."""
import json
import logging
import multiprocessing
import random
import socket
import time

import numpy
import zmq
from fuel.datasets import IndexableDataset
from fuel.exceptions import InvalidMessage
from fuel.messages import to_parts
from fuel.schemes import SequentialScheme
from fuel.server import recv_arrays, start_server
from fuel.streams import DataStream, ServerDataStream

DESCRS = ['<f8', '<f4', '|O', '|b1', '<U2', '|S0', 'T', '<M8[ns]', 'f8,O', 3,
          None, [['a', '<f8']], [['a', '|O']], [['a', '<f8', [2]]], [],
          [[['t', 'a'], '|i1']]]
LENGTHS = [0, 1, 2, 3, -1, 2 ** 31, 2 ** 62, 1.5, True, 'a', None]


def header(rng):
    """Return a header that may be right or wrong."""
    made = {'descr': rng.choice(DESCRS),
            'fortran_order': rng.choice([True, False, 1]),
            'shape': [rng.choice(LENGTHS) for _ in range(rng.randrange(4))]}
    if not rng.randrange(8):
        del made[rng.choice(list(made))]
    return made


def message(rng):
    """Return a message's parts: random headers, or a damaged valid message."""
    if rng.randrange(2):
        headers = [header(rng) for _ in range(rng.randrange(3))]
        sizes = [rng.choice([0, 1, 4, 8, 16, 100])
                 for _ in range(rng.randrange(4))]
        return [json.dumps(headers).encode(), *map(rng.randbytes, sizes)]
    parts = [bytes(part) if isinstance(part, bytes) else part.tobytes()
             for part in to_parts([numpy.arange(4.), numpy.ones(3, 'u1')])]
    for _ in range(rng.randrange(4)):
        where = rng.randrange(len(parts))
        part = bytearray(parts[where])
        if part and rng.randrange(3):
            part[rng.randrange(len(part))] = rng.randrange(256)
            parts[where] = bytes(part)
        elif rng.randrange(2):
            parts[where] = parts[where][:rng.randrange(len(part) + 1)]
        else:
            parts.insert(where, rng.randbytes(rng.randrange(20)))
    return parts


def check(arrays):
    """Check that received arrays are complete and can be read."""
    for array in arrays:
        assert not array.dtype.hasobject, array.dtype
        try:
            array.copy(), repr(array)
        except (ValueError, OverflowError):
            pass  # an invalid date or character


def fuzz_client(rng, end):
    """Send messages until the time is over."""
    rounds = 0
    with zmq.Context() as context:
        sender, receiver = context.socket(zmq.PAIR), context.socket(zmq.PAIR)
        receiver.bind('inproc://soak')
        sender.connect('inproc://soak')
        while time.monotonic() < end:
            parts = message(rng)
            sender.send_multipart(parts)
            try:
                check(recv_arrays(receiver, 10 ** 6))
            except (InvalidMessage, StopIteration):
                pass
            assert not receiver.poll(0), f'parts were left of {parts}'
            rounds += 1
        context.destroy(linger=0)
    return rounds


def fuzz_server(rng, end):
    """Send random bytes to a server, which must continue to serve."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    logging.getLogger('fuel.server').setLevel(logging.ERROR)
    stream = DataStream(IndexableDataset(list(range(6))),
                        iteration_scheme=SequentialScheme(6, 2))
    server = multiprocessing.Process(target=start_server,
                                     args=(stream, port), daemon=True)
    server.start()
    client = ServerDataStream(('data',), False, port=port, timeout=20)
    rounds = 0
    try:
        while time.monotonic() < end:
            try:
                with socket.create_connection(('127.0.0.1', port), 1) as peer:
                    peer.sendall(rng.choice(
                        [b'', b'GET / HTTP/1.0\r\n\r\n',
                         b'\xff' + bytes(8) + b'\x7f\3\0NULL'])
                        + rng.randbytes(rng.randrange(300)))
            except OSError:
                pass  # the server may hang up
            # A peer that completes the handshake receives some of the batches.
            for data, in client.get_epoch_iterator():
                assert data.tolist() in ([0, 1], [2, 3], [4, 5]), data
            assert server.is_alive(), server.exitcode
            rounds += 1
    finally:
        client.close()
        server.kill()
        server.join()
    return rounds


def main(seconds, seed):
    """Run for some seconds, see :mod:`tests.soak`."""
    rng = random.Random(seed)
    start = time.monotonic()
    return (fuzz_client(rng, start + seconds / 2)
            + fuzz_server(rng, start + seconds))
