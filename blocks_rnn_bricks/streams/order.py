"""Outputs of shuffled and sorted batches back into the data's order."""
import operator
from typing import Iterable, List, Optional

import numpy


def restore_order(
        outputs: Iterable[numpy.ndarray], indices: Iterable[numpy.ndarray],
        masks: Optional[Iterable[numpy.ndarray]] = None
        ) -> List[numpy.ndarray]:
    """Put a network's outputs into the order of the dataset.

    Parameters
    ----------
    outputs : iterable of numpy.ndarray
        One array a batch of an epoch: (batch, ...), or, if `masks` are
        given, (time, batch, ...).
    indices : iterable of numpy.ndarray
        The batches of the `index_source` of :func:`padded_batches`.
    masks : iterable of numpy.ndarray, optional
        The batches' masks, (time, batch). Each sequence is cut down to the
        steps where its mask is not 0.

    Returns
    -------
    list
        One array a sequence, without its batch axis.

    Raises
    ------
    ValueError
        If a sequence is missing or comes twice, or the three do not match.
    TypeError
        If an index is no integer.

    Examples
    --------
    >>> restore_order([['c', 'a'], ['b']], [[2, 0], [1]])
    ['a', 'b', 'c']

    """
    outputs, indices = list(outputs), list(indices)
    masks = [None] * len(outputs) if masks is None else list(masks)
    if not len(outputs) == len(indices) == len(masks):
        raise ValueError('restore_order: expected as many batches of outputs '
                         'as of indices and masks, got {}, {} and {}'.format(
                             len(outputs), len(indices), len(masks)))
    rows = {}
    for output, index, mask in zip(outputs, indices, masks):
        if mask is not None:
            output = [numpy.asarray(output)[numpy.asarray(mask)[:, i] != 0, i]
                      for i in range(numpy.shape(mask)[1])]
        if len(output) != len(index):
            raise ValueError('restore_order: expected one output for each of '
                             'the {} indices of a batch, got {}; time-major '
                             'outputs need their masks'.format(
                                 len(index), len(output)))
        for number, row in zip(index, output):
            number = _as_number(number)
            if number in rows:
                raise ValueError('restore_order: sequence {} comes twice; '
                                 'give the batches of one epoch'.format(
                                     number))
            rows[number] = row
    missing = set(range(len(rows))) - set(rows)
    if missing:
        raise ValueError('restore_order: sequence {} is missing; give all '
                         'the batches of one epoch'.format(min(missing)))
    return [rows[number] for number in range(len(rows))]


def _as_number(index):
    """The number of a sequence as an int, or TypeError."""
    try:
        if isinstance(index, (bool, numpy.bool_)):
            raise TypeError
        return operator.index(index)
    except TypeError:
        raise TypeError('restore_order: an index must be an integer, got {!r};'
                        ' give the batches of the index_source'.format(
                            index)) from None
