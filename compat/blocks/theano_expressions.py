"""Common expressions."""
from collections.abc import Iterable

from theano import tensor


def l2_norm(tensors, squared=False):
    r"""Return the joint norm of all elements of several tensors.

    Parameters
    ----------
    tensors : iterable of :class:`~tensor.TensorVariable`
        The tensors :math:`x_k`.
    squared : bool, optional
        Whether to return the square of the norm.

    Returns
    -------
    :class:`~tensor.TensorVariable`
        The scalar :math:`\sqrt{\sum_k \sum_i x_{ki}^2}`.

    """
    if isinstance(tensors, tensor.Variable) or not isinstance(tensors,
                                                              Iterable):
        raise TypeError('l2_norm: tensors must be a list of variables, got '
                        f'{tensors!r}')
    tensors = list(tensors)
    if not tensors:
        raise ValueError('l2_norm: tensors must be at least one variable, '
                         'got none')
    squares = [tensor.sqr(tensor.as_tensor_variable(part)).sum()
               for part in tensors]
    total = tensor.stack(squares, axis=0).sum()
    return total if squared else tensor.sqrt(total)


def hessian_times_vector(gradient, parameter, vector, r_op=False):
    """Multiply the Hessian of a cost by a vector, without computing it.

    Parameters
    ----------
    gradient : :class:`~tensor.TensorVariable`
        The gradient of the cost with respect to `parameter`.
    parameter : :class:`~tensor.TensorVariable`
        The parameter.
    vector : :class:`~tensor.TensorVariable`
        In the shape of `parameter`.
    r_op : bool, optional
        Whether to use the R-operator. Which way is faster depends on the
        graph.

    Returns
    -------
    :class:`~tensor.TensorVariable`
        The product, in the shape of `parameter`.

    """
    if r_op:
        return tensor.Rop(gradient, parameter, vector)
    return tensor.grad(tensor.sum(gradient * vector), parameter)
