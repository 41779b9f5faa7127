"""Names of sources: those chosen, those added."""


def choose_sources(transformer, name, available, chosen):
    """The chosen sources as a tuple, all the available ones for None."""
    if chosen is None:
        return tuple(available)
    if isinstance(chosen, str):
        raise ValueError("{}: {} must be a tuple of names, got the string "
                         "'{}'; write ('{}',)".format(
                             type(transformer).__name__, name, chosen,
                             chosen))
    unknown = [source for source in chosen if source not in available]
    if unknown:
        raise ValueError("{}: {} must be among {}, got '{}'".format(
            type(transformer).__name__, name, ', '.join(available),
            "', '".join(unknown)))
    return tuple(chosen)


def with_index(sources, index_source):
    if index_source in sources:
        raise ValueError("index_source: the data already has a source '{}'; "
                         'choose another name'.format(index_source))
    return tuple(sources) + (index_source,)
