"""``types`` with the names of Python 2."""
import types

from ..python2.files import File as FileType  # noqa: F401
from ..python2.functions import xrange as XRangeType  # noqa: F401
from . import stand_in

StringType = UnicodeType = str
StringTypes = (str, bytes)
IntType = LongType = int
FloatType, ComplexType, BooleanType = float, complex, bool
ListType, TupleType, SliceType = list, tuple, slice
DictType = DictionaryType = dict
NoneType, TypeType, ObjectType, ClassType = type(None), type, object, type
InstanceType, BufferType = object, memoryview
UnboundMethodType = types.FunctionType

_OWN = [name for name in dir() if name.endswith(('Type', 'Types'))]

stand_in(__name__, 'types', _OWN)
