"""Parallel transformations with several inputs or outputs."""
from copy import deepcopy

from ..utils import extract_args, pack
from ..utils.checks import check_instance, check_list
from .arguments import brick, checked, dims, names, string
from .base import Brick, application, lazy
from .interfaces import Initializable
from .ownership import describe
from .simple import Linear


class Parallel(Initializable):
    r"""Apply a separate transformation to each of several inputs.

    Parameters
    ----------
    input_names : list of str
        The names of the inputs.
    input_dims : list of int
        Their dimensions, in the same order. Needed for allocation.
    output_dims : list of int
        The dimensions of the outputs. Needed for allocation.
    prototype : :class:`~blocks.bricks.Feedforward`
        Copied for every input.
    child_prefix : str, optional
        Prefix of the names of the copies, ``'transform'`` by default.
    \*\*kwargs
        See :class:`~blocks.bricks.Initializable`.

    Examples
    --------
    >>> from theano import tensor
    >>> from blocks.initialization import Constant
    >>> x, y = tensor.matrices('x', 'y')
    >>> parallel = Parallel(['x', 'y'], [2, 3], [1, 2],
    ...                     prototype=Linear(use_bias=False),
    ...                     weights_init=Constant(2))
    >>> parallel.initialize()
    >>> new_x, new_y = parallel.apply(x=x, y=y)
    >>> new_y.eval({y: [[1, 1, 1]]}).tolist()
    [[6.0, 6.0]]

    """

    @checked(input_dims=dims, output_dims=dims, input_names=names,
             child_prefix=string)
    @lazy(allocation=['input_names', 'input_dims', 'output_dims'])
    def __init__(self, input_names, input_dims, output_dims, prototype,
                 child_prefix=None, **kwargs):
        super().__init__(**kwargs)
        who = type(self).__name__
        check_instance(who, 'prototype', prototype, Brick, 'a brick')
        if not check_list(who, 'names of inputs or outputs', input_names,
                          str, 'strings'):
            raise ValueError(f'{who}: the names of inputs or outputs must be '
                             'one or more, got none')
        self.input_names = input_names
        self.input_dims = input_dims
        self.output_dims = output_dims
        self.prototype = prototype
        self.children = [deepcopy(prototype) for _ in input_names]
        for child, name in zip(self.children, input_names):
            child.name = f'{child_prefix or "transform"}_{name}'

    def _push_allocation_config(self):
        for name in 'input_dims', 'output_dims':
            dims(describe(self), name, getattr(self, name))
        lengths = {len(self.input_dims), len(self.output_dims),
                   len(self.children)}
        if len(lengths) > 1:
            raise ValueError(
                f'{describe(self)}: {self.input_names} need as many input '
                f'and output dimensions, got {self.input_dims} and '
                f'{self.output_dims}')
        for child, input_dim, output_dim in zip(
                self.children, self.input_dims, self.output_dims):
            child.input_dim, child.output_dim = input_dim, output_dim

    @application
    def apply(self, *args, **kwargs):
        r"""Transform the inputs.

        Parameters
        ----------
        \*args, \*\*kwargs : :class:`~tensor.TensorVariable`
            The inputs, by position or by name.

        Returns
        -------
        list of :class:`~tensor.TensorVariable`
            The outputs, in the order of the inputs' names.

        Raises
        ------
        KeyError, TypeError, ValueError
            If there is an unknown input, if one is given twice, or if one
            is missing.

        """
        try:
            inputs = extract_args(self.input_names, *args, **kwargs)
        except (KeyError, TypeError, ValueError) as error:
            raise type(error)(f'{describe(self)}: {error.args[0]}') from None
        return [child.apply(input_)
                for child, input_ in zip(self.children, inputs.values())]

    @apply.property('outputs')
    @apply.property('inputs')
    def apply_names(self):
        return self.input_names


class Fork(Parallel):
    r"""Compute several outputs from one input.

    Usually computes the inputs and gate inputs of a recurrent brick.

    Parameters
    ----------
    output_names : list of str
        The names of the outputs.
    input_dim : int
        The dimension of the input. Needed for allocation.
    output_dims : list of int
        The dimensions of the outputs. Needed for allocation.
    prototype : :class:`~blocks.bricks.Feedforward`, optional
        Copied for every output; by default :class:`~blocks.bricks.Linear`.
    \*\*kwargs
        See :class:`Parallel`. `child_prefix` is ``'fork'`` by default.

    Examples
    --------
    >>> from theano import tensor
    >>> from blocks.initialization import Constant
    >>> x = tensor.matrix('x')
    >>> fork = Fork(['y', 'z'], input_dim=2, output_dims=[1, 3],
    ...             weights_init=Constant(2), biases_init=Constant(1))
    >>> fork.initialize()
    >>> y, z = fork.apply(x)
    >>> z.eval({x: [[1, 1]]}).tolist()
    [[5.0, 5.0, 5.0]]

    """

    @checked(output_names=names, output_dims=dims, prototype=brick)
    @lazy(allocation=['input_dim'])
    def __init__(self, output_names, input_dim, prototype=None, **kwargs):
        self.output_names = output_names
        self.input_dim = input_dim
        kwargs.setdefault('child_prefix', 'fork')
        # The input dimensions are derived from `input_dim` once it is known.
        super().__init__(output_names, input_dims=None,
                         prototype=prototype or Linear(), **kwargs)

    def _push_allocation_config(self):
        self.input_dims = [self.input_dim] * len(self.output_names)
        super()._push_allocation_config()

    @application(inputs=['input_'])
    def apply(self, input_):
        """Return the outputs, in the order of `output_names`."""
        return super().apply(**dict.fromkeys(self.input_names, input_))

    @apply.property('outputs')
    def apply_outputs(self):
        return super().apply.outputs


class Distribute(Fork):
    r"""Add transformations of one variable to several others.

    Parameters
    ----------
    target_names : list of str
        The names of the variables to add to.
    source_name : str
        The name of the variable to transform. Needed for allocation.
    target_dims : list of int
        The dimensions of the targets. Needed for allocation.
    source_dim : int
        The dimension of the source. Needed for allocation.
    prototype : :class:`~blocks.bricks.Feedforward`, optional
        Copied for every target; by default :class:`~blocks.bricks.Linear`
        without bias.
    \*\*kwargs
        See :class:`Parallel`.

    Examples
    --------
    >>> from theano import tensor
    >>> from blocks.initialization import Constant
    >>> x, y, z = tensor.matrices('x', 'y', 'z')
    >>> distribute = Distribute(['x', 'y'], 'z', target_dims=[2, 3],
    ...                         source_dim=3, weights_init=Constant(2))
    >>> distribute.initialize()
    >>> new_x, new_y = distribute.apply(x=x, y=y, z=z)
    >>> new_x.eval({x: [[2, 2]], z: [[1, 1, 1]]}).tolist()
    [[8.0, 8.0]]

    """

    @checked(target_names=names, source_name=string, target_dims=dims,
             prototype=brick)
    @lazy(allocation=['source_name', 'target_dims', 'source_dim'])
    def __init__(self, target_names, source_name, target_dims, source_dim,
                 prototype=None, **kwargs):
        self.source_name, self.source_dim = source_name, source_dim
        self.target_names, self.target_dims = target_names, target_dims
        super().__init__(output_names=target_names, output_dims=target_dims,
                         input_dim=source_dim,
                         prototype=prototype or Linear(use_bias=False),
                         **kwargs)

    def _push_allocation_config(self):
        self.input_dim = self.source_dim
        self.output_dims = self.target_dims
        super()._push_allocation_config()

    @application
    def apply(self, **kwargs):
        r"""Return the targets with the source distributed across them.

        Parameters
        ----------
        \*\*kwargs : :class:`~tensor.TensorVariable`
            The source and all the targets, by name.

        Returns
        -------
        list of :class:`~tensor.TensorVariable`
            The new targets, in the order of `target_names`.

        Raises
        ------
        ValueError
            If there are other inputs.

        """
        expected = [self.source_name, *self.target_names]
        if set(kwargs) != set(expected):
            raise ValueError(f'{describe(self)}: expected the inputs '
                             f'{expected}, got {list(kwargs)}')
        additions = super().apply(kwargs[self.source_name], as_list=True)
        return [addition + kwargs[name] for addition, name
                in zip(additions, self.target_names)]

    @apply.property('outputs')
    def apply_outputs(self):
        return self.target_names

    @apply.property('inputs')
    def apply_inputs(self):
        return [self.source_name, *self.target_names]


class Merge(Parallel):
    r"""Transform several inputs and add up the results.

    Parameters
    ----------
    input_names : list of str
        The names of the inputs.
    input_dims : list of int
        Their dimensions. Needed for allocation.
    output_dim : int
        The dimension of the sum. Needed for allocation.
    prototype : :class:`~blocks.bricks.Feedforward`, optional
        Copied for every input; by default :class:`~blocks.bricks.Linear`
        without bias. One bias is enough for a sum:
        ``merge.children[0].use_bias = True``.
    \*\*kwargs
        See :class:`Parallel`.

    Examples
    --------
    >>> from theano import tensor
    >>> from blocks.initialization import Constant
    >>> a, b = tensor.matrices('a', 'b')
    >>> merge = Merge(['a', 'b'], input_dims=[3, 4], output_dim=2,
    ...               weights_init=Constant(1.))
    >>> merge.initialize()
    >>> merge.apply(a=a, b=b).eval({a: [[1, 1, 1]],
    ...                             b: [[2, 2, 2, 2]]}).tolist()
    [[11.0, 11.0]]

    """

    @checked('input_names', input_names=names, input_dims=dims,
             prototype=brick)
    @lazy(allocation=['input_dims', 'output_dim'])
    def __init__(self, input_names, input_dims, output_dim, prototype=None,
                 **kwargs):
        self.output_dim = output_dim
        super().__init__(input_names, input_dims,
                         [output_dim] * len(input_names),
                         prototype or Linear(use_bias=False), **kwargs)

    def _push_allocation_config(self):
        self.output_dims = [self.output_dim] * len(self.input_names)
        super()._push_allocation_config()

    @application(outputs=['output'])
    def apply(self, *args, **kwargs):
        """Return the sum; the inputs may be given by position or name."""
        return sum(pack(super().apply(*args, **kwargs)))

    @apply.property('inputs')
    def apply_inputs(self):
        return self.input_names
