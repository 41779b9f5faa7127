"""``exec``, ``eval``, ``execfile`` and ``reload`` of Python 2 source."""
import ast
import builtins
import importlib
import sys

from .text import to_path, to_str


def _scopes(globals, locals):
    """Return the given scopes, by default those of the script's caller.

    The caller may be a function of this package, as in ``map(eval, texts)``.

    """
    if globals is not None:
        return globals, globals if locals is None else locals
    frame = sys._getframe(2)
    while frame.f_globals.get('__name__', '').startswith(__package__):
        frame = frame.f_back
    return frame.f_globals, frame.f_locals


def exec(source, globals=None, locals=None):
    """Execute Python 2 source, by default in the caller's names."""
    globals, locals = _scopes(globals, locals)
    if isinstance(source, (str, bytes)):
        from ..conversion import convert
        source = convert(source, '<string>', python2=True).compiled('<string>')
    builtins.exec(source, globals, locals)


def eval(source, globals=None, locals=None):
    """Evaluate an expression of Python 2, by default in the caller's names."""
    globals, locals = _scopes(globals, locals)
    if isinstance(source, (str, bytes)):
        from ..conversion import convert
        converted = convert(f'({to_str(source).strip()}\n)', '<string>',
                            python2=True)
        *imports, expression = ast.parse(converted.text).body
        names = {}
        builtins.exec(compile(ast.Module(imports, []), '<string>', 'exec'),
                      names)
        for name in names.keys() - {'__builtins__', '__python2__'}:
            globals.setdefault(name, names[name])
        source = compile(ast.Expression(expression.value), '<string>', 'eval')
    return builtins.eval(source, globals, locals)


def execfile(filename, globals=None, locals=None):
    """Execute a file, converted unless it can only be Python 3."""
    from ..conversion import convert
    from ..dialect import recognise
    from ..syntax import decode
    globals, locals = _scopes(globals, locals)
    with open(to_path(filename), 'rb') as file:
        data = file.read()
    python2 = recognise(decode(data)[0]).version != 3
    builtins.exec(convert(data, filename, python2=python2).compiled(filename),
                  globals, locals)


def reload(module):
    """Reload a module; ``reload(sys)`` changes nothing."""
    module = getattr(module, '__real__', module)
    return module if module is sys else importlib.reload(module)
