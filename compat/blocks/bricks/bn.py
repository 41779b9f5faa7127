"""Batch normalisation."""
from collections.abc import Sequence as SequenceABC

import numpy
import theano
from theano import tensor

from ..annotations import add_annotation
from ..initialization import Constant
from ..roles import (
    BATCH_NORM_DIVISOR,
    BATCH_NORM_MINIBATCH_ESTIMATE,
    BATCH_NORM_OFFSET,
    BATCH_NORM_POPULATION_MEAN,
    BATCH_NORM_POPULATION_STDEV,
    BATCH_NORM_SCALE_PARAMETER,
    BATCH_NORM_SHIFT_PARAMETER,
    add_role,
)
from ..utils import is_shared_variable, shared_floatx, shared_floatx_nans
from ..utils.checks import check_list, check_number
from .applications import BoundApplication
from .arguments import checked, flag, flags
from .arguments import scheme as some_scheme
from .base import Brick, application, lazy
from .interfaces import Feedforward, RNGMixin
from .ownership import allocate_parameter, describe
from .sequences import MLP, Sequence


class BatchNormalization(RNGMixin, Feedforward):
    r"""Normalise features, then scale and shift them.

    .. math:: y = \gamma \frac{x - \mu}{\sigma} + \beta

    By default :math:`\mu` and :math:`\sigma` are statistics of the
    population, shared variables with initial values 0 and 1 that the user must
    update. In training mode they are computed from the batch, with
    :math:`\sigma = \sqrt{\mathrm{var} + \epsilon}`; the brick is a context
    manager that switches to this mode. See
    :func:`~blocks.graph.batch_normalization` and
    :func:`~blocks.graph.apply_batch_normalization` to switch all such
    bricks of a model, and
    :func:`~blocks.graph.get_batch_normalization_updates` for the updates.

    Parameters
    ----------
    input_dim : int or tuple of int
        The shape of an example, without the axis for the batch. Needed for
        allocation.
    broadcastable : tuple of bool, optional
        For every axis of an example, whether the statistics are also computed
        over that axis. They are always computed over the batch axis.
    conserve_memory : bool, optional
        Stored as an attribute; has no effect, since the expression is fused on
        compilation.
    epsilon : float, optional
        The :math:`\epsilon` above.
    scale_init, shift_init : optional
        Initialisation schemes for :math:`\gamma` (1 by default) and
        :math:`\beta` (0 by default). Parents do not change them.
    mean_only : bool, optional
        Whether to omit :math:`\sigma` and :math:`\gamma`.
    learn_scale, learn_shift : bool, optional
        Whether :math:`\gamma` and :math:`\beta` are parameters.

    Notes
    -----
    Do not train in the default mode: scale and shift make it unstable.

    References
    ----------
    S. Ioffe and C. Szegedy, *Batch normalization: accelerating deep network
    training by reducing internal covariate shift*, ICML (2015), 448-456.

    T. Salimans and D. P. Kingma, *Weight normalization: a simple
    reparameterization to accelerate training of deep neural networks*,
    arXiv:1602.07868 (2016), for `mean_only`.

    """

    @checked(broadcastable=flags, conserve_memory=flag,
             scale_init=some_scheme, shift_init=some_scheme, mean_only=flag,
             learn_scale=flag, learn_shift=flag)
    @lazy(allocation=['input_dim'])
    def __init__(self, input_dim, broadcastable=None, conserve_memory=True,
                 epsilon=1e-4, scale_init=None, shift_init=None,
                 mean_only=False, learn_scale=True, learn_shift=True,
                 **kwargs):
        super().__init__(**kwargs)
        self.input_dim, self.broadcastable = input_dim, broadcastable
        self.scale_init = Constant(1) if scale_init is None else scale_init
        self.shift_init = Constant(0) if shift_init is None else shift_init
        self.learn_scale, self.learn_shift = learn_scale, learn_shift
        self.mean_only = mean_only
        self.epsilon = check_number(self, 'epsilon', epsilon, least=0)
        self.conserve_memory = conserve_memory
        # Nesting depth of training mode.
        self._training_depth = 0

    def __enter__(self):
        self._training_depth += 1
        return self

    def __exit__(self, *exc_info):
        self._training_depth -= 1

    @property
    def output_dim(self):
        """The same as `input_dim`."""
        return self.input_dim

    def _has_axes(self):
        return isinstance(self.input_dim, SequenceABC)

    @property
    def image_size(self):
        """The last two dimensions, for images."""
        return self.input_dim[-2:]

    @image_size.setter
    def image_size(self, size):
        channels = self.input_dim[0] if self._has_axes() else None
        self.input_dim = (channels, *size)

    @property
    def num_channels(self):
        """The first dimension, for images."""
        return self.input_dim[0]

    @num_channels.setter
    def num_channels(self, channels):
        size = self.input_dim[-2:] if self._has_axes() else (None, None)
        self.input_dim = (channels, *size)

    @property
    def num_output_channels(self):
        """The same as :attr:`num_channels`."""
        return self.num_channels

    def get_dim(self, name):
        if name in ('input', 'input_', 'output'):
            return self.input_dim
        raise KeyError(f'{describe(self)}: no dimension known for {name!r}, '
                       "only for 'input_' and 'output'")

    def _allocate(self):
        dims = (tuple(self.input_dim) if self._has_axes()
                else (self.input_dim,))
        pattern = (tuple(self.broadcastable) if self.broadcastable
                   else (False,) * len(dims))
        if len(pattern) != len(dims):
            raise ValueError(
                f'{describe(self)}: input_dim and broadcastable must have '
                f'the same length, got {dims} and {pattern}')
        shape = tuple(1 if same else dim for dim, same in zip(dims, pattern))

        def learnt(name, role):
            return allocate_parameter(
                self, name, shape, role,
                lambda shape, name: shared_floatx_nans(
                    shape, name=name, broadcastable=pattern))

        def statistic(name, role, value):
            # Not a parameter: training must not change it.
            variable = shared_floatx(numpy.full(shape, value), name=name,
                                     broadcastable=pattern)
            add_role(variable, role)
            add_annotation(variable, self)
            return variable

        def fixed(value):
            return tensor.constant(value, dtype=theano.config.floatX)

        self.shift = (
            learnt('batch_norm_shift', BATCH_NORM_SHIFT_PARAMETER)
            if self.learn_shift else fixed(0.))
        self.scale = (
            learnt('batch_norm_scale', BATCH_NORM_SCALE_PARAMETER)
            if self.learn_scale and not self.mean_only else fixed(1.))
        self.population_mean = statistic(
            'population_mean', BATCH_NORM_POPULATION_MEAN, 0.)
        self.population_stdev = statistic(
            'population_stdev', BATCH_NORM_POPULATION_STDEV, 1.)

    def _initialize(self):
        # Check the variables, not `learn_scale` and `learn_shift`, which may
        # have changed since allocation.
        for variable, scheme in ((self.shift, self.shift_init),
                                 (self.scale, self.scale_init)):
            if is_shared_variable(variable):
                scheme.initialize(variable, self.rng)

    @property
    def normalization_axes(self):
        """The axes of the input over which to compute the statistics."""
        return (0, *(axis for axis, same
                     in enumerate(self.population_mean.broadcastable, 1)
                     if same))

    def _population_statistics(self):
        mean = _with_batch_axis(self.population_mean)
        if self.mean_only:
            return mean, tensor.ones_like(mean)
        return mean, _with_batch_axis(self.population_stdev)

    def _batch_statistics(self, input_):
        axes = self.normalization_axes
        mean = input_.mean(axis=axes, keepdims=True)
        add_role(mean, BATCH_NORM_MINIBATCH_ESTIMATE)
        if self.mean_only:
            return mean, tensor.ones_like(mean)
        # Two passes are accurate and never return negative values.
        variance = tensor.sqr(input_ - mean).mean(axis=axes, keepdims=True)
        epsilon = numpy.asarray(self.epsilon, dtype=theano.config.floatX)
        stdev = tensor.sqrt(variance + epsilon)
        add_role(stdev, BATCH_NORM_MINIBATCH_ESTIMATE)
        return mean, stdev

    @application(inputs=['input_'], outputs=['output'])
    def apply(self, input_, application_call):
        """Normalise.

        Parameters
        ----------
        input_ : :class:`~tensor.TensorVariable`
            ``(batch, *input_dim)``.

        Returns
        -------
        output : :class:`~tensor.TensorVariable`
            The result, in the shape of `input_`.

        """
        training = self._training_depth > 0
        mean, stdev = (self._batch_statistics(input_) if training
                       else self._population_statistics())
        # Without the batch axis they have the shape of the population's.
        application_call.metadata.update(
            training_mode=training, offset=mean[0], divisor=stdev[0])
        for variable, role in ((mean, BATCH_NORM_OFFSET),
                               (stdev, BATCH_NORM_DIVISOR)):
            add_role(variable, role)
            add_annotation(variable, self)
            add_annotation(variable, application_call)
        scale = _with_batch_axis(self.scale)
        shift = _with_batch_axis(self.shift)
        return (input_ - mean) * (scale / stdev) + shift


def _with_batch_axis(variable):
    padded = tensor.shape_padleft(variable)
    padded.name = f'shape_padleft({variable.name})'
    return padded


class SpatialBatchNormalization(BatchNormalization):
    r"""Batch normalisation of channels, over all positions of an image.

    Parameters
    ----------
    input_dim : tuple of int
        The shape of an example: the channels, then any number of spatial
        axes.
    \*\*kwargs
        See :class:`BatchNormalization`.

    """

    def _allocate(self):
        if not self._has_axes() or len(self.input_dim) < 2:
            raise ValueError(
                f'{describe(self)}: input_dim must have channels and at '
                'least one spatial axis, e.g. (channels, height, width), '
                f'got {self.input_dim!r}')
        self.broadcastable = (False, *(True for _ in self.input_dim[1:]))
        super()._allocate()


class BatchNormalizedMLP(MLP):
    r"""An MLP that normalises the input of every activation.

    Each activation becomes a :class:`~blocks.bricks.Sequence` of a
    :class:`BatchNormalization` brick and the activation. The linear
    transformations have no biases, unless `use_bias` is ``True``: the
    normalisation has shifts.

    Parameters
    ----------
    conserve_memory, mean_only, learn_scale, learn_shift : bool, optional
        See :class:`BatchNormalization`.
    \*args, \*\*kwargs
        See :class:`~blocks.bricks.MLP`.

    """

    @checked(conserve_memory=flag, mean_only=flag, learn_scale=flag,
             learn_shift=flag)
    @lazy(allocation=['dims'])
    def __init__(self, activations, dims, *args, conserve_memory=True,
                 mean_only=False, learn_scale=True, learn_shift=True,
                 **kwargs):
        self.mean_only = mean_only
        self.learn_scale = learn_scale
        self.learn_shift = learn_shift
        normalised = [
            Sequence([BatchNormalization(conserve_memory=conserve_memory),
                      activation], name=f'batch_norm_activation_{layer}')
            for layer, activation in enumerate(check_list(
                type(self).__name__, 'activations', activations,
                (Brick, BoundApplication), 'bricks, one for each layer'))]
        kwargs.setdefault('use_bias', False)
        super().__init__(normalised, dims, *args, **kwargs)

    @property
    def _normalizations(self):
        return [activation.children[0] for activation in self.activations]

    @property
    def conserve_memory(self):
        """A setting that is passed on to the children when it changes."""
        return self._normalizations[0].conserve_memory

    @conserve_memory.setter
    def conserve_memory(self, value):
        for brick in self._normalizations:
            brick.conserve_memory = value

    def _push_allocation_config(self):
        super()._push_allocation_config()
        for brick, dim in zip(self._normalizations, self.dims[1:]):
            brick.input_dim = dim
            brick.mean_only = self.mean_only
            brick.learn_scale = self.learn_scale
            brick.learn_shift = self.learn_shift
