"""Requirements of transformers on wrapped streams, and inherited settings."""

from fuel.utils.checks import check_stream

KIND = {True: 'examples', False: 'batches'}
REMEDY = {True: 'Unpack', False: 'Batch'}


def check_kind(transformer, data_stream, examples):
    """Refuse a stream of the wrong kind.

    Parameters
    ----------
    transformer : Transformer
        The transformer that is about to wrap the stream.
    data_stream : AbstractDataStream
        The stream.
    examples : bool
        Whether it must produce examples, not batches.

    Raises
    ------
    ValueError
        If the stream produces the other kind.

    """
    check_stream(transformer, data_stream)
    if bool(data_stream.produces_examples) != examples:
        raise ValueError(
            f"{type(transformer).__name__} needs a stream of "
            f"{KIND[examples]}, but {type(data_stream).__name__} produces "
            f"{KIND[not examples]}; wrap it in {REMEDY[examples]} first")


def with_axis_labels(kwargs, data_stream, change=dict):
    """Add the axis labels of a stream to arguments of a constructor.

    Parameters
    ----------
    kwargs : dict
        The keyword arguments; axis labels in it are kept.
    data_stream : AbstractDataStream
        The stream. Nothing is added if it has no labels.
    change : callable, optional
        Takes the labels of the stream by source and returns those to add,
        which are the same by default.

    Returns
    -------
    dict

    """
    if not data_stream.axis_labels:
        return kwargs
    return {'axis_labels': change(data_stream.axis_labels), **kwargs}
