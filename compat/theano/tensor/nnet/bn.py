"""Batch normalization."""

from theano import tensor
from theano.configparser import config

__all__ = ['batch_normalization', 'batch_normalization_test',
           'batch_normalization_train']


def batch_normalization(inputs, gamma, beta, mean, std, mode='low_mem'):
    """Normalize with given statistics.

    Parameters
    ----------
    inputs : TensorVariable
    gamma, beta : TensorVariable
        Scale and shift.
    mean, std : TensorVariable
        Statistics.
    mode : {'low_mem', 'high_mem'}
        Without effect.

    Returns
    -------
    TensorVariable
        ``(inputs - mean) * gamma / std + beta``.

    Raises
    ------
    ValueError
        If the mode is invalid.

    """
    if mode not in ('low_mem', 'high_mem'):
        raise ValueError(f"batch_normalization: mode must be 'low_mem' or "
                         f"'high_mem', got {mode!r}")
    return (inputs - mean) * (gamma / std) + beta


def _dimensions(axes, ndim):
    """Return the dimensions to average over."""
    if axes == 'per-activation':
        axes = (0,)
    elif axes == 'spatial':
        axes = (0,) + tuple(range(2, ndim))
    elif not isinstance(axes, (list, tuple)):
        raise ValueError(f"batch normalization: axes must be "
                         f"'per-activation', 'spatial' or a sequence of "
                         f"int, got {axes!r}")
    if not axes or max(axes) >= ndim:
        raise ValueError(f'batch normalization: axes must be at least one '
                         f'number below {ndim}, got {axes!r}')
    return tuple(sorted(axes))


def _fitted(variables, axes, ndim):
    """Broadcast statistics and parameters to the dimensions of the input."""
    kept = [axis for axis in range(ndim) if axis not in axes]
    fitted = []
    for name, variable in variables.items():
        variable = tensor.as_tensor_variable(variable)
        if variable.ndim == len(kept) != ndim:
            variable = variable.dimshuffle(
                ['x' if axis in axes else kept.index(axis)
                 for axis in range(ndim)])
        elif variable.ndim != ndim:
            raise ValueError(f'batch normalization: {name} must have '
                             f'{len(kept)} or {ndim} dimensions, got '
                             f'{variable.ndim}')
        fitted.append(tensor.addbroadcast(variable, *axes))
    return fitted


def _checked(epsilon):
    """Return epsilon in floatX if it is large enough."""
    if epsilon < 1e-5:
        raise ValueError(f'batch normalization: epsilon must be at least '
                         f'1e-5, got {epsilon}')
    return tensor.constant(epsilon, dtype=config.floatX)


def batch_normalization_train(inputs, gamma, beta, axes='per-activation',
                              epsilon=1e-4, running_average_factor=0.1,
                              running_mean=None, running_var=None):
    """Normalize with the statistics of the batch itself.

    Parameters
    ----------
    inputs : TensorVariable
    gamma, beta : TensorVariable
        Scale and shift, with or without the averaged dimensions.
    axes : {'per-activation', 'spatial'} or sequence of int
        Dimensions to average over.
    epsilon : float
        Added to the variance; at least 1e-5.
    running_average_factor : float
        Weight of the batch in the running statistics.
    running_mean, running_var : TensorVariable, optional
        Running statistics, both or neither.

    Returns
    -------
    list of TensorVariable
        Normalized inputs, mean, inverse standard deviation, and, if running
        statistics were given, their new mean and variance.

    Raises
    ------
    ValueError
        If the axes or epsilon are invalid, or if only one running statistic is
        given.

    """
    if (running_mean is None) != (running_var is None):
        raise ValueError('batch_normalization_train: pass both running_mean '
                         'and running_var, or neither')
    inputs = tensor.as_tensor_variable(inputs)
    axes = _dimensions(axes, inputs.ndim)
    gamma, beta = _fitted({'gamma': gamma, 'beta': beta}, axes, inputs.ndim)
    mean = inputs.mean(axes, keepdims=True)
    variance = inputs.var(axes, keepdims=True)
    inverse = 1 / tensor.sqrt(variance + _checked(epsilon))
    results = [(inputs - mean) * (gamma * inverse) + beta, mean, inverse]
    if running_mean is not None:
        form = running_mean.ndim
        old_mean, old_variance = _fitted(
            {'running_mean': running_mean, 'running_var': running_var},
            axes, inputs.ndim)
        number = tensor.cast(inputs.size / mean.size, config.floatX)
        weight = running_average_factor
        averages = [
            old_mean * (1.0 - weight) + mean * weight,
            old_variance * (1.0 - weight)
            + number / (number - 1) * variance * weight]
        if form != inputs.ndim:
            kept = [axis for axis in range(inputs.ndim) if axis not in axes]
            averages = [one.dimshuffle(kept) for one in averages]
        results += averages
    return results


def batch_normalization_test(inputs, gamma, beta, mean, var,
                             axes='per-activation', epsilon=1e-4):
    """Normalize with given mean and variance.

    Parameters
    ----------
    inputs : TensorVariable
    gamma, beta, mean, var : TensorVariable
        Scale, shift and statistics, with or without the averaged
        dimensions.
    axes : {'per-activation', 'spatial'} or sequence of int
        Dimensions that were averaged over.
    epsilon : float
        Added to the variance; at least 1e-5.

    Returns
    -------
    TensorVariable

    Raises
    ------
    ValueError
        If the axes or epsilon are invalid.

    """
    inputs = tensor.as_tensor_variable(inputs)
    axes = _dimensions(axes, inputs.ndim)
    gamma, beta, mean, var = _fitted(
        {'gamma': gamma, 'beta': beta, 'mean': mean, 'var': var}, axes,
        inputs.ndim)
    return ((inputs - mean) * (gamma / tensor.sqrt(var + _checked(epsilon)))
            + beta)
