"""A server that prepares data in a separate process.

The server pushes arrays through a ZeroMQ socket, a
:class:`fuel.streams.ServerDataStream` pulls them. :mod:`fuel.messages`
describes the format of the messages.

"""
import logging
from contextlib import contextmanager

import zmq
from fuel.exceptions import InvalidMessage
from fuel.messages import STOP, from_parts, to_parts
from fuel.utils.checks import check_number, check_stream

logger = logging.getLogger(__name__)


def send_arrays(socket, arrays, stop=False):
    """Send arrays, or the end of an epoch.

    Parameters
    ----------
    socket : zmq.Socket
        The socket to send to.
    arrays : sequence of array_like
        The data to send, one array per source; ignored if `stop` is set.
    stop : bool, optional
        Send the end of an epoch instead.

    Raises
    ------
    ValueError
        If there is nothing to send, or an item is not an array of numbers,
        such as sequences of different lengths.

    """
    if stop:
        socket.send_json(STOP)
    else:
        parts = to_parts(arrays)
        socket.send_multipart(parts)


def recv_arrays(socket, max_size=None):
    """Receive arrays.

    Parameters
    ----------
    socket : zmq.Socket
        The socket to receive from.
    max_size : int, optional
        The maximal size of a message in bytes; unlimited by default.

    Returns
    -------
    list of numpy.ndarray
        The arrays, each a view of its message.

    Raises
    ------
    StopIteration
        At the end of an epoch.
    fuel.exceptions.InvalidMessage
        If the message is invalid: malformed headers, object arrays, too many
        or too few parts, parts whose length differs from that in their header,
        or more bytes than allowed. The whole message has then been read; the
        next call reads the next one.

    """
    parts = [frame.buffer for frame in socket.recv_multipart(copy=False)]
    size = sum(map(len, parts))
    if max_size is not None and size > max_size:
        raise InvalidMessage(f'a message of {size} bytes, but at most '
                             f'{max_size} are allowed')
    arrays = from_parts(parts)
    if arrays is None:
        raise StopIteration
    return arrays


@contextmanager
def _push_socket(address, hwm, linger):
    """Bind a socket; on exit, pending messages have `linger` seconds."""
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
        The stream to serve.
    port : int, optional
        The port to listen on. 5557 by default.
    hwm : int, optional
        ZeroMQ's high-water mark of the sending socket: roughly the number of
        batches that wait on this side before the server waits for the
        consumer. 10 by default.
    host : str, optional
        The address to listen on. By default only this machine can
        connect; ``'*'`` opens the port to the network. Nothing is
        encrypted and no password is required.
    epochs : int, optional
        Number of epochs to serve; unlimited by default.
    linger : float, optional
        Number of seconds that a consumer has to fetch pending batches after
        the last epoch. 60 by default.

    Notes
    -----
    The server keeps the position in the epoch. A consumer that disconnects and
    reconnects continues at the server's position; batches that had already
    been sent to it are lost, about as many as the sum of the high-water marks
    of both sides. The stream is closed and the port released when the server
    ends, also after an interrupt or an error.

    """
    check_stream('start_server', data_stream)
    check_number('start_server', 'port', port, int, least=1, most=65535)
    check_number('start_server', 'hwm', hwm, int, least=0)
    check_number('start_server', 'linger', linger, least=0)
    if epochs is not None:
        check_number('start_server', 'epochs', epochs, int, least=0)
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
