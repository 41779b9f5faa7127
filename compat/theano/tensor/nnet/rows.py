"""Columns before matrices, for biases and for starts of sequences."""

from theano import tensor

__all__ = ['prepend_0_to_each_row', 'prepend_1_to_each_row',
           'prepend_scalar_to_each_row']


def prepend_scalar_to_each_row(val, mat):
    """Put a column of one number before a matrix.

    Parameters
    ----------
    val : TensorVariable, shape ()
    mat : TensorVariable, shape (rows, columns)

    Returns
    -------
    TensorVariable, shape (rows, columns + 1)

    Raises
    ------
    TypeError
        If the numbers of dimensions are wrong.

    """
    val, mat = map(tensor.as_tensor_variable, (val, mat))
    if val.ndim != 0 or mat.ndim != 2:
        raise TypeError(f'prepend_scalar_to_each_row: a scalar and a matrix '
                        f'are needed, got {val.type} and {mat.type}')
    column = tensor.alloc(val.astype(mat.dtype), mat.shape[0], 1)
    return tensor.concatenate([column, mat], axis=1)


def prepend_0_to_each_row(mat):
    """Put a column of zeros before a matrix (rows, columns)."""
    return prepend_scalar_to_each_row(0, mat)


def prepend_1_to_each_row(mat):
    """Put a column of ones before a matrix (rows, columns)."""
    return prepend_scalar_to_each_row(1, mat)
