"""Single layers: linear transformations, maxout, activations, softmax."""
from numbers import Integral
from operator import attrgetter

from theano import tensor
from theano.tensor.nnet.nnet import checked_classes

from ..roles import BIAS, WEIGHT
from ..utils.checks import check_number
from .base import Brick, application, lazy
from .dimensions import kept_by
from .interfaces import (
    Activation,
    Feedforward,
    Initializable,
    LinearLike,
    Random,
)
from .ownership import allocate_parameter, describe, multiple, with_children
from .wrappers import WithExtraDims

__all__ = ('Activation', 'Bias', 'Feedforward', 'Identity', 'Initializable',
           'LeakyRectifier', 'Linear', 'LinearLike', 'LinearMaxout',
           'Logistic', 'Maxout', 'NDimensionalSoftmax', 'Random',
           'Rectifier', 'Softmax', 'Softplus', 'Tanh')


class Linear(LinearLike, Feedforward):
    r"""A linear or affine transformation, :math:`y = x W + b`.

    Parameters
    ----------
    input_dim : int
        The length of the last axis of the input. Needed for allocation.
    output_dim : int
        The length of the last axis of the output. Needed for allocation.
    \*\*kwargs
        See :class:`Initializable`. There is a bias unless ``use_bias=False``.

    Notes
    -----
    :math:`W` has the shape ``(input_dim, output_dim)``, :math:`b` has
    ``(output_dim,)``. Their norms ``W_norm`` and ``b_norm`` are auxiliary
    variables.

    """

    _dimensions = {'input_': attrgetter('input_dim'),
                   'output': attrgetter('output_dim')}

    @lazy(allocation=['input_dim', 'output_dim'])
    def __init__(self, input_dim, output_dim, **kwargs):
        super().__init__(**kwargs)
        self.input_dim = input_dim
        self.output_dim = output_dim

    def _allocate(self):
        made = [allocate_parameter(
            self, 'W', (self.input_dim, self.output_dim), WEIGHT)]
        if getattr(self, 'use_bias', True):
            made.append(allocate_parameter(
                self, 'b', (self.output_dim,), BIAS))
        for parameter in made:
            self.add_auxiliary_variable(parameter.norm(2),
                                        name=f'{parameter.name}_norm')

    @application(inputs=['input_'], outputs=['output'])
    def apply(self, input_):
        """Transform the last axis.

        Parameters
        ----------
        input_ : :class:`~tensor.TensorVariable`
            Of shape ``(..., input_dim)``.

        Returns
        -------
        output : :class:`~tensor.TensorVariable`
            Of shape ``(..., output_dim)``.

        """
        product = tensor.dot(input_, self.W)
        return (product + self.b if getattr(self, 'use_bias', True)
                else product)


class Bias(Feedforward, Initializable):
    """Add a vector.

    Parameters
    ----------
    dim : int
        The length of the last axis. Needed for allocation.

    """

    input_dim = output_dim = kept_by(lambda brick: brick, 'dim',
                                     'The same as `dim`.')
    _dimensions = dict.fromkeys(('input_', 'output'), attrgetter('dim'))

    @lazy(allocation=['dim'])
    def __init__(self, dim, **kwargs):
        super().__init__(**kwargs)
        self.dim = dim

    def _allocate(self):
        allocate_parameter(self, 'b', (self.dim,), BIAS)

    def _initialize(self):
        self._require_schemes('biases_init')
        self.biases_init.initialize(self.parameters[0], self.rng)

    @application(inputs=['input_'], outputs=['output'])
    def apply(self, input_):
        """Add the bias to the last axis, of length `dim`."""
        return input_ + self.parameters[0]


class Maxout(Brick):
    """The maximum of each group of neighbouring features.

    Parameters
    ----------
    num_pieces : int
        The size of a group. Needed for allocation.

    References
    ----------
    I. J. Goodfellow, D. Warde-Farley, M. Mirza, A. Courville and Y. Bengio,
    *Maxout networks*, ICML (2013).

    """

    @lazy(allocation=['num_pieces'])
    def __init__(self, num_pieces, **kwargs):
        super().__init__(**kwargs)
        self.num_pieces = num_pieces

    def _allocate(self):
        check_number(self, 'num_pieces', self.num_pieces, int, least=1)

    @application(inputs=['input_'], outputs=['output'])
    def apply(self, input_):
        """Reduce the last axis.

        Parameters
        ----------
        input_ : :class:`~tensor.TensorVariable`
            Of shape ``(..., dim * num_pieces)``.

        Returns
        -------
        output : :class:`~tensor.TensorVariable`
            Of shape ``(..., dim)``.

        """
        *outer, last = [input_.shape[axis] for axis in range(input_.ndim)]
        grouped = input_.reshape(
            [*outer, last // self.num_pieces, self.num_pieces],
            ndim=input_.ndim + 1)
        return grouped.max(axis=input_.ndim)


class LinearMaxout(Initializable, Feedforward):
    """A :class:`Linear` brick followed by :class:`Maxout`.

    Parameters
    ----------
    input_dim, output_dim : int
        The length of the last axis of the input and of the output. Needed
        for allocation.
    num_pieces : int
        Number of linear functions per output. Needed for allocation.

    """

    input_dim = kept_by(attrgetter('linear'), 'input_dim',
                        'The input dimension of the linear transformation.')

    @lazy(allocation=['input_dim', 'output_dim', 'num_pieces'])
    def __init__(self, input_dim, output_dim, num_pieces, **kwargs):
        self.linear, self.maxout = Linear(), Maxout()
        super().__init__(**with_children(kwargs, self.linear, self.maxout))
        self.num_pieces = num_pieces
        self.input_dim, self.output_dim = input_dim, output_dim

    def _push_allocation_config(self):
        self.maxout.num_pieces = pieces = self.num_pieces
        if isinstance(self.output_dim, Integral):
            check_number('LinearMaxout', 'num_pieces', pieces, int, least=1)
        self.linear.output_dim = multiple(pieces, self.output_dim)

    @application(inputs=['input_'], outputs=['output'])
    def apply(self, input_):
        """Map ``(..., input_dim)`` to ``(..., output_dim)``."""
        return self.maxout.apply(self.linear.apply(input_))


def _elementwise(function):
    """Make the application of an activation from a function."""
    @application(inputs=['input_'], outputs=['output'])
    def apply(self, input_):
        return function(input_)
    return apply


class Identity(Activation):
    apply = _elementwise(lambda input_: input_)


class Tanh(Activation):
    apply = _elementwise(tensor.tanh)


class Logistic(Activation):
    apply = _elementwise(tensor.nnet.sigmoid)


class Rectifier(Activation):
    apply = _elementwise(tensor.nnet.relu)


class Softplus(Activation):
    r"""The softplus function, :math:`\zeta(x) = \log(1 + e^x)`.

    References
    ----------
    C. Dugas, Y. Bengio, F. Bélisle, C. Nadeau and R. Garcia, *Incorporating
    second-order functional knowledge for better option pricing*, NIPS 13
    (2001).

    """

    apply = _elementwise(tensor.nnet.softplus)


class LeakyRectifier(Activation):
    r"""The leaky rectifier, :math:`f(x) = \max(x, a x)`.

    Parameters
    ----------
    leak : float, optional
        The slope :math:`a` for negative inputs.

    References
    ----------
    A. L. Maas, A. Y. Hannun and A. Y. Ng, *Rectifier nonlinearities improve
    neural network acoustic models*, ICML (2013).

    """

    def __init__(self, leak=0.01, **kwargs):
        super().__init__(**kwargs)
        self.leak = check_number(self, 'leak', leak)

    @application(inputs=['input_'], outputs=['output'])
    def apply(self, input_):
        return tensor.nnet.relu(input_, alpha=self.leak)


class Softmax(Brick):
    """Probabilities from scores, for a batch of distributions.

    All inputs are matrices ``(batch, classes)``; see
    :class:`NDimensionalSoftmax` for more axes.

    """

    @application(inputs=['input_'], outputs=['output'])
    def log_probabilities(self, input_):
        r"""Return :math:`x_k - \log \sum_j e^{x_j}`, without overflow."""
        shifted = input_ - input_.max(axis=1, keepdims=True)
        total = tensor.exp(shifted).sum(axis=1, keepdims=True)
        return shifted - tensor.log(total)

    @application(inputs=['input_'], outputs=['output'])
    def apply(self, input_):
        r"""Return :math:`p_k = e^{x_k} / \sum_j e^{x_j}` for each row."""
        return tensor.nnet.softmax(input_)

    @application(inputs=['y', 'x'], outputs=['output'])
    def categorical_cross_entropy(self, application_call, y, x):
        """Compare scores with targets, without overflow.

        Parameters
        ----------
        y : :class:`~tensor.TensorVariable`
            The targets: a vector of classes (integers), or a matrix
            ``(batch, classes)`` of probabilities.
        x : :class:`~tensor.TensorVariable`
            The scores, ``(batch, classes)``.

        Returns
        -------
        cost : :class:`~tensor.TensorVariable`
            The cross-entropy of each row, ``(batch,)``.

        Raises
        ------
        TypeError
            If the number of axes of `y` matches neither kind of target.
        ValueError
            When the function runs, if a class is not one of those of `x`, or
            the numbers of classes and of rows differ.

        """
        log_probabilities = self.log_probabilities(x)
        application_call.add_auxiliary_variable(
            log_probabilities.copy(name='log_probabilities'))
        if y.ndim == x.ndim:
            return -(log_probabilities * y).sum(axis=1)
        if y.ndim == x.ndim - 1:
            if y.dtype not in tensor.discrete_dtypes:
                raise TypeError(
                    f'{self.name}: y with one axis less than x must be the '
                    f'indices of the classes, integers, got {y.dtype}')
            classes = checked_classes(describe(self), y, x)
            rows = tensor.arange(y.shape[0])
            targets = rows * log_probabilities.shape[1] + classes
            return -log_probabilities.flatten()[targets]
        raise TypeError(
            f'{self.name}: rank mismatch between x and y: x has {x.ndim} '
            f'axes, so y must have {x.ndim - 1} (classes) or {x.ndim} '
            f'(probabilities), got {y.ndim}')


class NDimensionalSoftmax(Softmax):
    decorators = [WithExtraDims()]
