"""Running modules of this package by mpiexec."""
import importlib.util
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), *3 * ['..']))
PACKAGE = 'tests.parallel.with_mpi'
#: Seconds after which a run is taken to hang.
PATIENCE = 240


def mpiexec():
    """The mpiexec beside this Python, or None."""
    return shutil.which('mpiexec', path=os.path.dirname(sys.executable))


def why_not():
    """Why there are no workers to be had, or None."""
    if importlib.util.find_spec('mpi4py') is None or mpiexec() is None:
        return ('training on several workers takes mpi4py and mpiexec: '
                "pip install '.[mpi]'")
    return None


def surroundings():
    """The environment, with the project's packages first."""
    paths = [os.path.join(ROOT, 'compat'), ROOT]
    return {**os.environ, 'OMP_NUM_THREADS': '1',
            # They start sooner.
            'THEANO_FLAGS': ','.join(filter(None, [
                os.environ.get('THEANO_FLAGS'), 'optimizer=fast_compile'])),
            'PYTHONPATH': os.pathsep.join(
                paths + [os.environ.get('PYTHONPATH', '')])}


def start(workers, module, *arguments, **environment):
    """Start a module of this package on some workers.

    Returns
    -------
    :class:`subprocess.Popen`
        Its output is a pipe of text, errors included.

    """
    return subprocess.Popen(
        [mpiexec(), '-n', str(workers), sys.executable, '-m',
         f'{PACKAGE}.{module}', *map(str, arguments)],
        cwd=ROOT, env={**surroundings(), **environment}, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)


def run(workers, module, *arguments, **environment):
    """Run a module of this package on some workers to its end.

    Returns
    -------
    code : int
        The exit code of mpiexec.
    output : str

    """
    process = start(workers, module, *arguments, **environment)
    try:
        output, _ = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired as error:
        process.kill()
        raise AssertionError(
            'it hangs:\n' + process.communicate()[0]) from error
    return process.returncode, output


def wait_for(condition, seconds=PATIENCE):
    """Wait until a condition holds, and return whether it does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(.005)
    return condition()
