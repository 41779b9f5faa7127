"""Functions of tensors under Theano's names and signatures.

Functions with the same name and signature in PyTensor are reexported; the
rest are defined here.

"""

import builtins
import functools
import warnings

import numpy
import pytensor.tensor as _backend
from pytensor.raise_op import Assert  # noqa: F401
from pytensor.tensor import (  # noqa: F401
    NoneConst,
    add,
    all,
    allclose,
    alloc,
    and_,
    angle,
    any,
    arange,
    arccos,
    arccosh,
    arcsin,
    arcsinh,
    arctan,
    arctan2,
    arctanh,
    argmax,
    argmin,
    argsort,
    bartlett,
    bincount,
    bitwise_and,
    bitwise_not,
    bitwise_or,
    bitwise_xor,
    cast,
    ceil,
    ceil_intdiv,
    clip,
    complex,
    complex_from_polar,
    concatenate,
    conj,
    constant,
    cos,
    cosh,
    cov,
    cumprod,
    cumsum,
    deg2rad,
    diag,
    diagonal,
    divmod,
    eq,
    erf,
    erfc,
    erfcinv,
    erfcx,
    erfinv,
    exp,
    exp2,
    expm1,
    eye,
    fill,
    fill_diagonal,
    fill_diagonal_offset,
    flatnonzero,
    floor,
    floor_div,
    gamma,
    gammainc,
    gammaincc,
    gammal,
    gammaln,
    gammau,
    ge,
    get_vector_length,
    gt,
    horizontal_stack,
    i0,
    i1,
    identity_like,
    imag,
    inc_subtensor,
    int_div,
    inverse_permutation,
    invert,
    iround,
    is_flat,
    isclose,
    isinf,
    isnan,
    iv,
    j0,
    j1,
    join,
    jv,
    largest,
    le,
    log,
    log1p,
    log2,
    log10,
    lt,
    make_slice,
    max,
    max_and_argmax,
    maximum,
    mgrid,
    min,
    minimum,
    mod,
    mul,
    neg,
    neq,
    nonzero,
    nonzero_values,
    ogrid,
    ones,
    ones_like,
    or_,
    outer,
    permute_row_elements,
    pow,
    power,
    prod,
    psi,
    ptp,
    rad2deg,
    ravel_multi_index,
    real,
    repeat,
    roll,
    round,
    round_half_away_from_zero,
    round_half_to_even,
    scalar_from_tensor,
    second,
    set_subtensor,
    shape,
    shape_padaxis,
    shape_padleft,
    shape_padright,
    sin,
    sinh,
    slicetype,
    smallest,
    sort,
    specify_shape,
    split,
    sqr,
    sqrt,
    square,
    stacklists,
    std,
    sub,
    sum,
    swapaxes,
    switch,
    take,
    tan,
    tanh,
    tensor_copy,
    tensor_from_scalar,
    tensordot,
    transfer,
    transpose,
    tri,
    tri_gamma,
    tril,
    triu,
    true_div,
    trunc,
    unravel_index,
    var,
    vertical_stack,
    where,
    xor,
    zeros,
    zeros_like,
)
from pytensor.tensor.basic import (  # noqa: F401
    Alloc,
    AllocEmpty,
    ARange,
    Eye,
    Join,
    MakeVector,
    PermuteRowElements,
    ScalarFromTensor,
    Split,
    TensorFromScalar,
)
from pytensor.tensor.exceptions import NotScalarConstantError, ShapeError  # noqa: F401
from pytensor.tensor.math import Argmax, Dot  # noqa: F401
from pytensor.tensor.shape import Reshape, Shape, Shape_i, SpecifyShape  # noqa: F401
from theano.gof.graph import Variable
from theano.gof.utils import hashtype  # noqa: F401
from theano.tensor.broadcasting import (  # noqa: F401
    Rebroadcast,
    addbroadcast,
    patternbroadcast,
    unbroadcast,
)
from theano.tensor.constructors import *  # noqa: F401, F403
from theano.tensor.elemwise import CAReduce, DimShuffle, Elemwise, Sum  # noqa: F401
from theano.tensor.type import TensorType
from theano.tensor.var import (  # noqa: F401
    TensorConstant,
    TensorVariable,
    _tensor_py_operators,
)

Tensor = TensorType
abs_ = _backend.abs
inv = _backend.reciprocal
sgn = _backend.sign
python_all, python_any = builtins.all, builtins.any

int_dtypes = ['int8', 'int16', 'int32', 'int64']
uint_dtypes = ['uint8', 'uint16', 'uint32', 'uint64']
integer_dtypes = int_dtypes + uint_dtypes
float_dtypes = ['float16', 'float32', 'float64']
complex_dtypes = ['complex64', 'complex128']
discrete_dtypes = ['bool'] + integer_dtypes
continuous_dtypes = float_dtypes + complex_dtypes
all_dtypes = discrete_dtypes + continuous_dtypes
integer_types = (int,)

#: Tolerances for comparing values that should be equal.
float16_atol, float32_atol, float64_atol = 1e-3, 1e-5, 1e-8
float16_rtol, float32_rtol, float64_rtol = 1e-3, 1e-5, 1e-5


class EmptyConstantError(NotScalarConstantError):
    """Raised when the scalar value of an empty constant is requested."""


def as_tensor_variable(x, name=None, ndim=None):
    """Turn arrays, numbers and lists into variables.

    Parameters
    ----------
    x : Variable, array_like or nested list of both
    name : str, optional
        Name of the constant, if `x` becomes one.
    ndim : int, optional
        Number of dimensions; leading dimensions of length one are added or
        removed.

    Returns
    -------
    TensorVariable

    """
    return _backend.as_tensor_variable(x, name=name, ndim=ndim)


as_tensor = as_tensor_variable


def tensor(*args, **kwargs):
    """Make a variable: ``tensor(dtype, broadcastable, name=None)``.

    Parameters
    ----------
    dtype : str
        Data type.
    broadcastable : sequence of bool
        For each dimension, whether its length is known to be one.
    name : str, optional
        Name of the variable.

    Returns
    -------
    TensorVariable

    """
    name = kwargs.pop('name', None)
    if len(args) == 3 and name is None:
        *args, name = args
    return TensorType(*args, **kwargs)(name=name)


def get_scalar_constant_value(v, elemwise=True, only_process_constants=False,
                              max_recur=10):
    """Return the constant scalar value of a variable.

    Parameters
    ----------
    v : Variable or number
    elemwise : bool
        Look through element-wise operations.
    only_process_constants : bool
        Consider only constants, not expressions of constants.
    max_recur : int
        The maximum number of operations to look through.

    Returns
    -------
    ndarray, shape ()

    Raises
    ------
    NotScalarConstantError
        If it is not constant.

    """
    return _backend.get_underlying_scalar_constant_value(
        v, elemwise=elemwise, only_process_constants=only_process_constants,
        max_recur=max_recur)


def extract_constant(x, elemwise=True, only_process_constants=False):
    """Return the constant value of `x`, or `x` if it has none."""
    try:
        return get_scalar_constant_value(
            x, elemwise=elemwise,
            only_process_constants=only_process_constants)
    except NotScalarConstantError:
        return x


def flatten(x, ndim=None, outdim=None):
    """Join trailing dimensions.

    Parameters
    ----------
    x : TensorVariable
    ndim : int, optional
        Number of dimensions to keep, by default 1.
    outdim : int, optional
        Older name of `ndim`.

    Returns
    -------
    TensorVariable

    Raises
    ------
    ValueError
        If both are given, or the number exceeds that of `x`.

    """
    if ndim is not None and outdim is not None:
        raise ValueError('flatten: pass ndim or outdim, not both')
    if ndim is None:
        ndim = 1 if outdim is None else outdim
    return _backend.flatten(as_tensor_variable(x), ndim=ndim)


def reshape(x, newshape, ndim=None):
    """Change the shape of a tensor.

    Parameters
    ----------
    x : TensorVariable
    newshape : sequence of (int or Variable), or vector Variable
        The lengths; one of them may be -1.
    ndim : int, optional
        Number of dimensions, if `newshape` does not determine it.

    Returns
    -------
    TensorVariable

    """
    return _backend.reshape(x, newshape, ndim=ndim)


def _without_announcements(function):
    """Silence the deprecation warning of a function."""
    @functools.wraps(function)
    def quiet(*args, **kwargs):
        with warnings.catch_warnings():
            warnings.simplefilter('ignore', FutureWarning)
            return function(*args, **kwargs)

    return quiet


batched_dot = _without_announcements(_backend.batched_dot)
batched_tensordot = _without_announcements(_backend.batched_tensordot)


def chi2sf(x, k):
    """Return the survival function of the chi-squared distribution."""
    return gammaincc(k / 2., x / 2.)


def dot(a, b):
    """Multiply matrices or vectors as ``numpy.dot`` does."""
    return _backend.dot(a, b)


def mean(input, axis=None, dtype=None, op=False, keepdims=False,
         acc_dtype=None):
    """Average over dimensions.

    Parameters
    ----------
    input : TensorVariable
    axis : int or sequence of int, optional
        By default all dimensions.
    dtype : str, optional
        Data type of the result and of the division.
    op : bool
        Without effect.
    keepdims : bool
        Keep the dimensions with length one.
    acc_dtype : str, optional
        Data type of the sum.

    Returns
    -------
    TensorVariable

    """
    return _backend.mean(input, axis=axis, dtype=dtype, keepdims=keepdims,
                         acc_dtype=acc_dtype)


def squeeze(x):
    """Drop the dimensions that are known to have length one."""
    return _backend.squeeze(x)


def stack(*tensors, **kwargs):
    """Join tensors along a new dimension.

    Parameters
    ----------
    tensors : sequence of TensorVariable
        The tensors can also be passed as separate arguments.
    axis : int
        Position of the new dimension.

    Returns
    -------
    TensorVariable

    Raises
    ------
    ValueError
        If there is nothing to stack.
    TypeError
        If an unknown keyword is given.

    """
    tensors = kwargs.pop('tensors', tensors)
    axis = kwargs.pop('axis', None)
    if kwargs:
        raise TypeError(f'stack: got unexpected keyword arguments '
                        f'{", ".join(sorted(kwargs))}')
    if not tensors:
        raise ValueError('stack: expected at least one tensor, got none')
    if isinstance(tensors[0], (list, tuple)):
        if len(tensors) > 1 and axis is None:
            axis = tensors[1]
        tensors = tensors[0]
    elif isinstance(tensors[0], Variable) and len(tensors) == 2 and \
            axis is None and isinstance(tensors[1], int) and \
            tensors[0].ndim > 0:
        tensors, axis = [tensors[0][i] for i in range(
            get_vector_length(tensors[0]))], tensors[1]
    return _backend.stack(list(tensors), axis=axis or 0)


def tile(x, reps, ndim=None):
    """Repeat a tensor along each dimension.

    Parameters
    ----------
    x : TensorVariable
    reps : int, Variable or sequence of both
        Number of repetitions; the last one applies to the last dimension.
    ndim : int, optional
        Number of dimensions of the result; new ones are added in front.

    Returns
    -------
    TensorVariable

    """
    x = as_tensor_variable(x)
    if isinstance(reps, Variable) and reps.ndim == 1 and ndim is not None:
        reps = [reps[i] for i in range(ndim)]
    elif not isinstance(reps, (list, tuple)):
        reps = [reps]
    missing = builtins.max(x.ndim, ndim or 0) - len(reps)
    return _backend.tile(x, [1] * missing + list(reps))


def choose(a, choices, out=None, mode='raise'):
    """Pick each element from one of several arrays.

    Parameters
    ----------
    a : TensorVariable
        The indices of the arrays to pick from.
    choices : sequence of TensorVariable, or TensorVariable
        The choices.
    out : None
        Not used.
    mode : {'raise', 'wrap', 'clip'}
        How to handle indices out of range.

    Returns
    -------
    TensorVariable

    """
    if out is not None:
        raise TypeError('choose: out is not used')
    return _backend.choose(a, choices, mode=mode)


def makeKeepDims(x, y, axis):
    """Restore reduced dimensions with length one.

    Parameters
    ----------
    x : TensorVariable
        The reduced variable.
    y : TensorVariable
        The result.
    axis : int, sequence of int or None
        Reduced dimensions, None for all.

    Returns
    -------
    TensorVariable

    """
    x = as_tensor_variable(x)
    if axis is None:
        reduced = set(range(x.ndim))
    else:
        reduced = {int(one) % x.ndim for one in numpy.atleast_1d(axis)}
    kept = iter(range(x.ndim))
    return as_tensor_variable(y).dimshuffle(
        ['x' if one in reduced else next(kept) for one in range(x.ndim)])


__all__ = [name for name in dir() if not name.startswith('_')
           and name not in ('builtins', 'functools', 'numpy', 'warnings')]
