"""Small helpers of the graph modules."""

from pytensor.graph.utils import (
    MetaObject,
    MetaType,
    MethodNotDefined,
    add_tag_trace,
    simple_extract_stack,
)
from pytensor.graph.utils import Scratchpad as scratchpad

object2 = MetaObject
undef = object()

__all__ = ['MetaType', 'MethodNotDefined', 'add_tag_trace', 'flatten',
           'give_variables_names', 'hashtype', 'memoize', 'object2',
           'remove', 'scratchpad', 'simple_extract_stack', 'undef', 'uniq']


def hashtype(instance):
    """Hash the class of an object by its name and module."""
    cls = type(instance)
    return hash((cls.__module__, cls.__qualname__))


def uniq(sequence):
    """Keep the first of equal elements, in order."""
    return list(dict.fromkeys(sequence))


def remove(predicate, collection):
    """List the elements for which `predicate` is false."""
    return [element for element in collection if not predicate(element)]


def flatten(nested):
    """Collect the elements of nested lists, tuples and sets in one list."""
    if not isinstance(nested, (list, tuple, set)):
        return [nested]
    return [leaf for element in nested for leaf in flatten(element)]


def memoize(function):
    """Cache the results of `function` by its positional arguments."""
    results = {}

    def remembered(*args):
        if args not in results:
            results[args] = function(*args)
        return results[args]

    return remembered


def give_variables_names(variables):
    """Make the names of variables unique.

    Parameters
    ----------
    variables : iterable of Variable

    Returns
    -------
    list of str
        One for each variable: its name if no other variable has it, otherwise
        the name with a number.

    """
    variables = list(variables)
    for number, variable in enumerate(variables):
        if variable.name is None:
            variable.name = f'var_{number}'
    names = [variable.name for variable in variables]
    for number, variable in enumerate(variables):
        if names.count(names[number]) > 1:
            variable.name = f'{names[number]}_{number}'
    return [variable.name for variable in variables]
