"""Checks of arguments."""
import numpy


def check_valid_permutation(permutation):
    """Return a permutation as an array after checking it.

    Parameters
    ----------
    permutation : array_like of int, shape (n,)
        Each of the numbers from 0 to ``n - 1`` once.

    Returns
    -------
    :class:`~numpy.ndarray`

    Raises
    ------
    ValueError
        If it is not a permutation.

    """
    permutation = numpy.asarray(permutation)
    if permutation.ndim != 1 or permutation.dtype.kind not in 'iu':
        raise ValueError(f'a permutation must be a vector of integers, got '
                         f'{permutation.ndim} dimensions of '
                         f'{permutation.dtype}')
    if not numpy.array_equal(numpy.sort(permutation),
                             numpy.arange(len(permutation))):
        raise ValueError(f'a permutation of {len(permutation)} elements must '
                         f'have each of 0 to {len(permutation) - 1} once, '
                         f'got {permutation.tolist()}')
    return permutation
