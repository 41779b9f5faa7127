"""``operator`` with the functions of Python 2."""
import numbers
import operator
from collections.abc import Mapping, Sequence

from ..python2.division import div, idiv  # noqa: F401
from . import stand_in

isCallable, sequenceIncludes = callable, operator.contains
repeat = operator.mul


def isSequenceType(value):
    return isinstance(value, Sequence) or hasattr(value, '__getitem__')


def isMappingType(value):
    return isinstance(value, Mapping)


def isNumberType(value):
    return isinstance(value, numbers.Number)


stand_in(__name__, 'operator', [
    'div', 'idiv', 'isCallable', 'isMappingType', 'isNumberType',
    'isSequenceType', 'repeat', 'sequenceIncludes'])
