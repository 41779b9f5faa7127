"""What masks do to padded sequences, time first.

Throughout, a mask is floating point, (T, B), 1 where there is data and 0
where there is none; holes are allowed.

"""
from theano import tensor


def clean(sequence, mask, value=0):
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

    """
    if mask is None:
        return sequence
    present = tensor.neq(
        mask.dimshuffle(*([0, 1] + ['x'] * (sequence.ndim - 2))), 0)
    return tensor.switch(present, sequence,
                         tensor.constant(value, dtype=sequence.dtype))


def mean_over_time(sequence, mask=None):
    """Mean over the valid time steps of each sequence.

    Parameters
    ----------
    sequence : :class:`~theano.tensor.TensorVariable`
        (T, B, D).
    mask : :class:`~theano.tensor.TensorVariable`, optional
        (T, B).

    Returns
    -------
    :class:`~theano.tensor.TensorVariable`
        (B, D); zero for a sequence of length zero.

    """
    if mask is None:
        return sequence.mean(axis=0)
    steps = tensor.maximum(mask.sum(axis=0), tensor.ones_like(mask[0]))
    return clean(sequence, mask).sum(axis=0) / steps[:, None]


def carry_over(mask, after, before):
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
        `after` where the mask is 1, `before` where it is 0.

    """
    if mask is None:
        return after
    keep = mask[:, None]
    return [keep * new + (1 - keep) * old for new, old in zip(after, before)]
