"""Helpers of the tests: sources in Python 2 and ways to run them."""
import contextlib
import io
import os
import subprocess
import sys
import tempfile
import textwrap

from blocks.legacy.conversion import convert

REPOSITORY = os.path.abspath(os.path.join(os.path.dirname(__file__),
                                          *[os.pardir] * 4))


def execute(source, python2=True, **names):
    """Return the output of a source and the names that it binds."""
    source = textwrap.dedent(source).lstrip('\n')
    code = convert(source, 'sample.py', python2=python2).compiled('sample.py')
    names.setdefault('__name__', 'sample')
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(code, names)
    return output.getvalue(), names


def evaluate(expression, before='', python2=True, **names):
    """Return the value of an expression of Python 2."""
    source = f'{textwrap.dedent(before)}\nresult = {expression}\n'
    return execute(source, python2, **names)[1]['result']


@contextlib.contextmanager
def folder(files):
    """Create a temporary folder; `files` maps paths to contents."""
    with tempfile.TemporaryDirectory() as path:
        for name, content in files.items():
            write(os.path.join(path, name), content)
        yield path


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if isinstance(content, str):
        content = textwrap.dedent(content).lstrip('\n').encode()
    with open(path, 'wb') as file:
        file.write(content)


def command(*arguments, cwd=None, module=('-m', 'blocks.legacy'),
            stdout=subprocess.PIPE, **environ):
    """Run the command in its own process."""
    path = os.pathsep.join([os.path.join(REPOSITORY, 'compat'), REPOSITORY])
    return subprocess.run(
        [sys.executable, *module, *arguments], cwd=cwd, text=True,
        stdout=stdout, stderr=subprocess.PIPE, timeout=100,
        env={**os.environ, 'PYTHONPATH': path, **environ})
