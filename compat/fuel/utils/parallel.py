"""Work in another process with results through a socket."""
import zmq
from fuel.utils.processes import end_process, start_process


def _produce(producer, address):
    """Connect a PUSH socket and call `producer` with it."""
    with zmq.Context() as context, context.socket(zmq.PUSH) as socket:
        socket.connect(address)
        producer(socket)


def producer_consumer(producer, consumer, addr='tcp://127.0.0.1', port=None,
                      context=None):
    """Let another process produce what this one consumes.

    Parameters
    ----------
    producer : callable
        Called in the other process with a ZeroMQ socket to send to.
    consumer : callable
        Called in this process with a ZeroMQ socket to receive from.
    addr : str, optional
        Transport and address of the socket. By default only this machine
        can connect.
    port : int, optional
        Port to listen on. Any free one by default.
    context : zmq.Context, optional
        The context of the receiving socket.

    Returns
    -------
    object
        The result of `consumer`, after which the other process is ended.

    """
    own_context = zmq.Context() if context is None else None
    socket = (own_context or context).socket(zmq.PULL)
    try:
        if port is None:
            port = socket.bind_to_random_port(addr)
        else:
            socket.bind(f'{addr}:{port}')
        process = start_process(_produce, producer, f'{addr}:{port}',
                                daemon=False)
        try:
            return consumer(socket)
        finally:
            end_process(process)
    finally:
        socket.close(linger=0)
        if own_context is not None:
            own_context.term()
