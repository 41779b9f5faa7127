"""Checks whose messages name the caller, the expected and the actual value."""
import math
from numbers import Integral, Real

from numpy import dtype, ndarray


def refuse_request(stream, request):
    """Raise ValueError if a stream without requests received one.

    Parameters
    ----------
    stream : AbstractDataStream
        The caller, for messages.
    request : object
        The request, or `None` as expected.

    """
    if request is not None:
        raise ValueError(
            f"{type(stream).__name__}.get_data takes no request, since it "
            f"returns data in sequence; got the request {request!r}")


def require_request(stream, request):
    """Raise ValueError if a stream with requests received none.

    Parameters
    ----------
    stream : AbstractDataStream
        The caller, for messages.
    request : object
        The request.

    """
    if request is None:
        raise ValueError(
            f"{type(stream).__name__}.get_data needs a request, a number of "
            "examples; iterate over get_epoch_iterator(), so that its "
            "iteration scheme makes them")


def as_source_names(names, owner='a stream', argument='sources'):
    """Return names of sources as a tuple; a single string is one name.

    Parameters
    ----------
    names : str or iterable of str
        The names.
    owner : object or str, optional
        The caller, for messages.
    argument : str, optional
        The name of the argument.

    Raises
    ------
    TypeError
        If they are not strings.

    """
    if isinstance(names, str):
        return (names,)
    try:
        return tuple(names)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{_name(owner)}: {argument} must be a tuple of "
                        f"names of sources, got {names!r}") from error


def check_stream(owner, stream, argument='data_stream'):
    """Raise TypeError if an argument is not a data stream.

    Parameters
    ----------
    owner : object or str
        The caller, for messages.
    stream : object
        The argument; any object with the methods of a stream is accepted.
    argument : str, optional
        The name of the argument.

    """
    if isinstance(stream, type) or not hasattr(stream, 'get_epoch_iterator'):
        raise TypeError(
            f"{_name(owner)}: {argument} must be a data stream such as "
            f"DataStream(dataset, iteration_scheme=...), got {stream!r}")


def check_scheme(owner, scheme):
    """Raise TypeError if an argument is neither an iteration scheme nor None.

    Parameters
    ----------
    owner : object or str
        The caller, for messages.
    scheme : object
        The argument.

    """
    if scheme is not None and (isinstance(scheme, type) or not hasattr(
            scheme, 'get_request_iterator')):
        raise TypeError(
            f"{_name(owner)}: iteration_scheme must be an IterationScheme "
            f"such as SequentialScheme(examples, batch_size), got {scheme!r}")


def check_number(owner, name, value, kind=float, least=None, most=None,
                 above=None, below=None, remedy=''):
    """Raise an error if a setting is not a finite number within bounds.

    Parameters
    ----------
    owner : object or str
        The caller, for messages.
    name : str
        The name of the argument.
    value : object
        The setting.
    kind : {float, int}, optional
        Whether any number or only an integer is allowed.
    least, most : number, optional
        Inclusive bounds.
    above, below : number, optional
        Exclusive bounds.
    remedy : str, optional
        The remedy, added to the message.

    Returns
    -------
    number
        The value.

    Raises
    ------
    TypeError
        If the setting is not a number of that kind.
    ValueError
        If it is out of bounds or not finite.

    Examples
    --------
    >>> check_number('Window', 'size', 0, int, least=1)
    Traceback (most recent call last):
      ...
    ValueError: Window: size must be an integer of at least 1, got 0

    """
    number = value
    if isinstance(value, ndarray) and not value.ndim:
        number = value.item()
    if not isinstance(number, Integral if kind is int else Real) or (
            isinstance(number, bool)):
        error = TypeError
    elif (math.isfinite(number)
          and (least is None or number >= least)
          and (most is None or number <= most)
          and (above is None or number > above)
          and (below is None or number < below)):
        return value
    else:
        error = ValueError
    what = 'an integer' if kind is int else 'a finite number'
    bounds = ' and '.join(
        f'{word} {bound}' for word, bound in [
            ('of at least', least), ('above', above), ('at most', most),
            ('below', below)] if bound is not None)
    raise error(f"{_name(owner)}: {name} must be {what} {bounds}".rstrip()
                + f", got {value!r}" + (f"; {remedy}" if remedy else ''))


def check_positive(owner, kind=float, **settings):
    """Raise an error if a setting is not a positive number or None.

    Parameters
    ----------
    owner : object or str
        The caller, for messages.
    kind : {float, int}, optional
        See :func:`check_number`.
    **settings
        The values by the names of the arguments.

    """
    for name, value in settings.items():
        if value is not None:
            bound = {'least': 1} if kind is int else {'above': 0}
            check_number(owner, name, value, kind, **bound,
                         remedy='or omit it')


def check_dtype(owner, name, value):
    """Return a dtype unchanged; raise TypeError if it is not a dtype.

    Parameters
    ----------
    owner : object or str
        The caller, for messages.
    name : str
        The name of the argument.
    value : dtype or str
        The dtype.

    """
    try:
        if value is None:
            raise TypeError
        dtype(value)
    except TypeError:
        raise TypeError(f"{_name(owner)}: {name} must be a dtype such as "
                        f"'float32', got {value!r}") from None
    return value


def check_callable(owner, name, value):
    """Raise TypeError if an argument is not callable.

    Parameters
    ----------
    owner : object or str
        The caller, for messages.
    name : str
        The name of the argument.
    value : object
        The argument.

    """
    if not callable(value):
        raise TypeError(f"{_name(owner)}: {name} must be a function, got "
                        f"{value!r}")


def _name(owner):
    return owner if isinstance(owner, str) else type(owner).__name__
