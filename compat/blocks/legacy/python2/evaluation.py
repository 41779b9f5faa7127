"""``exec``, ``execfile`` and ``reload`` of Python 2 source."""
import builtins
import importlib
import sys

from .text import to_path


def exec(source, globals=None, locals=None):
    """Execute Python 2 source, by default in the caller's names."""
    if globals is None:
        frame = sys._getframe(1)
        globals, locals = frame.f_globals, frame.f_locals
    if isinstance(source, (str, bytes)):
        from ..conversion import convert
        source = convert(source, '<string>', python2=True).compiled('<string>')
    builtins.exec(source, globals, locals)


def execfile(filename, globals=None, locals=None):
    """Execute a file, converted if it is Python 2."""
    from ..conversion import convert
    if globals is None:
        frame = sys._getframe(1)
        globals, locals = frame.f_globals, frame.f_locals
    with open(to_path(filename), 'rb') as file:
        data = file.read()
    builtins.exec(convert(data, filename).compiled(filename), globals, locals)


def reload(module):
    """Reload a module; ``reload(sys)`` changes nothing."""
    module = getattr(module, '__real__', module)
    return module if module is sys else importlib.reload(module)
