"""Restore the order of the dataset in outputs of shuffled, sorted batches."""
import operator
from typing import Iterable, List, Optional

import numpy


def restore_order(
        outputs: Iterable[numpy.ndarray], indices: Iterable[numpy.ndarray],
        masks: Optional[Iterable[numpy.ndarray]] = None
        ) -> List[numpy.ndarray]:
    """Return a network's outputs in the order of the dataset.

    Parameters
    ----------
    outputs : iterable of numpy.ndarray
        One array per batch of an epoch: (batch, ...) or, if `masks` are given,
        (time, batch, ...).
    indices : iterable of numpy.ndarray
        The batches of the index source of :func:`padded_batches`.
    masks : iterable of numpy.ndarray, optional
        The masks of the batches, (time, batch). Only the time steps where the
        mask is not 0 are kept.

    Returns
    -------
    list
        One array per sequence, without the batch axis.

    Raises
    ------
    ValueError
        If a sequence is missing or duplicated, or the arguments do not match.
    TypeError
        If an index is not an integer.

    Examples
    --------
    >>> restore_order([['c', 'a'], ['b']], [[2, 0], [1]])
    ['a', 'b', 'c']

    """
    outputs, indices = list(outputs), list(indices)
    masks = [None] * len(outputs) if masks is None else list(masks)
    if not len(outputs) == len(indices) == len(masks):
        raise ValueError('restore_order: expected the same number of batches '
                         'of outputs, indices and masks, got {}, {} and '
                         '{}'.format(
                             len(outputs), len(indices), len(masks)))
    rows = {}
    for output, index, mask in zip(outputs, indices, masks):
        if mask is not None:
            output = [numpy.asarray(output)[numpy.asarray(mask)[:, i] != 0, i]
                      for i in range(numpy.shape(mask)[1])]
        if len(output) != len(index):
            raise ValueError('restore_order: expected one output for each of '
                             'the {} indices of a batch, got {}; pass the '
                             'masks of time-major outputs'.format(
                                 len(index), len(output)))
        for number, row in zip(index, output):
            number = _as_number(number)
            if number in rows:
                raise ValueError('restore_order: sequence {} occurs twice; '
                                 'pass the batches of a single epoch'.format(
                                     number))
            rows[number] = row
    missing = set(range(len(rows))) - set(rows)
    if missing:
        raise ValueError('restore_order: sequence {} is missing; pass all '
                         'batches of one epoch'.format(min(missing)))
    return [rows[number] for number in range(len(rows))]


def _as_number(index):
    """Return the number of a sequence as an int, or raise TypeError."""
    try:
        if isinstance(index, (bool, numpy.bool_)):
            raise TypeError
        return operator.index(index)
    except TypeError:
        raise TypeError('restore_order: an index must be an integer, got '
                        '{!r}; pass the batches of the index source'.format(
                            index)) from None
