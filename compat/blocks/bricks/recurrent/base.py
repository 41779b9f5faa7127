"""The decorator that applies a step to whole sequences."""
import logging
from dataclasses import dataclass
from functools import wraps

import theano
from theano import Variable, tensor
from theano.scan_module.scan_op import Scan
from theano.tensor.subtensor import Subtensor

from rnn_kernels import building_step

from ...initialization import NdarrayInitialization
from ...utils import dict_subset, dict_union, is_shared_variable, pack
from ..base import Application, BoundApplication, Brick, application
from ..ownership import describe
from ..signatures import Signature
from .kernels import Explaining, check_mask_of, iterate_in_kernels

logger = logging.getLogger(__name__)


class BaseRecurrent(Explaining, Brick):
    """Base class of bricks with a recurrent application ``apply``."""

    has_bias = False

    @application
    def initial_states(self, batch_size, *args, **kwargs):
        r"""Return the initial states: zeros.

        Override it for states that are learned or depend on the input.

        Parameters
        ----------
        batch_size : int or scalar variable
            The number of sequences in the batch.
        \*args, \*\*kwargs
            The arguments of the recurrent application.

        Returns
        -------
        list of :class:`~tensor.TensorVariable`
            ``(batch, dim)`` for every state, or ``(batch,)`` if its
            dimension is 0.

        """
        dims = self.get_dims(self.apply.states)
        return [tensor.zeros((batch_size, dim) if dim else (batch_size,))
                for dim in dims]

    @initial_states.property('outputs')
    def initial_states_outputs(self):
        return self.apply.states


@dataclass
class _Arguments:
    """The arguments of a recurrent application, sorted by kind.

    Attributes
    ----------
    sequences, states, contexts : dict
        Variables by name: sequences, initial states, contexts.
    rest : dict
        Other arguments of the step, the same at each time step.

    """

    sequences: dict
    states: dict
    contexts: dict
    rest: dict

    @classmethod
    def sort(cls, application, kwargs):
        """Sort keyword arguments; ``None`` means that one is not given."""
        named = {name: value for name, value in kwargs.items()
                 if value is not None}
        groups = [dict_subset(named, names, must_have=False)
                  for names in (application.sequences, application.states,
                                application.contexts)]
        for group in groups:
            for name, value in group.items():
                if not isinstance(value, (NdarrayInitialization, Application,
                                          BoundApplication)):
                    group[name] = tensor.as_tensor_variable(value)
        known = {name for group in groups for name in group}
        scanned = {*application.sequences, *application.states,
                   *application.contexts}
        rest = {name: value for name, value in kwargs.items()
                if name not in known and name not in scanned}
        return cls(*groups, rest)

    def all(self):
        """Return all arguments by name."""
        return {**self.sequences, **self.states, **self.contexts, **self.rest}

    def take_lengths(self, label):
        """Return the number of steps and the batch size.

        They are determined by the shape of the first sequence or, without any
        sequence, by the arguments ``n_steps`` and ``batch_size``.

        """
        lengths = ('n_steps', 'batch_size')
        for name, sequence in self.sequences.items():
            for length in lengths:
                if length in self.rest:
                    raise TypeError(
                        f'{label}: omit {length!r}, as the sequence '
                        f'{name!r} determines it')
            if sequence.ndim < 2:
                raise ValueError(
                    f'{label}: the sequence {name!r} must have the axes '
                    f'(time, batch, ...), got {sequence.ndim} axis; to apply '
                    'a single step, pass iterate=False')
            return sequence.shape[0], sequence.shape[1]
        missing = [length for length in lengths if length not in self.rest]
        if missing:
            raise ValueError(f'{label}: without any sequence '
                             f'{" and ".join(missing)} must be given')
        return tuple(self.rest.pop(length) for length in lengths)

    def warn_of_hidden_inputs(self, label):
        """Warn of arguments that are neither sequences, states nor contexts.

        The loop must find such variables itself, hence the warning. Only the
        step shows whether an argument is used: it may be for a function that
        wraps this one.

        """
        for name, value in self.rest.items():
            if isinstance(value, Variable) and not is_shared_variable(value):
                logger.warning(
                    f'{label}: {name!r} is neither a sequence nor a state '
                    'nor a context, so the loop treats it as an unknown '
                    'input, which can make gradients slow; declare it: '
                    f'@recurrent(..., contexts=[{name!r}])')


def _complete_states(brick, application, arguments, batch_size, args):
    """Return an initial value for every state, in order.

    A given state may be a variable, an initialisation scheme or an application
    that returns it. The others come from the brick.

    """
    given = arguments.states
    defaults = brick.initial_states(batch_size, *args, as_dict=True,
                                    **arguments.all())
    states = {}
    for name in application.states:
        state = given.get(name, defaults.get(name))
        if state is None:
            raise KeyError(
                f'{describe(brick)}: no initial state for {name!r}; pass it, '
                'or let initial_states return it')
        if isinstance(state, NdarrayInitialization):
            dim = brick.get_dim(name)
            state = tensor.alloc(state.generate(brick.rng, (1, dim)),
                                 batch_size, dim)
        elif isinstance(state, (Application, BoundApplication)):
            state = state(name, batch_size, *args, **{
                **arguments.all(), **states})
        # The loop must not require an axis of length one to keep that length.
        states[name] = tensor.unbroadcast(state, *range(state.ndim))
    return states


def _with_initial_state(states, initial_state):
    """Prepend the initial state to the states of all time steps."""
    node = states.owner
    if node is not None and isinstance(node.op, Subtensor):
        source = node.inputs[0]
        if source.owner is not None and isinstance(source.owner.op, Scan):
            return source   # the loop has also stored the initial state
    return tensor.concatenate(
        [tensor.shape_padleft(initial_state), states])


def _iterate(step):
    """Make the function of an application from the function of one step."""
    signature = Signature(step)

    @wraps(step)
    def recurrent_apply(brick, application, application_call, *args,
                        **kwargs):
        """Iterate a step.

        Parameters
        ----------
        iterate : bool, optional
            If ``False``, compute a single time step, on variables without a
            time axis.
        reverse : bool, optional
            Whether to process the sequences from their ends. The outputs are
            then in the order of processing.
        return_initial_states : bool, optional
            Whether to prepend the initial states, which adds one time step.
        scan_kwargs : dict, optional
            Further arguments for :func:`theano.scan`.

        """
        label = f'{describe(brick)}.{application.name}'
        if not kwargs.pop('iterate', True):
            signature.check(label, brick, args, kwargs)
            return step(brick, *args, **kwargs)
        reverse = kwargs.pop('reverse', False)
        return_initial_states = kwargs.pop('return_initial_states', False)
        scan_kwargs = kwargs.pop('scan_kwargs', {})
        if len(args) > len(signature.names):
            raise TypeError(
                f'{label}: at most {len(signature.names)} arguments can be '
                f'given by position ({", ".join(signature.names)}), got '
                f'{len(args)}; give the others by name')
        kwargs.update(zip(signature.names, args))
        arguments = _Arguments.sort(application, kwargs)
        n_steps, batch_size = arguments.take_lengths(label)
        arguments.warn_of_hidden_inputs(label)
        arguments.states = _complete_states(brick, application, arguments,
                                            batch_size, args)
        # Theano passes the states in the order of the outputs.
        fed_back = [name for name in application.outputs
                    if name in application.states]
        order = [*arguments.sequences, *fed_back, *arguments.contexts]

        def one_step(*variables):
            with building_step():
                outputs = application(
                    iterate=False, **arguments.rest,
                    **dict(zip(order, variables, strict=True)))
            # Stored for code that transforms graphs inside loops.
            application_call.inner_inputs = list(variables)
            application_call.inner_outputs = pack(outputs)
            return outputs

        check_mask_of(label, arguments.sequences, arguments.states)
        results, updates = None, None
        if not scan_kwargs:
            results = iterate_in_kernels(
                brick, label,
                lambda **rows: one_step(*(rows[name] for name in order)),
                application.outputs, arguments, reverse)
        application_call.in_kernels = results is not None
        if results is None:
            results, updates = theano.scan(
                one_step, sequences=list(arguments.sequences.values()),
                outputs_info=[arguments.states.get(name)
                              for name in application.outputs],
                non_sequences=list(arguments.contexts.values()),
                n_steps=n_steps, go_backwards=reverse,
                name=f'{brick.name}_{application.name}_scan', **scan_kwargs)
            results = pack(results)
        if return_initial_states:
            results = [
                _with_initial_state(result, arguments.states[name])
                if name in fed_back else result
                for name, result in zip(application.outputs, results)]
        if updates:
            application_call.updates = dict_union(application_call.updates,
                                                  updates)
        return results

    return recurrent_apply


def recurrent(*args, **kwargs):
    r"""Decorate one step of a recurrent brick, to apply it to sequences.

    The decorated method maps the elements of the sequences at one time step,
    the current states and the contexts to the next states and any further
    outputs. The application iterates it along the first axis of the sequences.
    Besides the arguments of the method it takes the keywords
    ``iterate``, ``reverse``, ``return_initial_states`` and ``scan_kwargs``.

    Initial states may be passed by name: as variables, as initialisation
    schemes, or as applications that are called with the state's name and
    the batch size. Others are taken from the brick's ``initial_states``.

    Parameters
    ----------
    \*args : callable
        The method, if used as ``@recurrent``; all of the keywords below must
        then be defined in another way, e.g. as properties.
    sequences : list of str
        The inputs with a leading time axis, ``(time, batch, ...)``. Those that
        a call omits keep their default.
    states : list of str
        The inputs that are passed from one step to the next.
    contexts : list of str
        The inputs that are the same at each step.
    outputs : list of str
        The outputs of the step; those with the name of a state are the next
        states.

    Returns
    -------
    :class:`~blocks.bricks.base.Application` or callable
        The application, or a decorator that makes it.

    Examples
    --------
    >>> import numpy
    >>> from theano import config, tensor
    >>> class Sum(BaseRecurrent):
    ...     @recurrent(sequences=['inputs'], states=['total'], contexts=[],
    ...                outputs=['total'])
    ...     def apply(self, inputs, total):
    ...         return total + inputs
    ...     def get_dim(self, name):
    ...         return 1
    >>> x = tensor.tensor3('x')
    >>> total = Sum().apply(x)
    >>> total.eval({x: numpy.ones((4, 1, 1), config.floatX)}).ravel().tolist()
    [1.0, 2.0, 3.0, 4.0]

    """
    if kwargs and not args:
        return lambda step: application(**kwargs)(_iterate(step))
    if len(args) == 1 and not kwargs:
        return application(_iterate(args[0]))
    raise ValueError('use @recurrent(sequences=[...], states=[...], '
                     'contexts=[...], outputs=[...]), or @recurrent alone')
