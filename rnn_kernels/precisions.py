"""The precision of the kernels' products with matrices."""
import logging
import os
import threading
from contextlib import contextmanager
from functools import lru_cache

logger = logging.getLogger(__name__)

#: Environment variable with the precision of float32 graphs.
VARIABLE = 'BLOCKS_RNN_PRECISION'

#: The supported precisions.
PRECISIONS = 'float32', 'bfloat16'

_current = threading.local()


def check_precision(who, precision):
    """Raise ValueError if a precision is not supported.

    Parameters
    ----------
    who : str
        The caller, for the message.
    precision : {'float32', 'bfloat16'} or None

    Returns
    -------
    str or None

    """
    if precision is not None and precision not in PRECISIONS:
        raise ValueError(
            "{} must be 'float32' or 'bfloat16', got {!r}; omit it for "
            "float32".format(who, precision))
    return precision


@contextmanager
def precision(name):
    """Set the precision of products in kernels inside a ``with`` block.

    Parameters
    ----------
    name : {'float32', 'bfloat16'} or None
        'bfloat16' rounds both operands of the products with matrices and
        accumulates in float32. None changes nothing. Graphs in float64 are not
        affected.

    Raises
    ------
    ValueError
        If there is no such precision.

    Examples
    --------
    >>> with precision('bfloat16'):
    ...     print(settled_precision('float32'), settled_precision('float64'))
    bfloat16 float64

    """
    outer = getattr(_current, 'name', None)
    _current.name = check_precision('precision', name) or outer
    try:
        yield
    finally:
        _current.name = outer


def settled_precision(dtype):
    """Return the precision of products for the graph under construction.

    Parameters
    ----------
    dtype : str
        The dtype of the graph's rows.

    Returns
    -------
    str
        The precision of :func:`precision` or, outside it, of the environment
        variable ``BLOCKS_RNN_PRECISION``; `dtype` if it is not float32.

    Raises
    ------
    ValueError
        If the environment variable has an invalid value.

    """
    if dtype != 'float32':
        return dtype
    return getattr(_current, 'name', None) or check_precision(
        VARIABLE, os.environ.get(VARIABLE) or None) or dtype


def supported():
    """Return whether the processor multiplies pairs of bfloat16."""
    import numba  # takes a quarter of a second
    from llvmlite import binding
    if numba.config.CPU_NAME or numba.config.CPU_FEATURES is not None:
        return False  # compiling for a different processor
    return bool(binding.get_host_cpu_features().get('avx512bf16'))


def rounds(name):
    """Return whether kernels of a precision round the operands of products.

    Parameters
    ----------
    name : str
        From :func:`settled_precision`.

    Returns
    -------
    bool
        False, with a warning, on processors that cannot multiply bfloat16.

    """
    if name != 'bfloat16':
        return False
    if not supported():
        _warn()
    return supported()


@lru_cache(maxsize=None)
def _warn():
    logger.warning(
        'precision bfloat16: this processor has no instruction for products '
        'of bfloat16 (AVX512-BF16); kernels multiply in float32')
