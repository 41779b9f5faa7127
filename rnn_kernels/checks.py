"""The check of masks, for all bricks and kernels."""
import theano


def check_mask(who, mask, rows):
    """Raise unless a mask matches rows of features.

    Parameters
    ----------
    who : str
        The caller, for the message.
    mask : variable
        Must have one axis less than `rows`. Its dtype must be theirs, or one
        that does not upcast theirs in a product.
    rows : variable
        (..., features).

    Raises
    ------
    ValueError
        If the mask has the wrong number of axes.
    TypeError
        If multiplying states by it would change their dtype.

    """
    if mask.ndim != rows.ndim - 1:
        raise ValueError(
            '{}: the mask must have {} axes, one less than the inputs, got '
            '{}; it has one number for each time step and sequence, (time, '
            'batch)'.format(who, rows.ndim - 1, mask.ndim))
    if theano.scalar.upcast(mask.dtype, rows.dtype) != rows.dtype:
        raise TypeError(
            "{0}: a mask of dtype {1} would upcast {2} states to {3}, since "
            "they are multiplied by it; use tensor.cast(mask, '{2}'), pass "
            "mask_dtype='{2}' to Fuel's Padding, or set floatX of Theano and "
            "Fuel to the same dtype".format(
                who, mask.dtype, rows.dtype,
                theano.scalar.upcast(mask.dtype, rows.dtype)))
