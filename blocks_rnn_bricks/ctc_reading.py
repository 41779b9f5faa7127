"""Reading CTC alignments in the graph, for exported networks."""
from theano import tensor


def read_alignments(classes, valid, blank):
    """Merge equal neighbours, then drop blanks.

    Parameters
    ----------
    classes : :class:`~theano.tensor.TensorVariable`
        (T, B), integers.
    valid : :class:`~theano.tensor.TensorVariable`
        (T, B), true where there is a frame.
    blank : int or scalar :class:`~theano.tensor.TensorVariable`

    Returns
    -------
    labels : :class:`~theano.tensor.TensorVariable`
        (T, B), int64: the labels of each sequence, then zeros.
    there : :class:`~theano.tensor.TensorVariable`
        (T, B), true where there is a label.

    """
    classes, there = _to_front(classes, valid)
    new = tensor.concatenate([
        tensor.ones_like(there[:1]),
        tensor.neq(classes[1:], classes[:-1])], axis=0)
    labels, there = _to_front(
        classes, there * new * tensor.neq(classes, blank))
    return tensor.switch(there, labels, tensor.zeros_like(labels)), there


def _to_front(values, kept):
    """Move the kept values to the front of each column, in order.

    Returns
    -------
    values, kept : :class:`~theano.tensor.TensorVariable`
        (T, B), reordered; the dropped values come last.

    """
    length, batch = values.shape[0], values.shape[1]
    steps = tensor.arange(length).dimshuffle(0, 'x')
    order = tensor.argsort(
        tensor.switch(kept, steps, steps + length), axis=0)
    columns = tensor.arange(batch).dimshuffle('x', 0) + tensor.zeros_like(
        order)
    count = tensor.cast(kept, 'int64').sum(axis=0)
    return values[order, columns], tensor.lt(steps, count)
