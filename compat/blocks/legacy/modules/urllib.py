"""``urllib`` of Python 2."""
from urllib.parse import quote, quote_plus, unquote, unquote_plus, urlencode
from urllib.request import (
                          getproxies,
                          pathname2url,
                          url2pathname,
                          urlcleanup,
                          urlretrieve,
)

from .urllib2 import urlopen

__all__ = ['getproxies', 'pathname2url', 'quote', 'quote_plus', 'unquote',
           'unquote_plus', 'url2pathname', 'urlcleanup', 'urlencode',
           'urlopen', 'urlretrieve']
