"""Checks with messages that name who, what was expected and what came."""


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
