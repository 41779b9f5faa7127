"""What masks do to padded sequences, time first.

Throughout, a mask is floating point, (T, B), 1 where there is data and 0
where there is none; holes are allowed.

"""
from typing import List, Optional, Sequence

from theano import tensor

from blocks_rnn_bricks.checks import as_variable, check_sequence


def clean(sequence: tensor.TensorVariable,
          mask: Optional[tensor.TensorVariable],
          value: float = 0) -> tensor.TensorVariable:
    """Replace whatever lies in the padding, NaN and infinity included.

    A product with the mask would leave NaN where it was.

    Parameters
    ----------
    sequence : :class:`~theano.tensor.TensorVariable`
        (T, B, ...).
    mask : :class:`~theano.tensor.TensorVariable` or None
        (T, B); without one nothing is padding.
    value : number, optional
        What takes its place.

    Returns
    -------
    :class:`~theano.tensor.TensorVariable`
        Like `sequence`; its gradient is zero in the padding.

    Raises
    ------
    ValueError
        If a rank is wrong.

    """
    sequence = as_variable('clean', 'sequence', sequence)
    if mask is None:
        return sequence
    mask = as_variable('clean', 'mask', mask)
    if mask.ndim != 2 or sequence.ndim < 2:
        raise ValueError(
            'clean: expected a sequence (time, batch, ...) and a mask (time, '
            'batch), got {} and {} axes; the order is clean(sequence, '
            'mask)'.format(sequence.ndim, mask.ndim))
    present = tensor.neq(
        mask.dimshuffle(*([0, 1] + ['x'] * (sequence.ndim - 2))), 0)
    return tensor.switch(present, sequence,
                         tensor.constant(value, dtype=sequence.dtype))


def mean_over_time(
        sequence: tensor.TensorVariable,
        mask: Optional[tensor.TensorVariable] = None
        ) -> tensor.TensorVariable:
    r"""Mean over the valid time steps of each sequence.

    .. math:: \frac{\sum_t m_t x_t}{\sum_t m_t}

    A mask between 0 and 1 weighs the steps.

    Parameters
    ----------
    sequence : :class:`~theano.tensor.TensorVariable`
        (T, B, D).
    mask : :class:`~theano.tensor.TensorVariable`, optional
        (T, B), :math:`m`; all steps count alike if not given.  What lies
        where it is 0, NaN included, has no effect.

    Returns
    -------
    :class:`~theano.tensor.TensorVariable`
        (B, D); zero for a sequence of length zero.

    Raises
    ------
    ValueError
        If a rank is wrong; when the function runs, if shapes do not go
        together or the mask is not between 0 and 1.
    TypeError
        If the mask is not of the dtype of the sequence.

    """
    sequence, mask = check_sequence('mean_over_time', sequence, mask, None,
                                    name='sequence')
    if mask is None:
        return sequence.mean(axis=0)
    weights = mask.sum(axis=0)
    weights = tensor.switch(tensor.eq(weights, 0),
                            tensor.ones_like(weights), weights)
    weighted = mask[:, :, None] * clean(sequence, mask)
    return weighted.sum(axis=0) / weights[:, None]


def carry_over(mask: Optional[tensor.TensorVariable],
               after: Sequence[tensor.TensorVariable],
               before: Sequence[tensor.TensorVariable]
               ) -> List[tensor.TensorVariable]:
    """Keep the states of sequences that have no data at this step.

    Parameters
    ----------
    mask : :class:`~theano.tensor.TensorVariable` or None
        (B,).
    after, before : lists of :class:`~theano.tensor.TensorVariable`
        (B, dim) each: the states after and before the step.

    Returns
    -------
    list of :class:`~theano.tensor.TensorVariable`
        `after` where the mask is 1, `before` where it is 0; mixed where it
        is between.

    Raises
    ------
    TypeError
        If `after` or `before` is not a list.
    ValueError
        If they have not the same number of states, or the mask has not one
        axis.

    """
    for name, states in [('after', after), ('before', before)]:
        if not isinstance(states, (list, tuple)):
            raise TypeError('carry_over: {0} must be a list of states, got '
                            '{1}; write [{0}] for a single one'.format(
                                name, type(states).__name__))
    if len(after) != len(before):
        raise ValueError('carry_over: expected as many states after the step '
                         'as before it, got {} and {}'.format(
                             len(after), len(before)))
    if mask is None:
        return list(after)
    if getattr(mask, 'ndim', None) != 1:
        raise ValueError('carry_over: the mask of a step must have one axis, '
                         '(batch,), got {!r}; pass mask[t] for the step t'
                         .format(mask))
    keep = mask[:, None]
    return [keep * new + (1 - keep) * old for new, old in zip(after, before)]
