"""NumPy with the names and behaviour of its releases before 2016."""
import builtins

import numpy
from numpy import exceptions

from ...python2.files import File
from ...python2.text import to_bytes, to_path
from .. import stand_in
from . import random  # noqa: F401


class _Casts(dict):
    """Functions that make arrays of a dtype: ``cast['float32'](x)``."""

    def __missing__(self, dtype):
        dtype = numpy.dtype(dtype)
        return lambda value: numpy.asarray(value).astype(dtype)


def _ragged(make):
    """Return arrays of objects for sequences of different lengths."""
    def maker(object, dtype=None, *args, **kwargs):
        try:
            return make(object, dtype, *args, **kwargs)
        except ValueError as error:
            if dtype is None and 'inhomogeneous' in str(error):
                return make(object, numpy.dtype('O'), *args, **kwargs)
            raise
    maker.__name__ = maker.__qualname__ = make.__name__
    maker.__doc__ = f'See numpy.{make.__name__}.'
    return maker


def _shaped(make):
    """Accept whole floats as lengths, such as ``n / 2``."""
    def whole(length):
        if isinstance(length, (float, numpy.floating)) and (
                length == int(length)):
            return int(length)
        return length

    def maker(shape, *args, **kwargs):
        if isinstance(shape, (tuple, list)):
            shape = tuple(whole(length) for length in shape)
        return make(whole(shape), *args, **kwargs)
    maker.__name__ = maker.__qualname__ = make.__name__
    maker.__doc__ = f'See numpy.{make.__name__}.'
    return maker


def asscalar(a):
    return a.item()


def alen(a):
    return len(numpy.atleast_1d(a))


def asfarray(a, dtype=numpy.float64):
    if not numpy.issubdtype(dtype, numpy.inexact):
        dtype = numpy.float64
    return numpy.asarray(a, dtype=dtype)


def find_common_type(array_types, scalar_types):
    return numpy.result_type(*array_types, *scalar_types)


def fromstring(string, dtype=builtins.float, count=-1, sep=''):
    if sep:
        return numpy.fromstring(string, dtype, count, sep=sep)
    return numpy.frombuffer(to_bytes(string), dtype, count).copy()


def frombuffer(buffer, *args, **kwargs):
    if isinstance(buffer, str):
        buffer = to_bytes(buffer)
    return numpy.frombuffer(buffer, *args, **kwargs)


def in1d(ar1, ar2, assume_unique=False, invert=False):
    return numpy.isin(numpy.ravel(ar1), ar2, assume_unique=assume_unique,
                      invert=invert)


def load(file, mmap_mode=None, allow_pickle=True, fix_imports=True,
         encoding='latin1'):
    """Load a file that may contain pickled objects of Python 2."""
    file = file.raw_file if isinstance(file, File) else to_path(file)
    return numpy.load(file, mmap_mode=mmap_mode, allow_pickle=allow_pickle,
                      fix_imports=fix_imports, encoding=encoding)


def msort(a):
    return numpy.sort(a, axis=0)


def rank(a):
    return numpy.ndim(a)


def restoredot():
    """Do nothing, as in NumPy 1.10."""


def histogram(a, bins=10, range=None, normed=None, weights=None,
              density=None):
    return numpy.histogram(a, bins=bins, range=range, weights=weights,
                           density=bool(density or normed))


cast = _Casts()
array, asarray = _ragged(numpy.array), _ragged(numpy.asarray)
zeros, ones, empty = map(_shaped, [numpy.zeros, numpy.ones, numpy.empty])
float, int, bool, object = (builtins.float, builtins.int, builtins.bool,
                            builtins.object)
complex, str, long, unicode = (builtins.complex, builtins.str, builtins.int,
                               builtins.str)
float_, complex_, cfloat = numpy.float64, numpy.complex128, numpy.complex128
singlecomplex, longfloat = numpy.complex64, numpy.longdouble
longcomplex = clongfloat = numpy.clongdouble
string_, unicode_, string0, unicode0 = (numpy.bytes_, numpy.str_,
                                        numpy.bytes_, numpy.str_)
int0, uint0, bool8, object0 = (numpy.intp, numpy.uintp, numpy.bool_,
                               numpy.object_)
NaN = NAN = numpy.nan
Inf = Infinity = infty = PINF = numpy.inf
NINF, PZERO, NZERO = -numpy.inf, 0.0, -0.0
product, cumproduct = numpy.prod, numpy.cumprod
alltrue, sometrue = numpy.all, numpy.any
row_stack, round_, mat = numpy.vstack, numpy.round, numpy.asmatrix
trapz = numpy.trapezoid
issubsctype = issubclass_ = numpy.issubdtype
typeDict = sctypeDict = numpy.sctypeDict
sctypes = {
    'int': [numpy.int8, numpy.int16, numpy.int32, numpy.int64],
    'uint': [numpy.uint8, numpy.uint16, numpy.uint32, numpy.uint64],
    'float': [numpy.float16, numpy.float32, numpy.float64, numpy.longdouble],
    'complex': [numpy.complex64, numpy.complex128, numpy.clongdouble],
    'others': [builtins.bool, builtins.object, builtins.bytes, builtins.str,
               numpy.void]}
AxisError, ComplexWarning = exceptions.AxisError, exceptions.ComplexWarning
VisibleDeprecationWarning = exceptions.VisibleDeprecationWarning
TooHardError, RankWarning = exceptions.TooHardError, exceptions.RankWarning
ModuleDeprecationWarning = exceptions.ModuleDeprecationWarning

_OWN = [name for name in dir() if not name.startswith('_') and name not in (
    'File', 'builtins', 'exceptions', 'numpy', 'stand_in', 'to_bytes',
    'to_path')]


# import * did not replace the builtins.
stand_in(__name__, 'numpy', _OWN, hidden=[
    'abs', 'bool', 'complex', 'float', 'int', 'long', 'max', 'min', 'object',
    'pow', 'round', 'str', 'unicode'])
