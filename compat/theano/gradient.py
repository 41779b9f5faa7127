"""Symbolic differentiation and functions that alter gradients."""

import functools
from collections.abc import Iterable

import numpy
from pytensor import gradient as _gradient
from pytensor.gradient import (
    DisconnectedGrad,
    DisconnectedInputError,
    DisconnectedType,
    GradClip,
    GradientError,
    GradScale,
    NullType,
    NullTypeGradError,
    UndefinedGrad,
    ZeroGrad,
    disconnected_grad,
    disconnected_grad_,
    disconnected_type,
    grad_clip,
    grad_not_implemented,
    grad_scale,
    grad_undefined,
    hessian,
    mode_not_slow,
    numeric_grad,
    pullback,
    pushforward,
    subgraph_grad,
    undefined_grad,
    undefined_grad_,
    zero_grad,
    zero_grad_,
)
from pytensor.graph.basic import Variable
from pytensor.tensor import as_tensor_variable
from theano.compile.mode import get_mode

__all__ = [
    'ConsiderConstant', 'DisconnectedGrad', 'DisconnectedInputError',
    'DisconnectedType', 'GradClip', 'GradScale', 'GradientError', 'Lop',
    'NullType', 'NullTypeGradError', 'Rop', 'UndefinedGrad', 'ZeroGrad',
    'consider_constant', 'consider_constant_', 'disconnected_grad',
    'disconnected_grad_', 'disconnected_type', 'format_as', 'grad',
    'grad_clip', 'grad_not_implemented', 'grad_scale', 'grad_undefined',
    'hessian', 'jacobian', 'mode_not_slow', 'numeric_grad', 'subgraph_grad',
    'undefined_grad', 'undefined_grad_', 'verify_grad', 'zero_grad',
    'zero_grad_']


@functools.wraps(_gradient.grad)
def grad(cost, wrt, *args, **kwargs):
    # For example, a brick's list of parameters is neither a list nor a tuple.
    if not isinstance(wrt, (Variable, list, tuple)):
        if not isinstance(wrt, Iterable):
            raise TypeError(f'grad: wrt must be a variable or a list of '
                            f'variables, got {wrt!r}')
        wrt = list(wrt)
    if getattr(cost, 'ndim', 0):
        raise TypeError(f'grad: the cost must be a scalar, got {cost} with '
                        f'{cost.ndim} axes; use its mean or sum')
    for variable in wrt if isinstance(wrt, (list, tuple)) else [wrt]:
        if not isinstance(variable, Variable):
            raise TypeError(f'grad: wrt must be a variable or a list of '
                            f'variables, got {variable!r}')
    return _gradient.grad(cost, wrt, *args, **kwargs)


class ConsiderConstant(ZeroGrad):
    """Identity whose gradient is zero; the older name of ``ZeroGrad``."""


consider_constant_ = ConsiderConstant()


def consider_constant(x):
    """Return `x` with a gradient of zero.

    Parameters
    ----------
    x : Variable or array_like

    Returns
    -------
    TensorVariable
        The same values; ``grad`` treats them as constants.

    """
    return consider_constant_(as_tensor_variable(x))


def format_as(use_list, use_tuple, outputs):
    """Wrap results like the caller's arguments.

    Parameters
    ----------
    use_list, use_tuple : bool
        Return a list or a tuple; with neither, `outputs` must have one
        Return a list or a tuple; if both are False, `outputs` must have one
        element, which is returned itself.

    Raises
    ------
    AssertionError
        If both are set, or neither with several results.

    """
    if use_list and use_tuple:
        raise AssertionError('format_as: pass use_list or use_tuple, not both')
    if not isinstance(outputs, (list, tuple)):
        outputs = [outputs]
    if use_list or use_tuple:
        return (list if use_list else tuple)(outputs)
    if len(outputs) != 1:
        raise AssertionError(f'format_as: expected a single result, got '
                             f'{len(outputs)}')
    return outputs[0]


def Rop(f, wrt, eval_points, disconnected_outputs='raise',
        return_disconnected='zero'):
    """Multiply the Jacobian of `f` by directions in the space of `wrt`.

    Parameters
    ----------
    f : Variable or sequence of Variable
        The variable to differentiate.
    wrt : Variable or sequence of Variable
        The variables with respect to which to differentiate.
    eval_points : Variable or sequence of Variable
        Directions, shaped like `wrt`.
    disconnected_outputs : {'raise', 'warn', 'ignore'}
        How to handle an output that does not depend on any of `wrt`.
    return_disconnected : {'zero', 'None', 'disconnected'}
        The derivative to return for such an output.

    Returns
    -------
    Variable, list or tuple of Variable
        Shaped like `f`.

    """
    return pushforward(f, wrt, tangents=eval_points,
                       disconnected_outputs=disconnected_outputs,
                       return_disconnected=return_disconnected)


def Lop(f, wrt, eval_points, consider_constant=None,
        disconnected_inputs='raise'):
    """Multiply the transposed Jacobian of `f` by `eval_points`.

    Parameters
    ----------
    f : Variable or sequence of Variable
        The variable to differentiate.
    wrt : Variable or sequence of Variable
        The variables with respect to which to differentiate.
    eval_points : Variable or sequence of Variable
        Shaped like `f`.
    consider_constant : sequence of Variable, optional
        Variables through which no gradient flows.
    disconnected_inputs : {'raise', 'warn', 'ignore'}
        How to handle an element of `wrt` on which no output depends.

    Returns
    -------
    Variable, list or tuple of Variable
        Shaped like `wrt`.

    """
    return pullback(f, wrt, cotangents=eval_points,
                    consider_constant=consider_constant,
                    disconnected_inputs=disconnected_inputs)


def jacobian(expression, wrt, consider_constant=None,
             disconnected_inputs='raise'):
    """Differentiate every element of a vector (or a scalar).

    Parameters
    ----------
    expression : TensorVariable
        Scalar or vector.
    wrt : Variable or sequence of Variable
        The variables with respect to which to differentiate.
    consider_constant : sequence of Variable, optional
        Variables through which no gradient flows.
    disconnected_inputs : {'raise', 'warn', 'ignore'}
        How to handle an element of `wrt` on which `expression` does not
        depend.

    Returns
    -------
    Variable, list or tuple of Variable
        Shape of `expression` followed by that of `wrt`.

    Raises
    ------
    ValueError
        If `expression` has more than one dimension.

    """
    if expression.ndim > 1:
        raise ValueError(f'jacobian: expression must be a scalar or a vector '
                         f'but has {expression.ndim} dimensions; flatten it')
    return _gradient.jacobian(expression, wrt,
                              consider_constant=consider_constant,
                              disconnected_inputs=disconnected_inputs)


def verify_grad(fun, pt, n_tests=2, rng=None, eps=None, out_type=None,
                abs_tol=None, rel_tol=None, mode=None,
                cast_to_output_type=False, no_debug_ref=True):
    """Compare a symbolic gradient with finite differences.

    Parameters
    ----------
    fun : callable
        Takes as many variables as `pt` has arrays; returns one variable.
    pt : list of ndarray
        Floating-point arrays: the point at which to differentiate.
    n_tests : int
        Number of random projections of the output.
    rng : numpy.random.RandomState, optional
        Draws the projections.
    eps : float, optional
        Step of the differences; by default chosen from the data type.
    out_type : str, optional
        Data type of the output if `fun` mixes them.
    abs_tol, rel_tol : float, optional
        The gradient is considered wrong if both its absolute and its relative
        error exceed these.
    mode : str or Mode, optional
        The mode in which to compile.
    cast_to_output_type : bool
        Cast the point to the output's data type.
    no_debug_ref : bool
        Compute the differences in a quick mode if `mode` is DebugMode.

    Raises
    ------
    GradientError
        If the gradient is wrong.

    """
    _gradient.verify_grad(
        fun, [numpy.asarray(array) for array in pt], n_tests=n_tests,
        rng=numpy.random.RandomState(666) if rng is None else rng, eps=eps,
        out_type=out_type, abs_tol=abs_tol, rel_tol=rel_tol,
        mode=get_mode(mode), cast_to_output_type=cast_to_output_type,
        no_debug_ref=no_debug_ref)
