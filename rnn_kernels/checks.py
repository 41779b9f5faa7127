"""The one check of a mask."""
import theano


def check_mask(who, mask, rows):
    """Raise unless a mask goes with rows of features.

    Parameters
    ----------
    who : str
        Who asks, for the message.
    mask : variable
        Should have one axis less than `rows`. Its dtype should be theirs, or
        one that does not widen theirs in a product.
    rows : variable
        (..., features).

    Raises
    ------
    ValueError
        If the mask has the wrong number of axes.
    TypeError
        If states that are multiplied by it would be of another dtype.

    """
    if mask.ndim != rows.ndim - 1:
        raise ValueError(
            '{}: the mask must have {} axes, one less than the inputs, got '
            '{}; it holds one number for each time step and sequence, (time, '
            'batch)'.format(who, rows.ndim - 1, mask.ndim))
    if theano.scalar.upcast(mask.dtype, rows.dtype) != rows.dtype:
        raise TypeError(
            "{0}: a mask of dtype {1} would turn {2} states into {3}, since "
            "it is multiplied with them; use tensor.cast(mask, '{2}'), give "
            "Fuel's Padding mask_dtype='{2}', or set floatX of Theano and "
            "Fuel to the same type".format(
                who, mask.dtype, rows.dtype,
                theano.scalar.upcast(mask.dtype, rows.dtype)))
