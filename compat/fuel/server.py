"""A server that prepares data in a process of its own.

The server pushes arrays through a ZeroMQ socket, a
:class:`fuel.streams.ServerDataStream` pulls them. A message has several
parts: a JSON list with the header of each array as in ``.npy`` files,
then the bytes of each array. The JSON object ``{"stop": true}`` ends an
epoch.

"""
import json
import logging
from contextlib import contextmanager

import numpy
import zmq
from numpy.lib.format import descr_to_dtype, header_data_from_array_1_0

logger = logging.getLogger(__name__)


def send_arrays(socket, arrays, stop=False):
    """Send arrays, or the end of an epoch.

    Parameters
    ----------
    socket : zmq.Socket
        The socket to send to.
    arrays : sequence of array_like
        What to send, one array per source; ignored if `stop` is set.
    stop : bool, optional
        Send the end of an epoch instead.

    Raises
    ------
    ValueError
        If there is nothing to send, or something that is no array of
        numbers, such as sequences of different lengths.

    """
    if stop:
        socket.send_json({'stop': True})
        return
    arrays = [_sendable(position, array)
              for position, array in enumerate(arrays)]
    if not arrays:
        raise ValueError("send_arrays needs one array or more, got none")
    headers = [header_data_from_array_1_0(array) for array in arrays]
    # An empty array has no buffer that ZeroMQ takes.
    buffers = [array if array.size else b'' for array in arrays]
    socket.send_multipart([json.dumps(headers).encode(), *buffers])


def _sendable(position, data):
    """Return `data` as an array whose bytes can be sent."""
    try:
        array = numpy.asarray(data, order='C')
    except ValueError:
        array = None
    if array is None or array.dtype.hasobject:
        raise ValueError(
            f"source number {position} can't be sent: its data make no "
            "array of numbers but one of objects, e.g. of sequences of "
            "different lengths; wrap the stream in Padding first")
    return array


def recv_arrays(socket):
    """Receive arrays.

    Parameters
    ----------
    socket : zmq.Socket
        The socket to receive from.

    Returns
    -------
    list of numpy.ndarray
        The arrays, each a view of the message it came in.

    Raises
    ------
    StopIteration
        If the end of an epoch came.

    """
    headers = socket.recv_json()
    if 'stop' in headers:
        raise StopIteration
    return [_array_from_bytes(header, socket.recv(copy=False))
            for header in headers]


def _array_from_bytes(header, frame):
    dtype = descr_to_dtype(_as_descr(header['descr']))
    order = 'F' if header['fortran_order'] else 'C'
    return numpy.ndarray(tuple(header['shape']), dtype, frame.buffer,
                         order=order)


def _as_descr(descr):
    """Undo what JSON does to the description of a structured dtype."""
    if isinstance(descr, str):
        return descr
    return [(name, _as_descr(kind), *map(tuple, shape))
            for name, kind, *shape in descr]


@contextmanager
def _push_socket(address, hwm, linger):
    """A bound socket; on leaving, what wait to be sent has `linger` s."""
    context = zmq.Context()
    socket = context.socket(zmq.PUSH)
    socket.set_hwm(hwm)
    try:
        socket.bind(address)
        yield socket
        socket.setsockopt(zmq.LINGER, round(1000 * linger))
        socket.close()
        context.term()
    finally:
        context.destroy(linger=0)


def start_server(data_stream, port=5557, hwm=10, host='127.0.0.1',
                 epochs=None, linger=60.):
    """Serve the epochs of a stream, from this process.

    Parameters
    ----------
    data_stream : AbstractDataStream
        What to serve.
    port : int, optional
        The port to listen on. 5557 by default.
    hwm : int, optional
        ZeroMQ's high-water mark of the sending socket: roughly how many
        batches wait on this side; then the server waits for the consumer.
        10 by default.
    host : str, optional
        The address to listen on. By default only this machine can
        connect; ``'*'`` opens the port to the network. Nothing is
        encrypted and nobody is asked for a password.
    epochs : int, optional
        How many epochs to serve. By default there is no end.
    linger : float, optional
        How many seconds a consumer has, after the last epoch, to fetch
        what is still waiting. 60 by default.

    Notes
    -----
    The server keeps the position in the epoch. A consumer that goes away
    and comes back goes on where the server stands; what had already been
    sent to it is lost, about as many batches as the high-water marks of
    both sides add up to. The stream is closed and the port is free again
    when the server ends, by an interrupt or an error too.

    """
    logging.basicConfig(level='INFO')
    try:
        with _push_socket(f'tcp://{host}:{port}', hwm, linger) as socket:
            logger.info("serving on %s:%s", host, port)
            served = 0
            while epochs is None or served < epochs:
                for data in data_stream.get_epoch_iterator():
                    logger.debug("sending %d arrays", len(data))
                    send_arrays(socket, data)
                send_arrays(socket, None, stop=True)
                served += 1
                logger.debug("epoch %d ended", served)
    finally:
        data_stream.close()
