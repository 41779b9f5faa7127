"""Schemes for initial values of parameters."""
import numpy
import theano
from blocks.initialization import NdarrayInitialization
from blocks_extras.utils import check_valid_permutation


class PermutationMatrix(NdarrayInitialization):
    """Makes square matrices that permute the columns of their left factor.

    Parameters
    ----------
    permutation : array_like of int, shape (n,), optional
        Column ``j`` of the product is column ``permutation[j]`` of the
        factor; by default each matrix has a random permutation.

    Raises
    ------
    ValueError
        If it is not a permutation.

    """

    def __init__(self, permutation=None):
        self.permutation = (None if permutation is None
                            else check_valid_permutation(permutation))

    def generate(self, rng, shape):
        """Make a matrix, see :class:`.NdarrayInitialization`.

        Raises
        ------
        ValueError
            If `shape` is not square, or not that of the permutation.

        """
        self._check_matrix(shape)
        length = shape[0]
        permutation = (rng.permutation(length) if self.permutation is None
                       else self.permutation)
        if tuple(shape) != (len(permutation), len(permutation)):
            raise ValueError(f'PermutationMatrix: the shape must be '
                             f'{(len(permutation),) * 2}, got {tuple(shape)}')
        return numpy.eye(length, dtype=theano.config.floatX)[:, permutation]
