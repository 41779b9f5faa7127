"""The base class of recurrent bricks and the decorator of their step.

A transition is a brick whose ``apply`` is one time step decorated with
:func:`recurrent`. Stacks, :class:`~blocks_rnn_bricks.Regularized` and
:class:`~blocks_rnn_bricks.Sampler` accept any recurrent brick of Blocks;
:class:`Transition` declares the additional attributes that they use, with
defaults.

"""
import inspect
import numbers
from functools import wraps
from typing import Optional

from blocks.bricks import Initializable
from blocks.bricks import recurrent as blocks_recurrent
from blocks.bricks.base import BoundApplication, application
from blocks.bricks.recurrent import BaseRecurrent
from blocks.utils import pack
from theano import tensor

import rnn_kernels
from blocks_rnn_bricks.checks import as_variable, check_sequence, check_state
from blocks_rnn_bricks.masking import zero_padding
from blocks_rnn_bricks.settings import (
    check_flag,
    check_strings,
    check_transition,
    describe,
    naming,
)
from rnn_kernels import Explanation

#: The keywords of Blocks' ``recurrent``.
_SIGNATURE = ('sequences', 'states', 'contexts', 'outputs')

#: Arguments of a recurrent application that control the iteration.
_CONTROLS = ('iterate', 'reverse', 'return_initial_states')


class Transition(BaseRecurrent, Initializable):
    """Base class of recurrent bricks, with this package's attributes.

    Bricks that derive only from Blocks'
    :class:`~blocks.bricks.recurrent.BaseRecurrent` use the defaults.

    Attributes
    ----------
    fused : bool
        Whether kernels made from the step, if possible, compute sequences;
        otherwise a scan does. True by default.
    mask_outputs : bool
        Whether `apply` returns zeros where the mask is 0. By default, it
        repeats the state of the previous step. States are carried over in
        either case.
    takes_train : bool
        Whether `apply` has an argument `train` that turns noise on. False by
        default.
    precision : {None, 'float32', 'bfloat16'}
        Precision of the products in kernels, see
        :func:`rnn_kernels.precision`. With None, the default, it is that of
        the enclosing stack, of the environment variable
        ``BLOCKS_RNN_PRECISION``, or float32.

    Parameters
    ----------
    precision
        See above.

    """

    fused = True
    precision = None
    mask_outputs = False
    takes_train = False

    def __init__(self, precision=None, **kwargs):
        self.precision = rnn_kernels.check_precision(
            '{}: precision'.format(naming(self, kwargs)), precision)
        super().__init__(**kwargs)

    def remedy(self, name: str) -> str:
        """Return the remedy for a wrong number of features of a sequence.

        Parameters
        ----------
        name : str
            A sequence of `apply`.

        Returns
        -------
        str
            The end of an error message.

        """
        return 'apply Linear(output_dim={}) first'.format(self.get_dim(name))

    def explain(self, application: Optional[BoundApplication] = None
                ) -> Explanation:
        """Report whether kernels are made from a step and, if not, why.

        Parameters
        ----------
        application : :class:`~blocks.bricks.base.BoundApplication`, optional
            A recurrent application of this brick, ``apply`` by default.

        Returns
        -------
        :class:`rnn_kernels.Explanation`
            Its string is a sentence with the result; its method `source`
            returns the generated code.

        """
        return explain(self, application)


def option(brick, name):
    """Return an attribute of :class:`Transition` for any recurrent brick.

    Parameters
    ----------
    brick : :class:`~blocks.bricks.recurrent.BaseRecurrent`
    name : str
        'fused', 'mask_outputs', 'takes_train' or 'precision'.

    Returns
    -------
    bool
        The brick's own value, or the default.

    """
    return getattr(brick, name, getattr(Transition, name))


def explain(brick: BaseRecurrent,
            application: Optional[BoundApplication] = None) -> Explanation:
    """Report whether kernels are made from the step of a brick.

    Parameters
    ----------
    brick : :class:`~blocks.bricks.recurrent.BaseRecurrent`
    application : :class:`~blocks.bricks.base.BoundApplication`, optional
        A recurrent application of the brick, ``apply`` by default.

    Returns
    -------
    :class:`rnn_kernels.Explanation`

    Raises
    ------
    TypeError
        If `brick` or `application` is not recurrent.

    """
    check_transition('explain', 'brick', brick)
    application = application or brick.apply
    if not hasattr(application, 'sequences'):
        raise TypeError(
            'explain: application must be a recurrent application of the '
            'brick, such as its apply, got {!r}'.format(application))
    who = describe(brick)
    if not option(brick, 'fused'):
        return rnn_kernels.Explanation(who, reason='fused=False')
    if not rnn_kernels.enabled():
        return rnn_kernels.Explanation(who, reason='kernels being turned off')
    if not brick.allocated:
        brick.allocate()
    return rnn_kernels.explain(
        lambda **rows: application(iterate=False, **rows),
        application.sequences, application.states, application.contexts,
        application.outputs, brick.get_dim, who)


def recurrent(*args, **signature):
    r"""Blocks' ``recurrent``, with checks, neutral padding and kernels.

    The decorated method is one time step, as with
    :func:`blocks.bricks.recurrent.recurrent`, and the application has the same
    arguments and behaviour: names, annotations, given or learned initial
    states, `iterate`, `reverse`, `return_initial_states`. In addition, on
    either stack,

    * sequences and mask are checked, both when the application is called and
      when the function runs;
    * the contents of the padding, even NaN, affect neither values nor
      gradients;
    * kernels made from the step compute whole sequences if they can, and
      `mask_outputs` is honoured; see :class:`Transition`.

    Parameters
    ----------
    \*args : callable
        The method, if used as ``@recurrent``; the names below must then be
        defined as properties.
    \*\*signature
        `sequences`, `states`, `contexts` and `outputs`, lists of names. A
        sequence named 'mask' is the mask.

    Returns
    -------
    :class:`~blocks.bricks.base.Application` or callable
        The application, or a decorator that returns it.

    Raises
    ------
    TypeError
        If the names are not lists of strings, or one is not an argument of
        the method.

    Examples
    --------
    >>> from theano import tensor
    >>> from blocks_rnn_bricks import Transition, carry_over, recurrent
    >>> class Leaky(Transition):
    ...     def get_dim(self, name):
    ...         return 0 if name == 'mask' else 3
    ...
    ...     @recurrent(sequences=['inputs', 'mask'], states=['states'],
    ...                contexts=[], outputs=['states'])
    ...     def apply(self, inputs, states, mask=None):
    ...         after = .9 * states + .1 * tensor.tanh(inputs)
    ...         return carry_over(mask, [after], [states])
    >>> Leaky(name='leaky').explain().fused
    True

    """
    _check_signature(args, signature)

    def decorate(step):
        names = list(inspect.signature(step).parameters)[1:]
        _check_arguments(step, signature)
        scanned = (blocks_recurrent(**signature) if signature
                   else blocks_recurrent)(step).application_function

        @wraps(step)
        def apply(brick, application, application_call, *args, **kwargs):
            arguments = {
                name: value for name, value in dict(
                    zip(names, args), **kwargs).items() if value is not None}
            for control in _CONTROLS:
                if control in arguments:
                    check_flag(describe(brick), control, arguments[control])
            iterate = arguments.get('iterate', True)
            if not rnn_kernels.inside_step():
                _check(brick, application, arguments, iterate)
            if not iterate:
                return scanned(brick, application, application_call,
                               **arguments)
            outputs = _in_kernels(brick, application, arguments)
            if outputs is None:
                _zero_padding(application, arguments)
                with rnn_kernels.disabled(), rnn_kernels.building_step():
                    outputs = pack(scanned(brick, application,
                                           application_call, **arguments))
            return _mask_outputs(brick, outputs, arguments)

        made = (application(**signature) if signature
                else application)(apply)
        made.keeps_padding_out = True
        return made
    return decorate(*args) if args else decorate


def _check_signature(args, signature):
    """Raise TypeError for invalid arguments of `recurrent`."""
    if args and (signature or len(args) > 1 or not callable(args[0])):
        raise TypeError(
            'recurrent: expected one method, or names by keyword, '
            'recurrent(sequences=[...], states=[...], contexts=[...], '
            'outputs=[...]), got {} arguments without a keyword'.format(
                len(args)))
    for kind, names in signature.items():
        if kind not in _SIGNATURE:
            raise TypeError('recurrent: expected the keywords {}, got {!r}'
                            .format(', '.join(_SIGNATURE), kind))
        check_strings('recurrent', kind, names)


def _check_arguments(step, signature):
    """Raise TypeError unless a step has the arguments in its signature."""
    parameters = inspect.signature(step).parameters
    if any(parameter.kind == parameter.VAR_KEYWORD
           for parameter in parameters.values()):
        return
    for kind in ('sequences', 'states', 'contexts'):
        for name in signature.get(kind, []):
            if name not in parameters:
                raise TypeError(
                    'recurrent: {} has no argument {!r}, which is listed in '
                    '{}; its arguments are {}'.format(
                        step.__name__, name, kind,
                        ', '.join(list(parameters)[1:])))


def _sequences(application, arguments):
    """Return the names of the given sequences, without the mask."""
    return [name for name in application.sequences
            if name != 'mask' and name in arguments]


def _check(brick, application, arguments, iterate):
    """Check the sequences and replace them with the checked variables."""
    names = _sequences(application, arguments)
    if not names:
        missing = [name for name in application.sequences if name != 'mask']
        raise TypeError(
            '{}: {} missing; apply takes {} and optionally a mask'.format(
                describe(brick), '{} is'.format(missing[0]) if missing else
                'a sequence is', ' and '.join(
                    '{} of {} features'.format(name, brick.get_dim(name))
                    for name in missing) or 'sequences'))
    for name in names:
        if rnn_kernels.projection_of(arguments[name]) is not None:
            continue  # made by a stack, which has checked its source
        remedy = getattr(brick, 'remedy', None)
        arguments[name], mask = check_sequence(
            describe(brick), arguments[name], arguments.get('mask'),
            brick.get_dim(name), iterate, remedy(name) if remedy else '',
            name)
        if mask is not None:
            arguments['mask'] = mask
    # Use the source of a projection, so that its product stays in the kernels.
    source = (rnn_kernels.projection_of(arguments[names[0]]) or
              [arguments[names[0]]])[0]
    for name in application.states:
        if name not in arguments:
            if not iterate:
                raise TypeError(
                    '{}: {} is missing; a single time step (iterate=False) '
                    'needs the previous states {}'.format(
                        describe(brick), name, ', '.join(application.states)))
        elif hasattr(arguments[name], 'ndim') and _is_vector(brick, name):
            arguments[name] = check_state(
                describe(brick), name,
                as_variable(describe(brick), name, arguments[name]),
                brick.get_dim(name), source, iterate)


def _is_vector(brick, name):
    """Return whether a state has one axis of features, as nearly all do."""
    dim = brick.get_dim(name)
    return isinstance(dim, numbers.Integral) and dim > 0


def keeps_padding_out(brick: BaseRecurrent) -> bool:
    """Return whether the contents of the padding have no effect on a brick.

    Parameters
    ----------
    brick : :class:`~blocks.bricks.recurrent.BaseRecurrent`

    Returns
    -------
    bool
        True if ``apply`` is decorated with :func:`recurrent`, or applies such
        a brick. False if it is decorated with Blocks' own ``recurrent``.

    """
    inner = getattr(brick, 'transition', None)
    if inner is not None:
        return keeps_padding_out(inner)
    return getattr(brick.apply.application, 'keeps_padding_out', False)


def _zero_padding(application, arguments):
    """Zero the padding of the sequences."""
    mask = arguments.get('mask')
    for name in _sequences(application, arguments):
        projection = rnn_kernels.projection_of(arguments[name])
        if projection is None:
            arguments[name] = zero_padding(arguments[name], mask)
        else:
            source, weights, bias = projection
            arguments[name] = rnn_kernels.project(
                zero_padding(source, mask), weights, bias)


def _in_kernels(brick, application, arguments):
    """Iterate the step in kernels, or return None if a scan is needed."""
    if not option(brick, 'fused') or not rnn_kernels.enabled():
        return None
    groups = [
        {name: arguments[name] for name in names if name in arguments}
        for names in (application.sequences, application.states,
                      application.contexts)]
    sequences, given, contexts = groups
    if not sequences or not all(
            hasattr(value, 'ndim') for group in groups
            for value in group.values()):
        return None  # an initialisation scheme or an application
    rest = {name: value for name, value in arguments.items()
            if name not in _CONTROLS and
            not any(name in group for group in groups)}
    batch_size = sequences[_sequences(application, arguments)[0]].shape[1]
    states = brick.initial_states(batch_size, as_dict=True)
    states = {name: tensor.as_tensor_variable(given.get(
        name, states.get(name))) for name in application.states}
    contexts = {name: tensor.as_tensor_variable(value)
                for name, value in contexts.items()}

    def step(**rows):
        return application(iterate=False, **dict(rest, **rows))

    def prepare():
        with rnn_kernels.precision(option(brick, 'precision')):
            return rnn_kernels.prepare(
                step, {name: arguments[name] for name in sequences}, states,
                contexts, application.outputs, brick.get_dim,
                'mask' if 'mask' in sequences else None,
                arguments.get('reverse', False), describe(brick))

    try:
        recurrence, inputs = prepare()
        if 'mask' in sequences and recurrence.mask is None:
            # The general kernel also computes the padding.
            _zero_padding(application, arguments)
            recurrence, inputs = prepare()
    except rnn_kernels.Refusal:
        return None
    outputs = rnn_kernels.start(recurrence, inputs)
    if arguments.get('return_initial_states', False):
        outputs = [
            tensor.concatenate([tensor.shape_padleft(states[name]), output])
            if name in states else output
            for name, output in zip(application.outputs, outputs)]
    return list(outputs)


def _mask_outputs(brick, outputs, arguments):
    """Zero carried-over outputs if the brick has `mask_outputs`."""
    if not option(brick, 'mask_outputs') or 'mask' not in arguments:
        return outputs
    mask = arguments['mask']
    if arguments.get('reverse', False):
        mask = mask[::-1]
    if arguments.get('return_initial_states', False):
        mask = tensor.concatenate([tensor.ones_like(mask[:1]), mask])
    return [zero_padding(output, mask) for output in outputs]
