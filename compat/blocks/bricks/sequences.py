"""Bricks applied one after another."""
from collections.abc import Iterable
from copy import deepcopy
from itertools import chain

from theano import Variable

from ..utils import pack
from ..utils.checks import check_instance, check_list
from .applications import BoundApplication
from .base import Brick, application, lazy
from .dimensions import kept_by
from .interfaces import Feedforward, Initializable
from .laziness import LazyNone
from .ownership import describe, with_children
from .simple import Linear


class Sequence(Brick):
    """Apply several bricks, each to the outputs of the previous one.

    Parameters
    ----------
    application_methods : list
        The applications: bricks, for their ``apply`` method, or application
        methods of bricks. The bricks become the children.

    """

    def __init__(self, application_methods, **kwargs):
        who = type(self).__name__
        steps = check_list(who, 'application_methods', application_methods,
                           (Brick, BoundApplication),
                           'bricks or their application methods')
        if not steps:
            raise ValueError(f'{who}: application_methods must have at least '
                             'one brick, got none')
        self.application_methods = tuple(
            step.apply if isinstance(step, Brick) else step
            for step in steps)
        bricks = dict.fromkeys(step.brick
                               for step in self.application_methods)
        super().__init__(**with_children(kwargs, *bricks))

    @application
    def apply(self, *args):
        """Return the outputs of the last brick."""
        for step in self.application_methods:
            args = pack(step(*args))
        return args

    @apply.property('outputs')
    def apply_outputs(self):
        return self.application_methods[-1].outputs

    @apply.property('inputs')
    def apply_inputs(self):
        return self.application_methods[0].inputs


class FeedforwardSequence(Sequence, Feedforward):
    """A sequence that begins and ends with a :class:`Feedforward` brick."""

    input_dim = kept_by(lambda sequence: sequence.children[0], 'input_dim',
                        'The input dimension of the first brick.')
    output_dim = kept_by(lambda sequence: sequence.children[-1],
                         'output_dim',
                         'The output dimension of the last brick.')


class MLP(FeedforwardSequence, Initializable):
    r"""A multi-layer perceptron: linear transformations with activations.

    Parameters
    ----------
    activations : list
        A brick, an application method or ``None`` for every layer.
    dims : list of int
        The input dimension, then the output dimension of each layer. Needed
        for allocation.
    prototype : :class:`Brick`, optional
        Copied for every layer's transformation, by default :class:`Linear`.
    \*\*kwargs
        See :class:`Initializable`.

    Notes
    -----
    The initialisation schemes of the MLP override those of its layers. To
    treat a layer differently, push the configuration first:

    >>> from blocks.bricks import Tanh
    >>> from blocks.initialization import Constant, IsotropicGaussian
    >>> mlp = MLP([Tanh(), None], [30, 20, 10], biases_init=Constant(0),
    ...           weights_init=IsotropicGaussian())
    >>> mlp.push_initialization_config()
    >>> mlp.linear_transformations[0].weights_init = Constant(0)
    >>> mlp.initialize()

    """

    @lazy(allocation=['dims'])
    def __init__(self, activations, dims, prototype=None, **kwargs):
        if prototype is None:
            prototype = Linear()
        check_instance('MLP', 'prototype', prototype, Brick, 'a brick')
        activations = check_list(
            'MLP', 'activations', activations, (Brick, BoundApplication),
            'bricks (or None), one for each layer', optional=True)
        if not activations:
            raise ValueError('MLP: activations must have at least one layer '
                             '(None for one without), got none')
        if dims is not None and not isinstance(dims, LazyNone):
            if isinstance(dims, (str, Variable)) or not isinstance(dims,
                                                                   Iterable):
                raise TypeError('MLP: dims must be a list of integers, the '
                                f'input dimension first, got {dims!r}')
            dims = list(dims)
        self.prototype = prototype
        self.activations = activations
        self.linear_transformations = [deepcopy(prototype)
                                       for _ in activations]
        kind = type(prototype).__name__.lower()
        for layer, linear in enumerate(self.linear_transformations):
            linear.name = f'{kind}_{layer}'
        self.dims = list(dims or [None] * (len(activations) + 1))
        layers = chain.from_iterable(zip(self.linear_transformations,
                                         activations))
        super().__init__([step for step in layers if step is not None],
                         **kwargs)

    @property
    def input_dim(self):
        """The first of `dims`."""
        return self.dims[0]

    @input_dim.setter
    def input_dim(self, dim):
        self.dims[0] = dim

    @property
    def output_dim(self):
        """The last of `dims`."""
        return self.dims[-1]

    @output_dim.setter
    def output_dim(self, dim):
        self.dims[-1] = dim

    def _push_allocation_config(self):
        layers = self.linear_transformations
        if len(self.dims) != len(layers) + 1:
            raise ValueError(
                f'{describe(self)}: {len(layers)} layers need '
                f'{len(layers) + 1} dims, the input dimension first, got '
                f'{self.dims}')
        for layer, input_dim, output_dim in zip(layers, self.dims,
                                                self.dims[1:]):
            layer.input_dim, layer.output_dim = input_dim, output_dim
            if getattr(self, 'use_bias', None) is not None:
                layer.use_bias = self.use_bias
