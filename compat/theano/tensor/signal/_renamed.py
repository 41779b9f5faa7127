"""Arguments of pooling that have older names."""

import warnings

__all__ = ['given']


def given(who, ndim, ws, stride, pad, ds, st, padding, stacklevel=4):
    """Return window, step and padding from their current or older names.

    Parameters
    ----------
    who : str
        Function to name in messages.
    ndim : int
        Number of pooled dimensions.
    ws, stride, pad : sequence of int, optional
    ds, st, padding : sequence of int, optional
        The same under their older names, which cause a warning.
    stacklevel : int
        Stack level of the warning.

    Returns
    -------
    ws, stride, pad

    Raises
    ------
    ValueError
        If the window is missing, or if an argument is given under both names.

    """
    if pad is not None and _is_zero(pad, ndim):
        pad = None
    values = []
    for name, value, older, obsolete in [
            ('ws', ws, 'ds', ds), ('stride', stride, 'st', st),
            ('pad', pad, 'padding', padding)]:
        if obsolete is not None:
            if value is not None:
                raise ValueError(f'{who}: pass {name}, not {older}, its '
                                 f'older name, got both')
            warnings.warn(f'{who}: {older} is obsolete; pass {name}',
                          stacklevel=stacklevel)
            value = obsolete
        values.append(value)
    if values[0] is None:
        raise ValueError(f'{who}: ws, the lengths of the window, is missing')
    return values


def _is_zero(pad, ndim):
    return isinstance(pad, (tuple, list)) and list(pad) == [0] * ndim
