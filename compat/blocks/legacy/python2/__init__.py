"""Names and methods of Python 2, for converted sources.

Strings of Python 2 are bytes. Here they are strings whose characters are the
bytes (Latin-1), and ``unicode`` is the same type. So lengths, indices and the
numbers that a vocabulary assigns to characters are those of Python 2.

"""
from .attributes import attribute, getattr, hasattr
from .classes import generator, modern_class
from .division import div, idiv
from .evaluation import eval, exec, execfile, reload
from .files import File as file
from .files import File as open
from .functions import (
                        StandardError,
                        apply,
                        basestring,
                        buffer,
                        bytearray,
                        bytes,
                        cmp,
                        coerce,
                        filter,
                        input,
                        intern,
                        long,
                        map,
                        oct,
                        print,
                        range,
                        raw_input,
                        reduce,
                        round,
                        unichr,
                        unicode,
                        xrange,
                        zip,
)
from .methods import (
                        decode,
                        encode,
                        has_key,
                        items,
                        itemset,
                        iteritems,
                        iterkeys,
                        itervalues,
                        keys,
                        newbyteorder,
                        next,
                        ptp,
                        tostring,
                        translate,
                        values,
                        viewitems,
                        viewkeys,
                        viewvalues,
                        whole,
                        xreadlines,
)
from .ordering import max, min, sort, sorted

#: Identifies converted modules; see :mod:`blocks.legacy.python2.files`.
__python2__ = True

__all__ = [
    'StandardError', '__python2__', 'apply', 'attribute', 'basestring',
    'buffer', 'bytearray', 'bytes', 'cmp', 'coerce', 'decode', 'div',
    'encode', 'eval', 'exec', 'execfile', 'file', 'filter', 'generator',
    'getattr', 'has_key', 'hasattr', 'idiv', 'input', 'intern', 'items',
    'itemset', 'iteritems', 'iterkeys', 'itervalues', 'keys', 'long',
    'map', 'max', 'min', 'modern_class', 'newbyteorder', 'next', 'oct',
    'open', 'print', 'ptp', 'range', 'raw_input', 'reduce', 'reload',
    'round', 'sort', 'sorted', 'tostring', 'translate', 'unichr',
    'unicode', 'values', 'viewitems', 'viewkeys', 'viewvalues', 'whole',
    'xrange', 'xreadlines', 'zip']
