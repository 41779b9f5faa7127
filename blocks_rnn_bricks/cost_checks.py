"""Checks of the data of a cost, when the compiled function runs."""
import numpy

from blocks_rnn_bricks.checks import Identity


class CheckCostData(Identity):
    """Identity that checks targets, predictions and a mask.

    Parameters
    ----------
    who : str
        The name of the brick, for messages.
    masked : bool
        Whether there is a mask.
    rules : tuple of callable
        Further checks: functions that can be pickled by name, called with
        `who`, the targets and the predictions as arrays, and a Boolean array
        of shape (T, B) that is true at the valid time steps.

    Notes
    -----
    The node's inputs and outputs are the targets (T, B, ...), predictions
    (T, B, features), and optionally the mask (T, B).

    Raises
    ------
    ValueError
        When the function runs, if the data are invalid.

    """

    __props__ = ('who', 'masked', 'rules')

    def __init__(self, who, masked, rules=()):
        self.who = who
        self.masked = masked
        self.rules = rules
        super().__init__(2 + masked)

    def check(self, y, y_hat, *masks):
        steps = y_hat.shape[:2]
        if y_hat.shape[2] == 0:
            raise ValueError('{}: the predictions must have at least one '
                             'feature, got shape {}'.format(
                                 self.who, y_hat.shape))
        if y.shape[:2] != steps:
            raise ValueError(_axes_message(
                self.who, 'targets', y.shape, y_hat.shape))
        valid = numpy.ones(steps, bool)
        for mask in masks:
            if mask.shape != steps:
                raise ValueError(_axes_message(
                    self.who, 'mask', mask.shape, y_hat.shape))
            valid = mask == 1
            refuse(self.who, mask, ~(valid | (mask == 0)),
                   'the mask must contain only 1 for data and 0 for '
                   'padding', 'make it with padded_batches')
        for rule in self.rules:
            rule(self.who, y, y_hat, valid)


def _axes_message(who, what, got, predictions):
    return ('{}: the {} must have the time and batch axes of the predictions,'
            ' {}, got shape {} for predictions of {}; batch-major data is the '
            'usual cause: transpose all to (time, batch, ...)'.format(
                who, what, predictions[:2], got, predictions))


def refuse(who, array, wrong, expected, remedy):
    """Raise ValueError for the first wrong element.

    Parameters
    ----------
    who : str
        The brick's name, for the message.
    array : :class:`~numpy.ndarray`
        Shape (time, batch, ...).
    wrong : :class:`~numpy.ndarray` of bool
        Of the shape of `array`.
    expected, remedy : str
        The beginning and the end of the message.

    """
    if wrong.any():
        where = tuple(int(index) for index in numpy.argwhere(wrong)[0])
        raise ValueError('{}: {}, got {} at step {} of sequence {}{}; {}'
                         .format(who, expected, array[where], where[0],
                                 where[1], ''.join(
                                     ', feature {}'.format(index)
                                     for index in where[2:]), remedy))


def same_features(who, y, y_hat, valid):
    """Check that the targets have the shape of the predictions."""
    if y.shape != y_hat.shape:
        raise ValueError(
            '{}: the targets must have the shape of the predictions, (time, '
            'batch, features) = {}, got {}; give the last Linear '
            'output_dim={}'.format(who, y_hat.shape, y.shape, y.shape[2]))


def existing_classes(who, y, y_hat, valid):
    """Check that targets are class indices."""
    classes = y_hat.shape[2]
    refuse(who, y, valid & ((y < 0) | (y >= classes)),
           'a target is not a class index: expected 0 <= y < y_hat.shape[2] = '
           '{}'.format(classes),
           'mask the padding, or give the last Linear more outputs')


def bits(who, y, y_hat, valid):
    """Check that targets are between 0 and 1."""
    refuse(who, y, valid[:, :, None] & ~((y >= 0) & (y <= 1)),
           'the targets must lie between 0 and 1',
           'divide them by their largest value, or use SequenceSquaredError '
           'for other numbers')


#: The upper limit of probabilities, which allows for rounding.
ROUNDING = 1e-5


def probabilities(who, y, y_hat, valid):
    """Check that predictions are between 0 and 1; NaN makes the cost NaN."""
    refuse(who, y_hat,
           valid[:, :, None] & ((y_hat < 0) | (y_hat > 1 + ROUNDING)),
           'the predictions must be probabilities, between 0 and 1',
           'for energies, before a softmax or logistic function, pass '
           'from_logits=True')


def no_hidden_nan(who, y, y_hat, valid):
    """Check that a prediction is NaN only if that of the target is, too.

    Otherwise the cost would not be NaN although the network has diverged.

    """
    hidden = numpy.isnan(y_hat) & valid[:, :, None]
    if hidden.any():
        where = numpy.where(valid, y, 0)[:, :, None]
        seen = numpy.isnan(numpy.take_along_axis(y_hat, where, axis=2))
        refuse(who, y_hat, hidden & ~seen,
               'the predictions must be probabilities, between 0 and 1',
               'a softmax returns NaN for all classes or for none: check the '
               'operations after it')


def no_nan(who, y, y_hat, valid):
    """Check that predictions are not NaN, which has no maximum."""
    refuse(who, y_hat, valid[:, :, None] & numpy.isnan(y_hat),
           'the predictions must not be NaN',
           'the network has diverged: lower the learning rate, or clip '
           'gradients with StepClipping')
