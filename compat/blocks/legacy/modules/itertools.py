"""``itertools`` with the iterator versions of map, filter and zip."""
import itertools

from . import stand_in

ifilter, izip = filter, zip
izip_longest, ifilterfalse = itertools.zip_longest, itertools.filterfalse


def imap(function, *iterables):
    """Return an iterator; with None as the function, of tuples."""
    return zip(*iterables) if function is None else map(function, *iterables)


stand_in(__name__, 'itertools', ['imap', 'ifilter', 'izip', 'izip_longest',
                                 'ifilterfalse'])
