"""``itertools`` with its iterating twins of map, filter and zip."""
import itertools

from . import stand_in

imap, ifilter, izip = map, filter, zip
izip_longest, ifilterfalse = itertools.zip_longest, itertools.filterfalse

stand_in(__name__, 'itertools', ['imap', 'ifilter', 'izip', 'izip_longest',
                                 'ifilterfalse'])
