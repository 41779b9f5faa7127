"""Checks of the sequences and masks that come into a brick.

What can be told from the symbolic variables alone (rank, dtype) raises when
the brick is applied.  Shapes are known only when the compiled function runs:
:class:`CheckShapes`, an identity in the graph, compares them there and names
the brick, what it expected and what it got.

"""
import theano
from rnn_kernels import check_mask
from theano import tensor


class CheckShapes(theano.Op):
    """Identity that compares the shapes of a sequence and its mask.

    Parameters
    ----------
    who : str
        The brick that asks, for the message.
    features : int
        The length that the last axis must have.
    remedy : str
        What to do if it has another one.
    masked : bool
        Whether there is a mask.
    name : str
        What the brick calls the sequence.

    Notes
    -----
    The node's inputs and outputs are the sequence (T, B, features) or one
    step of it (B, features), and optionally its mask, (T, B) or (B,).  No
    shapes are inferred through it, so that what needs them waits for the
    check, whose message is the better one.

    Raises
    ------
    ValueError
        When the function runs, if the sequence is empty, the number of
        features is another one, or the mask does not go with the sequence.

    """

    __props__ = ('who', 'features', 'remedy', 'masked', 'name')

    def __init__(self, who, features, remedy, masked, name='inputs'):
        self.name = name
        self.who = who
        self.features = features
        self.remedy = remedy
        self.masked = masked
        self.view_map = {output: [output] for output in range(1 + masked)}

    def make_node(self, *inputs):
        return theano.Apply(self, list(inputs),
                            [variable.type() for variable in inputs])

    def perform(self, node, inputs, output_storage):
        sequence = inputs[0]
        leading = sequence.shape[:-1]
        if 0 in leading:
            raise ValueError(
                '{}: expected at least one time step and one sequence, got '
                'an empty batch of shape {}; leave empty batches out of the '
                'data stream'.format(self.who, sequence.shape))
        if sequence.shape[-1] != self.features:
            raise ValueError(
                '{}: {} must have {} features, got {} (shape {}); {}'.format(
                    self.who, self.name, self.features, sequence.shape[-1],
                    sequence.shape, self.remedy))
        for mask in inputs[1:]:
            if mask.shape != leading:
                raise ValueError(self._mask_message(mask.shape, leading))
        for storage, value in zip(output_storage, inputs):
            storage[0] = value

    def _mask_message(self, got, expected):
        if got == expected[::-1] and len(got) == 2:
            why = ('it looks batch-major: transpose it (and the inputs, if '
                   'they are) to time first')
        else:
            why = ('the usual cause is batch-major data: bricks take time '
                   'first, (time, batch, features) with a mask (time, batch)')
        return '{}: the mask must have shape {}, got {}; {}'.format(
            self.who, expected, got, why)

    def connection_pattern(self, node):
        return [[one == other for other in range(1 + self.masked)]
                for one in range(1 + self.masked)]

    def grad(self, inputs, output_gradients):
        return list(output_gradients)

    def R_op(self, inputs, eval_points):
        return list(eval_points)


def check_sequence(who, inputs, mask, features, iterate=True, remedy='',
                   name='inputs'):
    """Check the inputs of a brick, and its mask, as early as possible.

    Parameters
    ----------
    who : str
        The brick that asks, for the message.
    inputs : :class:`~theano.tensor.TensorVariable`
        (T, B, features), or (B, features) if not `iterate`.
    mask : :class:`~theano.tensor.TensorVariable` or None
        (T, B), or (B,) if not `iterate`.
    features : int
        What the brick takes.
    iterate : bool, optional
        Whether these are sequences or single time steps.
    remedy : str, optional
        What to do if the number of features is wrong.
    name : str, optional
        What the brick calls the inputs.

    Returns
    -------
    inputs : :class:`~theano.tensor.TensorVariable`
        The same values; computing them checks the shapes.
    mask : :class:`~theano.tensor.TensorVariable` or None
        Likewise.

    Raises
    ------
    ValueError
        If a rank is wrong.
    TypeError
        If the dtype of the mask would widen that of the inputs.

    """
    rank = 3 if iterate else 2
    inputs = tensor.as_tensor_variable(inputs)
    if inputs.ndim != rank:
        raise ValueError(
            '{}: {} must have {} axes, {}, got {} (type {}); {}'.format(
                who, name, rank,
                '(time, batch, features)' if iterate else '(batch, features)',
                inputs.ndim, inputs.type,
                'pass iterate=False for a single step' if iterate and
                inputs.ndim == 2 else 'whole sequences need iterate=True'
                if inputs.ndim == 3 else 'add or remove axes'))
    check = CheckShapes(who, features, remedy, mask is not None, name)
    if mask is None:
        return check(inputs), None
    mask = tensor.as_tensor_variable(mask)
    check_mask(who, mask, inputs)
    if mask.dtype != inputs.dtype:
        mask = tensor.cast(mask, inputs.dtype)
    return check(inputs, mask)


def describe(brick):
    """Name a brick in a message, for example ``LSTM 'encoder'``."""
    return "{} '{}'".format(type(brick).__name__, brick.name)
