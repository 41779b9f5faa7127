"""Waiting at a socket that may never receive anything."""
import math
import struct
import time

import zmq
from fuel.exceptions import InvalidMessage

PATIENCE = .3  # seconds for the two events of a lost connection to arrive


class Watch:
    """Waits for messages, and detects when none can arrive any more.

    When a peer disconnects, ZeroMQ tries to reconnect, so a restarted server
    can continue. When a peer violates ZeroMQ's protocol, for example by a part
    that exceeds the socket's limit, it silently gives the connection up.

    Parameters
    ----------
    socket : zmq.Socket
        The socket, not yet connected.

    """

    def __init__(self, socket):
        self.socket = socket
        self.monitor = socket.get_monitor_socket(
            zmq.EVENT_DISCONNECTED | zmq.EVENT_CONNECT_RETRIED)
        self.poller = zmq.Poller()
        for each in socket, self.monitor:
            self.poller.register(each, zmq.POLLIN)
        self.lost = math.inf  # when the connection was lost, if it still is

    def wait(self, timeout=None):
        """Wait for a message.

        Parameters
        ----------
        timeout : float, optional
            Number of seconds to wait; unlimited by default.

        Returns
        -------
        bool
            Whether a message has arrived.

        Raises
        ------
        fuel.exceptions.InvalidMessage
            If ZeroMQ gave the connection up and all earlier messages are read.

        """
        end = math.inf if timeout is None else time.monotonic() + timeout
        while True:
            now = time.monotonic()
            given_up = self.lost + PATIENCE
            left = max(0, min(end, given_up) - now)
            ready = dict(self.poller.poll(
                None if left == math.inf else math.ceil(1000 * left)))
            if self.socket in ready:
                return True
            if self.monitor in ready:
                # The event and its value; then the address.
                event, _ = struct.unpack(
                    '=HI', self.monitor.recv_multipart()[0])
                self.lost = (time.monotonic()
                             if event == zmq.EVENT_DISCONNECTED
                             else math.inf)
            elif now >= given_up:
                raise InvalidMessage(
                    'the connection was given up, since it violated '
                    "ZeroMQ's protocol or a part of a message was too long")
            elif now >= end:
                return False

    def close(self):
        """Stop watching."""
        self.socket.disable_monitor()
