"""Checks of the names of sources."""

from fuel.streams import AbstractDataStream


def choose_sources(transformer, name, available, chosen):
    """Return the chosen sources as a tuple, or all sources for None."""
    if chosen is None:
        return tuple(available)
    if isinstance(chosen, str):
        raise ValueError("{}: {} must be a tuple of names, got the string "
                         "'{}'; write ('{}',)".format(
                             type(transformer).__name__, name, chosen,
                             chosen))
    if not isinstance(chosen, (tuple, list, set, frozenset)):
        raise TypeError('{}: {} must be a tuple of names, got {!r}'.format(
            type(transformer).__name__, name, chosen))
    unknown = [source for source in chosen if source not in available]
    if unknown:
        raise ValueError("{}: {} must be among {}, got '{}'".format(
            type(transformer).__name__, name, ', '.join(available),
            "', '".join(map(str, unknown))))
    return tuple(chosen)


def check_stream(transformer, data_stream):
    """Raise TypeError unless a transformer is given a stream."""
    if not isinstance(data_stream, AbstractDataStream):
        raise TypeError(
            '{}: data_stream must be a Fuel stream such as DataStream(dataset,'
            ' iteration_scheme=...), got {!r}'.format(
                type(transformer).__name__, data_stream))


def with_index(sources, index_source):
    """Return the sources with the index source, which must be a new name."""
    if not isinstance(index_source, str):
        raise TypeError('index_source: expected the name of a source, a '
                        'string, got {!r}'.format(index_source))
    if index_source in sources:
        raise ValueError("index_source: the data already has a source '{}'; "
                         'choose another name'.format(index_source))
    return tuple(sources) + (index_source,)
