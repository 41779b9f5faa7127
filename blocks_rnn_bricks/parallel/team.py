"""Exchanging values between workers, waiting, and ending together."""
import sys
import time
import traceback

import numpy

#: Seconds that a failing worker gives the others to save.
PATIENCE = 20.
#: Seconds of busy waiting before a worker yields its core.
SPIN = 2e-3
FAILED, READY_TO_END, LEFT = 1, 2, 3


class WorkerError(RuntimeError):
    """Raised in the other workers when one of them has failed."""


class Alone:
    """A single process, with the interface of :class:`Team`."""

    rank, size = 0, 1

    def gather(self, value):
        return [value]

    def broadcast(self, value):
        return value


class Team:
    """The workers that one command started.

    Parameters
    ----------
    mpi : module
        ``mpi4py.MPI``.

    Attributes
    ----------
    rank, size : int
        The number of this worker, starting from 0, and the number of workers.

    """

    def __init__(self, mpi):
        self._mpi = mpi
        world = mpi.COMM_WORLD
        self._data = world.Dup()
        self._notices = world.Dup()  # carries notices only, never data
        self.rank, self.size = world.Get_rank(), world.Get_size()
        self._failure = None
        self._calls = 0   # collective calls so far
        self._left = {}   # by worker, the number of calls when it left

    def gather(self, value):
        """Return the values of all workers, in their order, on every worker.

        Parameters
        ----------
        value : object
            Any object that can be pickled.

        """
        blob = numpy.frombuffer(self._mpi.pickle.dumps(value), 'uint8')
        sizes = numpy.zeros(self.size, 'int64')
        sizes[self.rank] = len(blob)
        self.add(sizes)
        whole = numpy.empty(int(sizes.sum()), 'uint8')
        ends = numpy.cumsum(sizes)
        self._wait(self._data.Iallgatherv(
            blob, [whole, sizes, ends - sizes, self._mpi.BYTE]))
        return [self._mpi.pickle.loads(whole[end - size:end].tobytes())
                for size, end in zip(sizes, ends)]

    def broadcast(self, value):
        """Return worker 0's value on every worker."""
        return self.gather(value if self.rank == 0 else None)[0]

    def add(self, array):
        """Sum an array over all workers, in place.

        Parameters
        ----------
        array : :class:`numpy.ndarray`
            Contiguous, with the same size and dtype on all workers.

        """
        self._wait(self._data.Iallreduce(self._mpi.IN_PLACE, array,
                                         self._mpi.SUM))

    def maximum(self, array):
        """Take the maximum of an array over all workers, in place."""
        self._wait(self._data.Iallreduce(self._mpi.IN_PLACE, array,
                                         self._mpi.MAX))

    def _wait(self, request):
        """Wait for a request, or for the notice that a worker has failed.

        MPI's own wait would never return if another worker can no longer
        take part in the call.

        """
        self._calls += 1
        if request.Test():
            return
        begin = time.perf_counter()
        while not request.Test():
            self._look_for_failure()
            self._look_for_leaving()
            if time.perf_counter() - begin > SPIN:
                time.sleep(1e-4)

    def _look_for_failure(self):
        status = self._mpi.Status()
        if self._notices.Iprobe(tag=FAILED, status=status):
            self._failure = self._notices.recv(
                source=status.Get_source(), tag=FAILED)
            raise WorkerError(
                'worker {} of {} has failed; its traceback is in the '
                'output'
                .format(self._failure[0], self.size))

    def _look_for_leaving(self):
        """Raise RuntimeError if another worker has left."""
        self._note_leaving()
        for rank, calls in self._left.items():
            if calls < self._calls:
                raise RuntimeError(
                    'parallel: worker {} has ended training, but this one '
                    'has not; an extension raised TrainingFinish on only '
                    'one of them; let it set training_finish_requested in '
                    'the current row of the log instead, which the workers '
                    'share'
                    .format(rank))

    def _note_leaving(self):
        status = self._mpi.Status()
        while self._notices.Iprobe(tag=LEFT, status=status):
            rank = status.Get_source()
            self._left[rank] = self._notices.recv(source=rank, tag=LEFT)

    def leave(self):
        """End training together.

        Raises
        ------
        WorkerError
            If another worker has failed.

        """
        for rank in range(self.size):
            if rank != self.rank:
                self._notices.isend(self._calls, rank, LEFT)
        while len(self._left) < self.size - 1:
            self._note_leaving()
            self._look_for_failure()
            time.sleep(1e-3)
        self._left = {}

    def fail(self, error):
        """End all workers because of an error in this one.

        The others get a chance to save their state. Only the worker that
        failed prints its traceback; if all fail with the same error, only
        the first one does.

        Parameters
        ----------
        error : BaseException
            The error that was raised.

        """
        others = [rank for rank in range(self.size) if rank != self.rank]
        if isinstance(error, WorkerError) and self._failure is not None:
            self._notices.isend(None, self._failure[0], READY_TO_END)
            self._sleep_until(PATIENCE + 5, lambda: False)
            self._abort()
        what = '{}: {}'.format(type(error).__name__, error)
        for rank in others:
            self._notices.isend((self.rank, what), rank, FAILED)
        first = True
        waiting = set(others)

        def everyone_is_ready():
            nonlocal first
            status = self._mpi.Status()
            while self._notices.Iprobe(status=status):
                rank, tag = status.Get_source(), status.Get_tag()
                notice = self._notices.recv(source=rank, tag=tag)
                waiting.discard(rank)
                if tag == FAILED and rank < self.rank and notice[1] == what:
                    first = False
            return not waiting

        if isinstance(error, KeyboardInterrupt):  # the user is in a hurry
            self._sleep_until(.2, everyone_is_ready)
        else:
            self._sleep_until(PATIENCE, everyone_is_ready)
        if first:
            sys.stdout.flush()
            lines = ''.join(traceback.format_exception(
                type(error), error, error.__traceback__))
            sys.stderr.write('Worker {} of {} failed, so all of them end:\n{}'
                             .format(self.rank, self.size, lines))
            sys.stderr.flush()
            time.sleep(.1)  # let the launcher forward it
        else:
            time.sleep(1)  # the first one prints it and ends this one
        self._abort()

    @staticmethod
    def _sleep_until(seconds, condition):
        end = time.monotonic() + seconds
        while time.monotonic() < end and not condition():
            time.sleep(.01)

    def _abort(self):
        sys.stdout.flush()
        self._mpi.COMM_WORLD.Abort(1)
