"""The processes that train together, and how they wait for each other.

A process is a worker when ``mpiexec``, ``srun`` or the like has started it
with others; otherwise it is alone and mpi4py is never imported.

"""
import os
import sys
import time
import traceback
import zlib
from functools import lru_cache

THREADS = 'BLOCKS_RNN_THREADS'
#: What launchers of MPI programs put into the environment of each process.
LAUNCHED = ('PMI_SIZE', 'PMIX_RANK', 'OMPI_COMM_WORLD_SIZE',
            'MPI_LOCALNRANKS')
#: Seconds that a worker that fails gives the others to save.
PATIENCE = 20.
#: Seconds of busy waiting before a worker lets others have its core.
SPIN = 2e-3
FAILED, READY_TO_END = 1, 2


class WorkerError(RuntimeError):
    """Raised in the other workers when one of them has failed."""


class Alone:
    """A process that nobody else works with; has what :class:`Team` has."""

    rank, size = 0, 1

    def gather(self, value):
        return [value]

    def broadcast(self, value):
        return value


class Team:
    """The workers that one command has started.

    Parameters
    ----------
    mpi : module
        ``mpi4py.MPI``.

    Attributes
    ----------
    rank, size : int
        The number of this worker, from 0, and how many there are.

    """

    def __init__(self, mpi):
        self._mpi = mpi
        world = mpi.COMM_WORLD
        self._data = world.Dup()
        self._notices = world.Dup()  # what arrives here is never for data
        self.rank, self.size = world.Get_rank(), world.Get_size()
        self._failure = None

    def gather(self, value):
        """The values of all workers, in their order, on every worker.

        Parameters
        ----------
        value : object
            Anything that can be pickled.

        """
        import numpy
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
        """The value that worker 0 has."""
        return self.gather(value if self.rank == 0 else None)[0]

    def add(self, array):
        """Put the sum over all workers in an array's place.

        Parameters
        ----------
        array : :class:`numpy.ndarray`
            Contiguous, of the same size and dtype on all workers.

        """
        self._wait(self._data.Iallreduce(self._mpi.IN_PLACE, array,
                                         self._mpi.SUM))

    def maximum(self, array):
        """Put the maximum over all workers in an array's place."""
        self._wait(self._data.Iallreduce(self._mpi.IN_PLACE, array,
                                         self._mpi.MAX))

    def _wait(self, request):
        """Wait for a request, or for the notice that a worker has failed.

        The waiting must not be left to MPI: it would never end if another
        worker cannot join in any more.

        """
        if request.Test():
            return
        begin = time.perf_counter()
        while not request.Test():
            self._look_for_failure()
            if time.perf_counter() - begin > SPIN:
                time.sleep(1e-4)

    def _look_for_failure(self):
        status = self._mpi.Status()
        if self._notices.Iprobe(tag=FAILED, status=status):
            self._failure = self._notices.recv(
                source=status.Get_source(), tag=FAILED)
            raise WorkerError(
                'worker {} of {} has failed; its traceback is in the '
                'output'.format(self._failure[0], self.size))

    def fail(self, error):
        """End all workers because of an error in this one.

        The others get the chance to save what they can. Only the worker
        that failed shows its traceback; if all fail alike, the first one.

        Parameters
        ----------
        error : BaseException
            What was raised.

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
            time.sleep(.1)  # for the launcher to forward it
        else:
            time.sleep(1)  # the first one shows it and ends this one
        self._abort()

    @staticmethod
    def _sleep_until(seconds, condition):
        end = time.monotonic() + seconds
        while time.monotonic() < end and not condition():
            time.sleep(.01)

    def _abort(self):
        sys.stdout.flush()
        self._mpi.COMM_WORLD.Abort(1)


@lru_cache(maxsize=None)
def team():
    """The workers, found when they are first asked for.

    Returns
    -------
    Alone or Team

    Raises
    ------
    ImportError
        If a launcher has started several processes, but mpi4py is missing.
    RuntimeError
        If the launcher is of another MPI than mpi4py's.

    """
    launched = [name for name in LAUNCHED if name in os.environ]
    if not launched:
        return Alone()
    sizes = [int(os.environ[name]) for name in launched
             if name.endswith(('SIZE', 'NRANKS'))]
    if sizes and max(sizes) == 1:
        return Alone()
    try:
        from mpi4py import MPI
    except ImportError as error:
        raise ImportError(
            'parallel: a launcher such as mpiexec has started several '
            'processes ({} is set), but mpi4py cannot be imported ({}), so '
            'each would train for itself; pip install '
            '"blocks-rnn-bricks[mpi]", or start the script without '
            'mpiexec'.format(launched[0], error)) from error
    if MPI.COMM_WORLD.Get_size() == 1:
        if sizes:
            raise RuntimeError(
                'parallel: the launcher has started {} processes, but MPI '
                'finds one; mpi4py is built for another MPI than the '
                "launcher's: {}; use the mpiexec of that, for example the "
                'one in the folder of python'.format(
                    max(sizes),
                    MPI.Get_library_version().splitlines()[0].strip()))
        return Alone()
    workers = Team(MPI)
    _share_threads(MPI)
    _end_all_on_error(workers)
    return workers


def _share_threads(mpi):
    """Give each worker of a machine its part of the threads.

    Launchers may have bound workers to cores already: cores are shared among
    those workers only that may use the very same ones.

    """
    try:
        cores = tuple(sorted(os.sched_getaffinity(0)))
    except AttributeError:
        cores = tuple(range(os.cpu_count() or 1))
    machine = mpi.COMM_WORLD.Split_type(mpi.COMM_TYPE_SHARED)
    everyone = machine.allgather(cores)
    given = os.environ.get(THREADS)
    if given:
        if given.isdigit():  # what is wrong is reported where it is used
            threads = int(given) // len(everyone)
            os.environ[THREADS] = str(max(1, threads))
    else:
        os.environ[THREADS] = str(max(
            1, len(cores) // everyone.count(cores)))
    machine.Free()


def _end_all_on_error(workers):
    """Have an exception that nobody catches end all workers.

    MPI would wait at the end of the process for the others, for ever.

    """
    def end(kind, error, tb):
        if error.__traceback__ is None:
            error = error.with_traceback(tb)
        workers.fail(error)

    sys.excepthook = end


def rank() -> int:
    """The number of this worker, from 0; 0 if it is alone."""
    return team().rank


def size() -> int:
    """How many workers there are; 1 without a launcher."""
    return team().size


def is_first() -> bool:
    """Whether this worker is the one that prints, draws and saves."""
    return team().rank == 0


def checksum(array):
    """A number of 32 bits that tells arrays apart."""
    import numpy
    return zlib.crc32(numpy.ascontiguousarray(array))
