"""Checks with messages that name who, what was expected and what came."""
import math
from numbers import Integral, Real


def refuse_request(stream, request):
    """Raise ValueError if a stream without requests was given one.

    Parameters
    ----------
    stream : AbstractDataStream
        Who was asked.
    request : object
        The request, or `None` as it should be.

    """
    if request is not None:
        raise ValueError(
            f"{type(stream).__name__}.get_data takes no request, it gives "
            f"what comes next; got the request {request!r}")


def require_request(stream, request):
    """Raise ValueError if a stream with requests was given none.

    Parameters
    ----------
    stream : AbstractDataStream
        Who was asked.
    request : object
        The request.

    """
    if request is None:
        raise ValueError(
            f"{type(stream).__name__}.get_data needs a request, a number of "
            "examples; iterate over get_epoch_iterator() to have its "
            "iteration scheme make them")


def as_source_names(names):
    """Return names of sources as a tuple; one string is one name.

    Parameters
    ----------
    names : str or iterable of str
        The names.

    """
    return (names,) if isinstance(names, str) else tuple(names)


def check_positive(owner, kind=float, **settings):
    """Raise an error if a setting isn't a positive number or None.

    Parameters
    ----------
    owner : object or str
        Who was given the settings.
    kind : {float, int}, optional
        Whether any number will do or only a whole one.
    **settings
        The values by the names of the arguments.

    Raises
    ------
    TypeError
        If a setting is no number of that kind.
    ValueError
        If it is not above 0 or not finite.

    """
    who = owner if isinstance(owner, str) else type(owner).__name__
    abstract, what = ((Integral, 'integer') if kind is int
                      else (Real, 'number'))
    for name, value in settings.items():
        if value is None:
            continue
        if not isinstance(value, abstract) or isinstance(value, bool):
            error = TypeError
        elif not 0 < value < math.inf:
            error = ValueError
        else:
            continue
        raise error(f"{who}: {name} must be a finite {what} above 0 or "
                    f"None, got {value!r}")
