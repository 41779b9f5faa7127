"""--workers N: restart a demo's command under mpiexec."""
import importlib.util
import os
import shutil
import subprocess
import sys

from demos._support.exits import UserError
from demos._support.numbers import positive

#: The environment variable set in workers started this way.
STARTED = 'BLOCKS_RNN_DEMO_WORKERS'


def add_option(options):
    """Add the option --workers to a demo's parser."""
    options.add_argument(
        '--workers', metavar='N', type=positive(int), default=1,
        help='processes that train together, each on its part of each batch; '
             'more than one requires the extra mpi')


def start(module, workers):
    """Restart a demo with several workers, unless this is one of them.

    Parameters
    ----------
    module : str
        The demo's module, for example 'demos.speech'.
    workers : int

    Returns
    -------
    int or None
        The exit code; None if this process should run the demo itself.

    Raises
    ------
    UserError
        If mpi4py or mpiexec is not installed.

    """
    if workers == 1 or STARTED in os.environ:
        return None
    beside = os.path.dirname(sys.executable)
    command = shutil.which('mpiexec', path=beside) or shutil.which('mpiexec')
    if importlib.util.find_spec('mpi4py') is None or command is None:
        raise UserError(f'--workers {workers} needs mpi4py and mpiexec, which '
                        f"are not installed; run: pip install '.[mpi]'")
    with subprocess.Popen(
            [command, '-n', str(workers), sys.executable, '-m', module,
             *sys.argv[1:]], env={**os.environ, STARTED: '1'}) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:  # mpiexec has received it, too
                pass
