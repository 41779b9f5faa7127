"""Activation functions, distributions and costs."""

import numpy
from pytensor.tensor.special import LogSoftmax, Softmax, log_softmax
from pytensor.tensor.special import softmax as _softmax
from theano import tensor
from theano.raise_op import CheckAndRaise
from theano.tensor.nnet.sigm import (  # noqa: F401
    hard_sigmoid,
    sigmoid,
    softplus,
    ultra_fast_sigmoid,
)

__all__ = [
    'LogSoftmax', 'Softmax', 'binary_crossentropy',
    'categorical_crossentropy', 'confusion_matrix',
    'crossentropy_categorical_1hot', 'crossentropy_softmax_1hot',
    'crossentropy_softmax_1hot_with_bias',
    'crossentropy_softmax_argmax_1hot_with_bias',
    'crossentropy_softmax_max_and_argmax_1hot',
    'crossentropy_softmax_max_and_argmax_1hot_with_bias', 'elu', 'h_softmax',
    'logsoftmax', 'logsoftmax_op', 'relu', 'selu',
    'sigmoid_binary_crossentropy', 'softmax', 'softmax_graph', 'softmax_op',
    'softmax_with_bias', 'softsign']


_SELU_SCALE = 1.0507009873554804934193349852946
_SELU_ALPHA = 1.6732632423543772848170429916717


def _scores(x):
    """Check the argument of a softmax, and turn a vector into a row."""
    x = tensor.as_tensor_variable(x)
    if not x.ndim or x.dtype not in tensor.float_dtypes:
        raise ValueError(f'softmax: x must have floats along a dimension, '
                         f'got {x.type}; cast it to floatX')
    return tensor.shape_padleft(x) if x.ndim == 1 else x


def softmax(c):
    """Normalize exponentials along the last dimension.

    Parameters
    ----------
    c : TensorVariable
        A vector becomes a row.

    Returns
    -------
    TensorVariable

    Raises
    ------
    ValueError
        If `c` is a scalar, or has integers.

    """
    return _softmax(_scores(c), axis=-1)


def logsoftmax(c):
    """Return the logarithm of :func:`softmax`, computed stably."""
    return log_softmax(_scores(c), axis=-1)


def _comparable(operation, function):
    """Make an operation that can be compared with those in a graph.

    PyTensor's operations cannot be compared before they are applied.

    """
    class Comparable(operation):
        def __eq__(self, other):
            return isinstance(other, operation) and other.axis == self.axis

        def __hash__(self):
            return hash((operation, self.axis))

        def __call__(self, x):
            return function(x)

    return Comparable(axis=(1,))


softmax_op = _comparable(Softmax, softmax)
logsoftmax_op = _comparable(LogSoftmax, logsoftmax)


def softmax_graph(c):
    """Write :func:`softmax` with elementary functions."""
    exponentials = tensor.exp(c)
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def softmax_with_bias(x, b):
    """Add a bias (features,) to `x` and apply :func:`softmax`."""
    return softmax(x + b)


def relu(x, alpha=0):
    """Return `x` where it is positive, and `alpha` times `x` elsewhere.

    Parameters
    ----------
    x : TensorVariable or array_like
    alpha : float, TensorVariable or array_like
        Slope of the negative part.

    Returns
    -------
    TensorVariable or ndarray
        An array if `x` is one and `alpha` is 0.

    """
    if not isinstance(x, tensor.Variable):
        x = numpy.asarray(x)
    if isinstance(alpha, (int, float)) and alpha == 0:
        return 0.5 * (x + abs(x))
    alpha = tensor.as_tensor_variable(alpha)
    return 0.5 * (1 + alpha) * x + 0.5 * (1 - alpha) * abs(x)


def elu(x, alpha=1):
    """Return `x` where it is positive, ``alpha * (exp(x) - 1)`` elsewhere.

    References
    ----------
    D.-A. Clevert et al., "Fast and accurate deep network learning by
    exponential linear units (ELUs)", 2015, equation 15.

    """
    x = tensor.as_tensor_variable(x)
    return tensor.switch(x > 0, x, alpha * tensor.expm1(x))


def selu(x):
    """Return a scaled :func:`elu` that preserves mean and variance.

    References
    ----------
    G. Klambauer et al., "Self-normalizing neural networks", 2017,
    equations 2 and 14.

    """
    return _SELU_SCALE * elu(x, _SELU_ALPHA)


def softsign(x):
    """Return ``x / (1 + |x|)``."""
    x = tensor.as_tensor_variable(x)
    return x / (1.0 + abs(x))


def binary_crossentropy(output, target):
    """Compare probabilities with targets, element by element.

    Parameters
    ----------
    output : TensorVariable
        Probabilities, strictly between 0 and 1.
    target : TensorVariable
        Between 0 and 1.

    Returns
    -------
    TensorVariable
        ``-(target * log(output) + (1 - target) * log(1 - output))``.

    """
    return -(target * tensor.log(output)
             + (1.0 - target) * tensor.log(1.0 - output))


def sigmoid_binary_crossentropy(output, target):
    """Compare the sigmoid of `output` with targets, stably.

    Parameters
    ----------
    output : TensorVariable
        Any real numbers.
    target : TensorVariable
        Between 0 and 1.

    Returns
    -------
    TensorVariable

    """
    output = tensor.as_tensor_variable(output)
    return softplus(output) - output * target


def _log_probabilities(distribution):
    """Return the logarithm, simplified for a softmax."""
    node = distribution.owner
    if node is not None and isinstance(node.op, Softmax):
        return log_softmax(node.inputs[0], axis=node.op.axis)
    return tensor.log(distribution)


def categorical_crossentropy(coding_dist, true_dist):
    """Compare distributions over classes.

    Parameters
    ----------
    coding_dist : TensorVariable, shape (rows, classes)
        Probabilities; more leading dimensions are allowed if `true_dist`
        has as many.
    true_dist : TensorVariable
        Distributions of the same shape, or class indices (rows,).

    Returns
    -------
    TensorVariable, shape (rows,)
        ``-sum(true_dist * log(coding_dist))`` over classes.

    Raises
    ------
    TypeError
        If the numbers of dimensions do not match.

    """
    coding_dist = tensor.as_tensor_variable(coding_dist)
    true_dist = tensor.as_tensor_variable(true_dist)
    if true_dist.ndim == coding_dist.ndim:
        return -tensor.sum(true_dist * _log_probabilities(coding_dist),
                           axis=coding_dist.ndim - 1)
    if true_dist.ndim == coding_dist.ndim - 1:
        return crossentropy_categorical_1hot(coding_dist, true_dist)
    raise TypeError(f'categorical_crossentropy: true_dist must have as many '
                    f'dimensions as coding_dist ({coding_dist.ndim}) or one '
                    f'less, got {true_dist.ndim}')


def checked_classes(who, classes, scores):
    """Return class indices that are checked when they are computed.

    Parameters
    ----------
    who : str
        The caller, for the message.
    classes : TensorVariable, shape (rows,)
        The class indices.
    scores : TensorVariable, shape (rows, classes)
        The variable to compare with.

    Returns
    -------
    TensorVariable, shape (rows,)

    """
    classes = CheckAndRaise(
        ValueError, f'{who}: there must be as many class indices as '
        f'predictions: bring both to the same batch, and the same length'
    )(classes, tensor.eq(classes.shape[0], scores.shape[0]))
    return CheckAndRaise(
        ValueError, f'{who}: class indices must be at least 0 and below the '
        'number of classes, the length of the last axis of the predictions; '
        'mask the padding, or widen the last layer'
    )(classes, tensor.all(tensor.ge(classes, 0)),
      tensor.all(tensor.lt(classes, scores.shape[1])))


def crossentropy_categorical_1hot(coding_dist, true_one_of_n):
    """Compare distributions (rows, classes) with class indices (rows,).

    Raises
    ------
    TypeError
        If the arguments are not a matrix and a vector of integers.
    ValueError
        At run time, if an index is not that of a class, or if there are not
        as many indices as rows.

    """
    coding_dist = tensor.as_tensor_variable(coding_dist)
    classes = tensor.as_tensor_variable(true_one_of_n)
    if coding_dist.ndim != 2:
        raise TypeError(f'crossentropy: coding_dist must be a matrix, got '
                        f'{coding_dist.ndim} dimensions')
    if classes.ndim != 1 or classes.dtype not in tensor.integer_dtypes:
        raise TypeError(f'crossentropy: class indices must be an integer '
                        f'vector, got {classes.type}')
    classes = checked_classes('categorical_crossentropy', classes,
                              coding_dist)
    rows = tensor.arange(classes.shape[0])
    return -_log_probabilities(coding_dist)[rows, classes]


def crossentropy_softmax_argmax_1hot_with_bias(x, b, y_idx):
    """Return cost (rows,), softmax (rows, classes) and best class (rows,).

    Parameters
    ----------
    x : TensorVariable, shape (rows, classes)
    b : TensorVariable, shape (classes,)
    y_idx : TensorVariable, shape (rows,)
        Class indices.

    Returns
    -------
    cost, probabilities, best : TensorVariable
        The best class has the data type of `y_idx`.

    """
    cost, probabilities, _, best = (
        crossentropy_softmax_max_and_argmax_1hot_with_bias(x, b, y_idx))
    return cost, probabilities, best


def crossentropy_softmax_1hot_with_bias(x, b, y_idx):
    """Return cost (rows,) and softmax (rows, classes) of ``x + b``."""
    return crossentropy_softmax_argmax_1hot_with_bias(x, b, y_idx)[:2]


def crossentropy_softmax_1hot(x, y_idx):
    """Return cost (rows,) and softmax (rows, classes) of `x`."""
    probabilities = softmax(x)
    return crossentropy_categorical_1hot(probabilities, y_idx), probabilities


def crossentropy_softmax_max_and_argmax_1hot_with_bias(x, b, y_idx):
    """Return cost, softmax, its greatest probabilities and their classes.

    The arguments are those of
    :func:`crossentropy_softmax_argmax_1hot_with_bias`.

    """
    return crossentropy_softmax_max_and_argmax_1hot(x + b, y_idx)


def crossentropy_softmax_max_and_argmax_1hot(x, y_idx):
    """Return the same for the scores `x` without a bias."""
    y_idx = tensor.as_tensor_variable(y_idx)
    cost, probabilities = crossentropy_softmax_1hot(x, y_idx)
    best = tensor.argmax(x, axis=-1).astype(y_idx.dtype)
    return cost, probabilities, tensor.max(probabilities, axis=-1), best


def confusion_matrix(actual, pred):
    """Count the pairs of actual and predicted classes.

    Parameters
    ----------
    actual, pred : TensorVariable, shape (rows,)
        Class indices.

    Returns
    -------
    counts : TensorVariable, shape (classes, classes)
        Rows are actual classes.
    order : TensorVariable, shape (classes,)
        Class index of each row.

    Raises
    ------
    ValueError
        If an argument is not a vector of integers.

    """
    for name, classes in ('actual', actual), ('pred', pred):
        if classes.ndim != 1 or classes.dtype not in tensor.integer_dtypes:
            raise ValueError(f'confusion_matrix: {name} must be an integer '
                             f'vector, got {classes.type}')
    order = tensor.extra_ops.Unique(False, False, False)(
        tensor.concatenate([actual, pred]))
    is_actual = tensor.eq(actual.dimshuffle(0, 'x'),
                          order.dimshuffle('x', 0)).astype('int64')
    is_pred = tensor.eq(pred.dimshuffle(0, 'x'),
                        order.dimshuffle('x', 0)).astype('int64')
    return [tensor.dot(is_actual.T, is_pred), order]


def h_softmax(x, batch_size, n_outputs, n_classes, n_outputs_per_class, W1,
              b1, W2, b2, target=None):
    """Compute a softmax in two levels: classes, and outputs in a class.

    Parameters
    ----------
    x : TensorVariable, shape (batch_size, features)
    batch_size, n_outputs, n_classes, n_outputs_per_class : int
        ``n_classes * n_outputs_per_class`` must be at least `n_outputs`.
    W1 : TensorVariable, shape (features, n_classes)
    b1 : TensorVariable, shape (n_classes,)
    W2 : TensorVariable, shape (n_classes, features, n_outputs_per_class)
    b2 : TensorVariable, shape (n_classes, n_outputs_per_class)
    target : TensorVariable, shape (batch_size,) or (batch_size, 1), optional
        Outputs whose probabilities to compute; all by default.

    Returns
    -------
    TensorVariable
        Probabilities: (batch_size,) of the targets, or (batch_size,
        n_outputs).

    """
    x, W2, b2 = map(tensor.as_tensor_variable, (x, W2, b2))
    classes = softmax(tensor.dot(x, W1) + b1)
    if target is None:
        within = tensor.tensordot(x, W2, axes=[[1], [1]]) + b2
        within = tensor.exp(within - within.max(axis=-1, keepdims=True))
        within /= within.sum(axis=-1, keepdims=True)
        joint = classes.dimshuffle(0, 1, 'x') * within
        return joint.reshape((batch_size, -1))[:, :n_outputs]
    target = target.flatten()
    its_class = target // n_outputs_per_class
    within = softmax(tensor.batched_dot(
        x.dimshuffle(0, 'x', 1), W2[its_class])[:, 0] + b2[its_class])
    rows = tensor.arange(batch_size)
    return (classes[rows, its_class]
            * within[rows, target % n_outputs_per_class])
