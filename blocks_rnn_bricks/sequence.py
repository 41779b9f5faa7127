"""A step written once, iterated by scan or, where it can, by the kernel."""
import inspect
from functools import wraps

import theano
from blocks.bricks.base import application
from blocks.bricks.recurrent import recurrent
from blocks.utils import pack
from theano import tensor

from blocks_rnn_bricks.checks import check_sequence, describe
from blocks_rnn_bricks.masking import clean

#: Arguments of a recurrent application that steer the iteration.
_CONTROLS = ('iterate', 'reverse', 'return_initial_states')


class ReverseTime(theano.Op):
    """A view of a sequence that runs along its first axis backwards.

    Unlike that of ``sequence[::-1]``, its gradient is a view, too.

    """

    __props__ = ()
    view_map = {0: [0]}

    def make_node(self, sequence):
        return theano.Apply(self, [sequence], [sequence.type()])

    def perform(self, node, inputs, output_storage):
        output_storage[0][0] = inputs[0][::-1]

    def infer_shape(self, node, shapes):
        return shapes

    def grad(self, inputs, output_gradients):
        return [reverse_time(output_gradients[0])]

    def R_op(self, inputs, eval_points):
        return [None if point is None else reverse_time(point)
                for point in eval_points]


reverse_time = ReverseTime()


def fusable_recurrent(**signature):
    """Blocks' ``recurrent``, for bricks that the fused kernel may compute.

    The decorated method is one step, as under
    :func:`blocks.bricks.recurrent.recurrent`, whose arguments and behaviour
    this has: names, annotations, initial states given or learned, `iterate`,
    `reverse`, `return_initial_states`.  In addition the inputs and the mask
    are checked, what lies in the padding is zeroed before the step sees it,
    and where ``brick.fusable(arguments)`` says so the whole sequence is
    computed by ``brick.fused_sequence(...)`` instead of a scan.

    Parameters
    ----------
    **signature
        `sequences`, `states`, `contexts` and `outputs`, lists of names.
        The sequences are 'inputs' and 'mask'.

    Returns
    -------
    callable
        A decorator that makes an
        :class:`~blocks.bricks.base.Application`.

    Notes
    -----
    The decorated application takes two more arguments, for the bricks of
    this package: `computed`, the outputs if they are there already and have
    only to be annotated as the application's, and `checked`, true if the
    sequences are known to be right.

    """
    def decorate(step):
        names = list(inspect.signature(step).parameters)[1:]
        scanned = recurrent(**signature)(step).application_function

        @wraps(step)
        def apply(brick, application, application_call, *args, **kwargs):
            arguments = dict(zip(names, args), **kwargs)
            if arguments.get('computed') is not None:
                return arguments['computed']
            arguments = {name: value for name, value in arguments.items()
                         if value is not None}
            iterate = arguments.get('iterate', True)
            if not arguments.pop('checked', False):
                _check(brick, arguments, iterate)
            if not iterate:
                return scanned(brick, application, application_call,
                               **arguments)
            if brick.fusable(arguments):
                outputs = _fused(brick, arguments)
            else:
                cleaned = clean(arguments['inputs'], arguments.get('mask'))
                outputs = pack(scanned(
                    brick, application, application_call,
                    **dict(arguments, inputs=cleaned, checked=True)))
            return _mask_outputs(brick, outputs, arguments)

        return application(**signature)(apply)
    return decorate


def _check(brick, arguments, iterate):
    """Check the sequences and replace them by their checked selves."""
    if 'inputs' not in arguments:
        raise TypeError('{}: inputs are missing; apply takes inputs of {} '
                        'features and optionally a mask'.format(
                            describe(brick), brick.get_dim('inputs')))
    arguments['inputs'], mask = check_sequence(
        describe(brick), arguments['inputs'], arguments.get('mask'),
        brick.get_dim('inputs'), iterate, brick.inputs_remedy)
    if mask is not None:
        arguments['mask'] = mask


def _fused(brick, arguments):
    """The states of all steps from the brick's kernel, as scan gives them."""
    batch_size = arguments['inputs'].shape[1]
    learned = brick.initial_states(batch_size, as_dict=True)
    initial = [tensor.as_tensor_variable(arguments.get(name, learned[name]))
               for name in brick.apply.states]
    outputs = brick.fused_sequence(
        arguments['inputs'], initial, mask=arguments.get('mask'),
        reverse=arguments.get('reverse', False))
    if arguments.get('return_initial_states', False):
        outputs = [tensor.concatenate([first[None, :, :], output])
                   for first, output in zip(initial, outputs)]
    return list(outputs)


def _mask_outputs(brick, outputs, arguments):
    """Zero what was carried over, if the brick is to."""
    if not brick.mask_outputs or 'mask' not in arguments:
        return outputs
    mask = arguments['mask']
    if arguments.get('reverse', False):
        mask = mask[::-1]
    if arguments.get('return_initial_states', False):
        mask = tensor.concatenate([tensor.ones_like(mask[:1]), mask])
    return [clean(output, mask) for output in outputs]


def only_controls(arguments, known):
    """Whether there is nothing among the arguments that only scan can do.

    Parameters
    ----------
    arguments : dict
        The arguments of a recurrent application, by name.
    known : sequence of str
        Names of the sequences and states.

    Returns
    -------
    bool
        False if there are other arguments, or a state is given as something
        that is not a tensor (an initialisation scheme, an application).

    """
    tensors = (value for name, value in arguments.items() if name in known)
    return (set(arguments) <= set(known) | set(_CONTROLS) and
            all(hasattr(value, 'ndim') for value in tensors))
