"""Checks of the sequences and masks passed to a brick.

Errors in the symbolic variables (rank, dtype) are raised when the brick is
applied. Shapes are known only when the compiled function runs:
:class:`CheckShapes`, an identity in the graph, compares them there; its errors
name the brick, what it expected and what it received.
:mod:`blocks_rnn_bricks.settings` checks settings.

"""
import numpy
import theano
from theano import tensor
from theano.gradient import DisconnectedType

from rnn_kernels import check_mask


def _check_mask_values(who, mask):
    """Raise ValueError unless a mask (an array) is between 0 and 1."""
    # NaN is refused, too, since all comparisons with it are false.
    good = (mask >= 0) & (mask <= 1)
    if not good.all():
        where = tuple(int(index) for index in numpy.argwhere(~good)[0])
        raise ValueError(
            '{}: the mask must lie between 0 and 1, got {} at {}; give 1 for '
            'data and 0 for padding'.format(who, mask[where], where))


class Identity(theano.Op):
    """Returns its inputs after a check.

    Parameters
    ----------
    count : int
        The number of inputs.

    Notes
    -----
    Shapes are not inferred through it: operations that need them wait for the
    check, whose message is more helpful.

    """

    def __init__(self, count):
        self.view_map = {output: [output] for output in range(count)}

    def check(self, *arrays):
        """Raise ValueError if an input is invalid; to be overridden."""
        raise NotImplementedError

    def make_node(self, *inputs):
        return theano.Apply(self, list(inputs),
                            [variable.type() for variable in inputs])

    def perform(self, node, inputs, output_storage):
        self.check(*inputs)
        for storage, value in zip(output_storage, inputs):
            storage[0] = value

    def connection_pattern(self, node):
        count = len(node.inputs)
        return [[one == other for other in range(count)]
                for one in range(count)]

    def grad(self, inputs, output_gradients):
        return list(output_gradients)

    def R_op(self, inputs, eval_points):
        return list(eval_points)


class CheckShapes(Identity):
    """Identity that compares the shapes of a sequence and its mask.

    Parameters
    ----------
    who : str
        The name of the brick, for the message.
    features : int or None
        The length that the last axis must have; any if None.
    remedy : str
        The remedy, in the message, for a wrong length.
    masked : bool
        Whether there is a mask.
    name : str
        The brick's name for the sequence.

    Notes
    -----
    The node's inputs and outputs are the sequence, of shape (T, B, features),
    or one time step of it, (B, features), and optionally its mask, (T, B) or
    (B,).

    Raises
    ------
    ValueError
        When the function runs, if the sequence is empty, the number of
        features is wrong, the shape of the mask does not match the sequence,
        or the mask contains NaN or a number outside [0, 1].

    """

    __props__ = ('who', 'features', 'remedy', 'masked', 'name')

    def __init__(self, who, features, remedy, masked, name='inputs'):
        self.name = name
        self.who = who
        self.features = features
        self.remedy = remedy
        self.masked = masked
        super().__init__(1 + masked)

    def check(self, sequence, *masks):
        leading = sequence.shape[:-1]
        if 0 in leading:
            raise ValueError(
                '{}: expected at least one time step and one sequence, got an '
                'empty batch of shape {}; remove empty batches from the data '
                'stream'.format(self.who, sequence.shape))
        if self.features not in (None, sequence.shape[-1]):
            raise ValueError(
                '{}: {} must have {} features, got {} (shape {}); {}'.format(
                    self.who, self.name, self.features, sequence.shape[-1],
                    sequence.shape, self.remedy))
        for mask in masks:
            if mask.shape != leading:
                raise ValueError(self._mask_message(mask.shape, leading))
            _check_mask_values(self.who, mask)

    def _mask_message(self, got, expected):
        if got == expected[::-1] and len(got) == 2:
            why = ('it looks batch-major: transpose it (and the inputs, if '
                   'they are batch-major, too) to time-major')
        else:
            why = ('the usual cause is batch-major data: bricks expect inputs '
                   'of shape (time, batch, features) and a mask of shape '
                   '(time, batch)')
        return '{}: the mask must have shape {}, got {}; {}'.format(
            self.who, expected, got, why)


def check_sequence(who, inputs, mask, features, iterate=True, remedy='',
                   name='inputs'):
    """Check the inputs of a brick, and its mask, as early as possible.

    Parameters
    ----------
    who : str
        The name of the brick, for the message.
    inputs : :class:`~theano.tensor.TensorVariable`
        (T, B, features), or (B, features) if not `iterate`.
    mask : :class:`~theano.tensor.TensorVariable` or None
        (T, B), or (B,) if not `iterate`.
    features : int
        The number that the brick expects.
    iterate : bool, optional
        Whether these are sequences or single time steps.
    remedy : str, optional
        The remedy, in the message, for a wrong number of features.
    name : str, optional
        The brick's name for the inputs.

    Returns
    -------
    inputs : :class:`~theano.tensor.TensorVariable`
        The same values; their computation checks the shapes.
    mask : :class:`~theano.tensor.TensorVariable` or None
        The mask; its computation checks the shapes, too.

    Raises
    ------
    ValueError
        If a rank is wrong.
    TypeError
        If the dtype of the mask would upcast the inputs.

    """
    rank = 3 if iterate else 2
    inputs = as_variable(who, name, inputs)
    if inputs.ndim != rank:
        raise ValueError(
            '{}: {} must have {} axes, {}, got {} (type {}); {}'.format(
                who, name, rank,
                '(time, batch, features)' if iterate else '(batch, features)',
                inputs.ndim, inputs.type,
                'pass iterate=False for a single step' if iterate and
                features and inputs.ndim == 2 else
                'whole sequences need iterate=True' if inputs.ndim == 3 else
                'add or remove axes'))
    check = CheckShapes(who, features, remedy, mask is not None, name)
    if mask is None:
        return check(inputs), None
    mask = as_variable(who, 'mask', mask)
    check_mask(who, mask, inputs)
    if mask.dtype != inputs.dtype:
        mask = tensor.cast(mask, inputs.dtype)
    return check(inputs, mask)


def as_variable(who, name, value):
    """Convert an argument to a symbolic variable, or raise TypeError.

    Parameters
    ----------
    who : str
        The brick or function that received it, for the message.
    name : str
        The name of the argument.
    value : object
        A variable, or an array or number that becomes a constant.

    Returns
    -------
    :class:`~theano.tensor.TensorVariable`

    """
    if not isinstance(value, (type(None), str, bytes, type)):
        try:
            return tensor.as_tensor_variable(value)
        except (TypeError, ValueError, NotImplementedError, AttributeError):
            pass  # the two stacks raise different errors
    raise TypeError(
        '{}: {} must be a symbolic variable or an array, got {!r}; make one '
        "with theano.tensor, for example tensor3('{}')".format(
            who, name, value, name))


class CheckState(theano.Op):
    """Identity that checks the shape of an initial state against a sequence.

    Parameters
    ----------
    who : str
        The name of the brick, for the message.
    name : str
        The brick's name for the state.
    dim : int
        Its size.

    Notes
    -----
    The node's inputs are the state, (B, dim), and a sequence, (T, B, ...).

    Raises
    ------
    ValueError
        When the function runs, if the shape of the state is wrong.

    """

    __props__ = ('who', 'name', 'dim')
    view_map = {0: [0]}

    def __init__(self, who, name, dim):
        self.who = who
        self.name = name
        self.dim = dim

    def make_node(self, state, sequence):
        return theano.Apply(self, [state, sequence], [state.type()])

    def perform(self, node, inputs, output_storage):
        state, sequence = inputs
        expected = (sequence.shape[1], self.dim)
        if state.shape != expected:
            raise ValueError(
                '{}: the initial {} must have the shape (batch, dim) = {}, '
                'got {}; omit it to start from the learned one'.format(
                    self.who, self.name, expected, state.shape))
        output_storage[0][0] = state

    def connection_pattern(self, node):
        return [[True], [False]]

    def grad(self, inputs, output_gradients):
        return [output_gradients[0], DisconnectedType()()]

    def R_op(self, inputs, eval_points):
        return [eval_points[0]]


def check_state(who, name, state, dim, sequence, iterate=True):
    """Check an initial state: its rank now, its shape when the function runs.

    Parameters
    ----------
    who : str
    name : str
        The brick's name for the state.
    state : :class:`~theano.tensor.TensorVariable`
        (B, dim).
    dim : int
    sequence : :class:`~theano.tensor.TensorVariable`
        (T, B, ...).
    iterate : bool, optional
        Whether to compare shapes when the function runs.

    Returns
    -------
    :class:`~theano.tensor.TensorVariable`
        The same values.

    Raises
    ------
    ValueError
        If the number of axes is wrong.

    """
    if state.ndim != 2:
        raise ValueError(
            '{}: the initial {} must have 2 axes, (batch, dim), got {} (type '
            '{}); take the last step, {}[-1], of a whole sequence'.format(
                who, name, state.ndim, state.type, name))
    return CheckState(who, name, dim)(state, sequence) if iterate else state
