"""--workers N: a demo's command starts itself again by mpiexec."""
import importlib.util
import os
import shutil
import subprocess
import sys

from demos._support.exits import UserError
from demos._support.numbers import positive

#: What is set in the environment of those that were started so.
STARTED = 'BLOCKS_RNN_DEMO_WORKERS'


def add_option(options):
    """Give a demo's parser the option --workers."""
    options.add_argument(
        '--workers', metavar='N', type=positive(int), default=1,
        help='processes that train together, each on its part of each batch; '
             'more than one takes the extra mpi')


def start(module, workers):
    """Start a demo again with several workers, unless that has been done.

    Parameters
    ----------
    module : str
        The demo's, for example 'demos.speech'.
    workers : int

    Returns
    -------
    int or None
        The exit code; None if this process is to run the demo itself.

    Raises
    ------
    UserError
        If what is needed is not installed.

    """
    if workers == 1 or STARTED in os.environ:
        return None
    beside = os.path.dirname(sys.executable)
    command = shutil.which('mpiexec', path=beside) or shutil.which('mpiexec')
    if importlib.util.find_spec('mpi4py') is None or command is None:
        raise UserError(f'--workers {workers} takes mpi4py and mpiexec, which '
                        f"are not installed; run: pip install '.[mpi]'")
    with subprocess.Popen(
            [command, '-n', str(workers), sys.executable, '-m', module,
             *sys.argv[1:]], env={**os.environ, STARTED: '1'}) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:  # mpiexec has got it, too
                pass
