"""The processes that train together, found when they are first asked for.

A process is a worker when ``mpiexec``, ``srun`` or the like has started it
with others; otherwise it is alone and mpi4py is never imported.

"""
import os
import sys
import zlib
from functools import lru_cache

from blocks_rnn_bricks.parallel.team import Alone, Team, WorkerError

__all__ = ('Alone', 'Team', 'WorkerError', 'checksum', 'is_first', 'rank',
           'size', 'team')

THREADS = 'BLOCKS_RNN_THREADS'
#: What launchers of MPI programs put into the environment of each process.
LAUNCHED = ('PMI_SIZE', 'PMIX_RANK', 'OMPI_COMM_WORLD_SIZE',
            'MPI_LOCALNRANKS')


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
