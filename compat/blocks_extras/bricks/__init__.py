"""Bricks."""
from blocks.bricks import Activation, Feedforward
from blocks.bricks.base import application, lazy
from blocks.utils import shared_floatx
from blocks_extras.initialization import PermutationMatrix
from blocks_extras.utils import check_valid_permutation
from theano import shared, tensor


class FixedPermutation(Feedforward):
    r"""Permutes features; nothing is learned.

    Parameters
    ----------
    order : array_like of int, shape (features,)
        For each feature of the output, the position of the input feature.
    dot : bool, optional
        Whether to multiply by a matrix; otherwise features are selected by
        index.
    \*\*kwargs
        See :class:`.Brick`.

    Raises
    ------
    ValueError
        On allocation, if `order` is not a permutation.

    """

    @lazy(allocation=['order'])
    def __init__(self, order, dot=True, **kwargs):
        self.order = order
        self._dot = dot
        super().__init__(**kwargs)

    def _allocate(self):
        # Not parameters: they must not be trained.
        self.order = check_valid_permutation(self.order)
        if self._dot:
            self._matrix = shared_floatx(PermutationMatrix(
                self.order).generate(None, (self.input_dim,) * 2))
        else:
            self._permutation = shared(self.order)

    @property
    def input_dim(self):
        return len(self.order)

    @property
    def output_dim(self):
        return len(self.order)

    @application(inputs=['input_'], outputs=['output_'])
    def apply(self, input_):
        """Permute the features.

        Parameters
        ----------
        input_ : :class:`~tensor.TensorVariable`, shape (batch, features)

        Returns
        -------
        output_ : :class:`~tensor.TensorVariable`, shape (batch, features)

        """
        if self._dot:
            return tensor.dot(input_, self._matrix)
        return tensor.take(input_, self._permutation, axis=1)


class Softsign(Activation):
    """Apply ``x / (1 + abs(x))`` elementwise."""

    @application(inputs=['input_'], outputs=['output'])
    def apply(self, input_):
        return tensor.nnet.softsign(input_)
