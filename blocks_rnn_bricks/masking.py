"""Masking of padded, time-major sequences.

A mask is floating point, of shape (T, B), 1 at data and 0 at padding; holes
are allowed.

"""
import warnings
from typing import List, Optional, Sequence

from theano import tensor

from blocks_rnn_bricks.checks import as_variable, check_sequence


def zero_padding(
        sequence: tensor.TensorVariable,
        mask: Optional[tensor.TensorVariable]
        ) -> tensor.TensorVariable:
    """Set the padding to zero.

    Unlike a product with the mask, this also removes NaN and infinity.

    Parameters
    ----------
    sequence : :class:`~theano.tensor.TensorVariable`
        (T, B, ...).
    mask : :class:`~theano.tensor.TensorVariable` or None
        (T, B); None if there is no padding.

    Returns
    -------
    :class:`~theano.tensor.TensorVariable`
        Like `sequence`; its gradient is zero in the padding.

    Raises
    ------
    ValueError
        If a rank is wrong.

    """
    return fill_padding(sequence, mask, 0, 'zero_padding')


def fill_padding(sequence, mask, value=0, who='fill_padding'):
    """Set the padding to a value.

    Parameters
    ----------
    sequence, mask
        As for :func:`zero_padding`.
    value : number, optional
        0 by default.
    who : str, optional
        The calling function, for messages.

    Returns
    -------
    :class:`~theano.tensor.TensorVariable`
        As from :func:`zero_padding`.

    """
    sequence = as_variable(who, 'sequence', sequence)
    if mask is None:
        return sequence
    mask = as_variable(who, 'mask', mask)
    if mask.ndim != 2 or sequence.ndim < 2:
        raise ValueError(
            '{0}: expected a sequence (time, batch, ...) and a mask (time, '
            'batch), got {1} and {2} axes; the order is {0}(sequence, '
            'mask)'
            .format(who, sequence.ndim, mask.ndim))
    present = tensor.neq(
        mask.dimshuffle(*([0, 1] + ['x'] * (sequence.ndim - 2))), 0)
    return tensor.switch(present, sequence,
                         tensor.constant(value, dtype=sequence.dtype))


def clean(sequence, mask, value=0):
    """Deprecated: use :func:`zero_padding`."""
    warnings.warn('clean is deprecated; use zero_padding',
                  DeprecationWarning, stacklevel=2)
    return fill_padding(sequence, mask, value, 'clean')


def mean_over_time(
        sequence: tensor.TensorVariable,
        mask: Optional[tensor.TensorVariable] = None
        ) -> tensor.TensorVariable:
    r"""Average the valid time steps of each sequence.

    .. math:: \frac{\sum_t m_t x_t}{\sum_t m_t}

    A mask between 0 and 1 weights the time steps.

    Parameters
    ----------
    sequence : :class:`~theano.tensor.TensorVariable`
        (T, B, D).
    mask : :class:`~theano.tensor.TensorVariable`, optional
        (T, B), :math:`m`; if not given, all time steps have equal weight.
        Values where it is 0, even NaN, have no effect.

    Returns
    -------
    :class:`~theano.tensor.TensorVariable`
        (B, D); zero for a sequence of length zero.

    Raises
    ------
    ValueError
        If a rank is wrong; when the function runs, if shapes do not match or
        the mask is not between 0 and 1.
    TypeError
        If the dtype of the mask would upcast the sequence.

    """
    sequence, mask = check_sequence('mean_over_time', sequence, mask, None,
                                    name='sequence')
    if mask is None:
        return sequence.mean(axis=0)
    weights = mask.sum(axis=0)
    weights = tensor.switch(tensor.eq(weights, 0),
                            tensor.ones_like(weights), weights)
    weighted = mask[:, :, None] * zero_padding(sequence, mask)
    return weighted.sum(axis=0) / weights[:, None]


def carry_over(mask: Optional[tensor.TensorVariable],
               after: Sequence[tensor.TensorVariable],
               before: Sequence[tensor.TensorVariable]
               ) -> List[tensor.TensorVariable]:
    """Keep the states of sequences that are masked at this time step.

    Parameters
    ----------
    mask : :class:`~theano.tensor.TensorVariable` or None
        (B,).
    after, before : lists of :class:`~theano.tensor.TensorVariable`
        The states after and before the step, (B, dim) each.

    Returns
    -------
    list of :class:`~theano.tensor.TensorVariable`
        `after` where the mask is 1, `before` where it is 0; a mixture in
        between.

    Raises
    ------
    TypeError
        If `after` or `before` is not a list.
    ValueError
        If their numbers of states differ, or the mask does not have exactly
        one axis.

    """
    for name, states in [('after', after), ('before', before)]:
        if not isinstance(states, (list, tuple)):
            raise TypeError('carry_over: {0} must be a list of states, got '
                            '{1}; pass [{0}] for a single state'.format(
                                name, type(states).__name__))
    if len(after) != len(before):
        raise ValueError('carry_over: expected the same number of states '
                         'after the step as before it, got {} and {}'.format(
                             len(after), len(before)))
    if mask is None:
        return list(after)
    if getattr(mask, 'ndim', None) != 1:
        raise ValueError('carry_over: the mask of a time step must have one '
                         'axis, (batch,), got {!r}; pass mask[t] for time '
                         'step t'
                         .format(mask))
    keep = mask[:, None]
    return [keep * new + (1 - keep) * old for new, old in zip(after, before)]
