"""Types of tensors by name, and functions that create variables.

The name of a type starts with the letter of its data type (``b``, ``w``,
``i``, ``l``: integers of 8 to 64 bits, unsigned with a leading ``u``; ``f``,
``d``: floats; ``c``, ``z``: complex) and ends with its kind: ``lmatrix`` holds
matrices of int64.  Calling a type with a name makes a variable; calling its
plural (``lmatrices``) makes several, by ``('x', 'y')``, ``(['x', 'y'])``,
``('xy')`` (a letter each) or ``(2)``.  The kind alone (``matrix``) makes a
variable of ``theano.config.floatX``.

"""

from theano.configparser import config
from theano.tensor.type import TensorType

LETTERS = {
    'b': 'int8', 'w': 'int16', 'i': 'int32', 'l': 'int64',
    'ub': 'uint8', 'uw': 'uint16', 'ui': 'uint32', 'ul': 'uint64',
    'f': 'float32', 'd': 'float64', 'c': 'complex64', 'z': 'complex128'}
KINDS = {
    'scalar': (), 'vector': (False,), 'matrix': (False, False),
    'row': (True, False), 'col': (False, True),
    **{f'tensor{ndim}': (False,) * ndim for ndim in range(3, 8)}}
PLURALS = {kind: f'{kind}s' for kind in KINDS} | {'matrix': 'matrices'}


def _one(kind):
    """Return a function that makes variables of a kind."""
    broadcastable = KINDS[kind]

    def make(name=None, dtype=None):
        return TensorType(dtype or config.floatX, broadcastable)(name=name)

    make.__name__ = make.__qualname__ = kind
    make.__doc__ = f"""Make a {kind} variable.

    Parameters
    ----------
    name : str, optional
        Name of the variable.
    dtype : str, optional
        Data type; by default ``theano.config.floatX``.

    Returns
    -------
    TensorVariable

    """
    return make


def _several(make, name):
    """Return a function that makes several variables at once."""
    def make_several(*names):
        if len(names) == 1:
            names, = names
        if isinstance(names, int):
            return [make() for _ in range(names)]
        variables = [make(name=name) for name in names]
        one = isinstance(names, str) and len(names) == 1
        return variables[0] if one else variables

    make_several.__name__ = make_several.__qualname__ = name
    make_several.__doc__ = f"""Make variables by their names.

    Parameters
    ----------
    *names : str
        The names; or one list of them, or one string with a letter for each
        variable, or the number of variables without names.

    Returns
    -------
    list of Variable
        The only variable itself if the only argument is a name of one
        letter.

    Raises
    ------
    TypeError
        If a name is not a string.

    Examples
    --------
    >>> import theano.tensor
    >>> x, y = theano.tensor.{name}('xy')
    >>> x.name, y.name
    ('x', 'y')

    """
    return make_several


def _all():
    """Return all these functions by name."""
    made = {}
    for kind, broadcastable in KINDS.items():
        made[kind] = _one(kind)
        made[PLURALS[kind]] = _several(made[kind], PLURALS[kind])
        for letter, dtype in LETTERS.items():
            type_ = TensorType(dtype, broadcastable)
            made[letter + kind] = type_
            name = letter + PLURALS[kind]
            made[name] = _several(type_, name)
    return made


_made = _all()
globals().update(_made)
__all__ = sorted(_made)
