"""Checks of the arguments of ``theano.function``."""
from collections.abc import Iterable, Mapping

from pytensor.compile.io import SymbolicInput, SymbolicOutput
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Variable


def check_arguments(inputs, outputs, updates, givens):
    """Refuse invalid inputs, outputs, updates or replacements.

    Parameters
    ----------
    inputs, outputs, updates, givens
        See :func:`theano.function`.

    Raises
    ------
    TypeError
        If one is of a wrong type.

    """
    if not isinstance(inputs, (list, tuple)):
        raise TypeError(f'function: inputs must be a list, even if there is '
                        f'one, got {type(inputs).__name__}')
    for given in inputs:
        if not isinstance(given, (Variable, SymbolicInput, list, tuple)):
            raise TypeError(f'function: inputs must be variables or In '
                            f'objects, got {given!r}')
    if isinstance(outputs, dict):
        outputs = list(outputs.values())
    elif not isinstance(outputs, (list, tuple)):
        outputs = [] if outputs is None else [outputs]
    for wanted in outputs:
        if not isinstance(wanted, (Variable, SymbolicOutput)):
            raise TypeError(f'function: outputs must be variables or Out '
                            f'objects, got {wanted!r}')
    for shared, _ in as_pairs('updates', updates):
        if not isinstance(shared, SharedVariable):
            raise TypeError(f'function: updates must be of shared variables, '
                            f'got {shared!r}')
    as_pairs('givens', givens)


def as_pairs(name, values):
    """Return replacements as a list of pairs.

    Parameters
    ----------
    name : str
        The name of the argument.
    values : dict, iterable of pairs or None
        The argument.

    Raises
    ------
    TypeError
        If it is something else.

    """
    if values is None:
        return []
    if isinstance(values, Mapping):
        return list(values.items())
    if isinstance(values, Iterable) and not isinstance(values,
                                                       (Variable, str)):
        values = list(values)
        if all(isinstance(pair, (list, tuple)) and len(pair) == 2
               for pair in values):
            return values
    raise TypeError(f'function: {name} must be a dict or a list of pairs '
                    f'(variable, expression), got {values!r}')
