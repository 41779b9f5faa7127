"""Running a script as ``__main__``, with its original tracebacks."""
import builtins
import os
import sys
import traceback
from contextlib import suppress
from types import ModuleType

from .loading import Finder, Project, real

HERE = os.path.dirname(os.path.abspath(__file__))
#: Files whose frames are removed from a script's traceback.
MACHINERY = ('<frozen importlib', '<frozen runpy>')


def run(script, arguments=(), python2=None):
    """Run a script as Python did.

    Parameters
    ----------
    script : str
        The path.
    arguments : list of str, optional
        The arguments after the script in ``sys.argv``.
    python2 : bool, optional
        The version of its files; see :class:`~blocks.legacy.loading.Project`.

    Returns
    -------
    int
        1 if the script raised an error, which is printed, else 0.

    Raises
    ------
    SystemExit
        If the script does.

    """
    sys.argv[:] = [script, *arguments]
    if sys.path and not getattr(sys.flags, 'safe_path', False):
        sys.path[0] = os.path.dirname(real(script))
    else:
        sys.path.insert(0, os.path.dirname(real(script)))
    project = Project(script, python2)
    sys.meta_path.insert(0, Finder(project))
    module = ModuleType('__main__')
    path = os.path.abspath(script)
    module.__dict__.update(__file__=path, __builtins__=builtins,
                           __spec__=None, __loader__=None, __package__=None)
    sys.modules['__main__'] = module
    try:
        code = project.convert(path).compiled(path)
        exec(code, module.__dict__)
    except SystemExit:
        raise
    except BaseException as error:
        with suppress(OSError, AttributeError, ValueError):
            sys.stdout.flush()
        error.__traceback__ = outside(error.__traceback__)
        if own_hook():
            sys.excepthook(type(error), error, error.__traceback__)
        else:
            print_error(error)
        if isinstance(error, KeyboardInterrupt):
            return 130
        return 1
    return 0


def own_hook():
    """Return whether the script has set ``sys.excepthook``."""
    if sys.excepthook is sys.__excepthook__:
        return False
    # PyTensor's prints the whole traceback, with frames of this package.
    module = getattr(sys.excepthook, '__module__', None) or ''
    return module.split('.')[0] not in ('pytensor', 'theano')


def is_machinery(filename):
    return filename.startswith(MACHINERY) or os.path.abspath(
        filename).startswith(HERE + os.sep)


def outside(trace):
    """Return a traceback starting at the script's first frame."""
    while trace is not None and is_machinery(
            trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    return trace


def print_error(error, file=None):
    """Print the traceback of an error, without the frames of this package.

    Parameters
    ----------
    error : BaseException
    file : file, optional
        Standard error by default.

    """
    summary = traceback.TracebackException.from_exception(error)
    waiting, seen = [summary], set()
    while waiting:
        part = waiting.pop()
        if part is None or id(part) in seen:
            continue
        seen.add(id(part))
        part.stack[:] = [frame for frame in part.stack
                         if not is_machinery(frame.filename)]
        waiting += [part.__cause__, part.__context__]
    print(*summary.format(), sep='', end='', file=file or sys.stderr)
