"""The processes that train together; they are found on first use.

A process is a worker if ``mpiexec``, ``srun`` or the like started it with
others; otherwise it is alone, and mpi4py is never imported.

"""
import os
import sys
import zlib
from functools import lru_cache

from blocks_rnn_bricks.parallel.team import Alone, Team, WorkerError

__all__ = ('Alone', 'Team', 'WorkerError', 'checksum', 'is_first', 'rank',
           'size', 'team')

THREADS = 'BLOCKS_RNN_THREADS'
#: Environment variables that MPI launchers set in each process.
LAUNCHED = ('PMI_SIZE', 'PMIX_RANK', 'OMPI_COMM_WORLD_SIZE',
            'MPI_LOCALNRANKS')


@lru_cache(maxsize=None)
def team():
    """Return the workers; the first call finds them.

    Returns
    -------
    Alone or Team

    Raises
    ------
    ImportError
        If a launcher has started several processes but mpi4py is missing.
    RuntimeError
        If the launcher belongs to a different MPI than mpi4py.

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
            'each would train on its own; pip install '
            '"blocks-rnn-bricks[mpi]", or start the script without '
            'mpiexec'.format(launched[0], error)) from error
    if MPI.COMM_WORLD.Get_size() == 1:
        if sizes:
            raise RuntimeError(
                'parallel: the launcher has started {} processes, but MPI '
                'finds one; mpi4py is built for a different MPI than the '
                "launcher's: {}; use the mpiexec of that MPI, for example "
                'the one in the folder of python'.format(
                    max(sizes),
                    MPI.Get_library_version().splitlines()[0].strip()))
        return Alone()
    workers = Team(MPI)
    _share_threads(MPI)
    _end_all_on_error(workers)
    return workers


def _share_threads(mpi):
    """Divide the threads of a machine among its workers.

    Launchers may have bound workers to cores already, so cores are divided
    only among workers that are bound to exactly the same ones.

    """
    try:
        cores = tuple(sorted(os.sched_getaffinity(0)))
    except AttributeError:
        cores = tuple(range(os.cpu_count() or 1))
    machine = mpi.COMM_WORLD.Split_type(mpi.COMM_TYPE_SHARED)
    everyone = machine.allgather(cores)
    given = os.environ.get(THREADS)
    if given:
        if given.isdigit():  # an invalid value is reported where it is used
            threads = int(given) // len(everyone)
            os.environ[THREADS] = str(max(1, threads))
    else:
        os.environ[THREADS] = str(max(
            1, len(cores) // everyone.count(cores)))
    machine.Free()


def _end_all_on_error(workers):
    """Make an uncaught exception end all workers.

    Otherwise MPI would wait for the others forever when the process exits.

    """
    def end(kind, error, tb):
        if error.__traceback__ is None:
            error = error.with_traceback(tb)
        workers.fail(error)

    sys.excepthook = end


def rank() -> int:
    """Return the number of this worker, starting from 0; 0 if alone."""
    return team().rank


def size() -> int:
    """Return the number of workers; 1 without a launcher."""
    return team().size


def is_first() -> bool:
    """Return whether this worker is the one that prints, draws and saves."""
    return team().rank == 0


def checksum(array):
    """Return a 32-bit checksum of an array."""
    import numpy
    return zlib.crc32(numpy.ascontiguousarray(array))
