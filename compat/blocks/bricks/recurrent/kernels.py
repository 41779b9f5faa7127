"""Recurrent bricks in kernels that are made from their steps."""
import logging

from theano import _draws

from rnn_kernels import (
    Refusal,
    check_mask,
    disabled,
    enabled,
    explain,
    iterate,
    precision,
)

from ...config import config
from ..ownership import describe

logger = logging.getLogger(__name__)


def check_mask_of(label, sequences, states):
    """Check a mask before the loop, whose messages would not name it.

    Parameters
    ----------
    label : str
        The application, for the message.
    sequences, states : dict
        Variables by name.

    Raises
    ------
    ValueError, TypeError
        See :func:`rnn_kernels.check_mask`.

    """
    mask = sequences.get('mask')
    rows = next((variable for name, variable in sequences.items()
                 if name != 'mask' and variable.ndim == 3), None)
    if mask is None or rows is None or not states:
        return
    state = next(iter(states.values()))
    check_mask(label, mask, rows.astype(state.dtype)
               if rows.dtype != state.dtype else rows)


def iterate_in_kernels(brick, label, step, outputs, arguments, reverse):
    """Iterate a step in kernels made from it, if possible.

    Parameters
    ----------
    brick : :class:`~blocks.bricks.base.Brick`
    label : str
        The application, for messages.
    step : callable
        Takes variables by name.
    outputs : list of str
        The names of the results of `step`.
    arguments
        With `sequences`, `states` and `contexts`, variables by name.
    reverse : bool

    Returns
    -------
    list of :class:`~tensor.TensorVariable` or None
        None if scan has to iterate the step.

    """
    if not config.fuse_recurrent or not enabled():
        return None
    try:
        with _draws.forbidden(Refusal('a random draw')), precision(
                config.rnn_precision):
            return iterate(
                step, arguments.sequences, arguments.states,
                arguments.contexts, outputs, brick.get_dim,
                mask='mask' if 'mask' in arguments.sequences else None,
                reverse=reverse, who=label)
    except Refusal as refusal:
        logger.debug('%s is iterated by scan, because of %s', label, refusal)
        return None


class Explaining:
    """Mixin: recurrent bricks can explain how they are iterated."""

    def explain(self, application=None):
        """Report whether kernels are made from a step and, if not, why.

        Parameters
        ----------
        application : :class:`~blocks.bricks.base.BoundApplication`, optional
            A recurrent application of this brick, ``apply`` by default.

        Returns
        -------
        :class:`rnn_kernels.Explanation`
            Its string is a sentence with the result; its `source` is the
            generated code.

        Examples
        --------
        >>> from blocks.bricks import Tanh
        >>> from blocks.bricks.recurrent import SimpleRecurrent
        >>> brick = SimpleRecurrent(dim=3, activation=Tanh(), name='rnn')
        >>> brick.explain().fused
        True

        """
        application = application or self.apply
        label = f'{describe(self)}.{application.application.name}'
        if not self.allocated:
            self.allocate()
        with disabled(), _draws.forbidden(Refusal('a random draw')):
            return explain(
                lambda **rows: application(iterate=False, **rows),
                application.sequences, application.states,
                application.contexts, application.outputs, self.get_dim,
                label)
