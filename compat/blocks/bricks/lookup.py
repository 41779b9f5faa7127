"""Lookup tables: vectors for integers."""
from operator import attrgetter

from .._former import former_names
from ..roles import WEIGHT
from ..utils import check_theano_variable
from .base import application, lazy
from .dimensions import kept_by
from .interfaces import Feedforward, Initializable
from .ownership import allocate_parameter, describe


class LookupTable(Initializable, Feedforward):
    """A table of embedding vectors, e.g. for words.

    Parameters
    ----------
    length : int
        The number of vectors. Needed for allocation.
    dim : int
        The length of the vectors. Needed for allocation.

    """

    has_bias = False
    output_dim = kept_by(lambda table: table, 'dim', 'The same as `dim`.')
    _dimensions = {'indices': 0, 'output': attrgetter('dim')}

    @lazy(allocation=['length', 'dim'])
    def __init__(self, length, dim, **kwargs):
        super().__init__(**kwargs)
        self.length = length
        self.dim = dim

    @property
    def W(self):
        """The table, ``(length, dim)``."""
        return self.parameters[0]

    @property
    def input_dim(self):
        """Always 0: indices have no features."""
        return 0

    @input_dim.setter
    def input_dim(self, dim):
        if dim != 0:
            raise ValueError(f'{describe(self)}: the input is integers, its '
                             f'dimension is 0, got {dim}')

    @application(inputs=['indices'], outputs=['output'])
    def apply(self, indices):
        """Look up vectors.

        Parameters
        ----------
        indices : :class:`~tensor.TensorVariable`
            Integers, of any shape.

        Returns
        -------
        output : :class:`~tensor.TensorVariable`
            The vectors, along a new last axis.

        Raises
        ------
        ValueError
            If `indices` are not integers.

        """
        check_theano_variable(indices, None, ('int', 'uint'))
        shape = [indices.shape[axis] for axis in range(indices.ndim)]
        return self.W[indices.flatten()].reshape([*shape, self.dim])

    def _allocate(self):
        allocate_parameter(self, 'W', (self.length, self.dim), WEIGHT)

    def _initialize(self):
        self._require_schemes('weights_init')
        self.weights_init.initialize(self.W, self.rng)


__getattr__ = former_names(__name__, used=('blocks.utils',))
