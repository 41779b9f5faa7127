"""The module ``urllib2``."""
import urllib.request
from urllib.error import HTTPError, URLError
from urllib.parse import quote, unquote
from urllib.request import (
    HTTPCookieProcessor,
    HTTPHandler,
    HTTPSHandler,
    ProxyHandler,
    Request,
    build_opener,
    install_opener,
)

from ..python2.files import File
from ..python2.text import to_bytes

__all__ = ['HTTPCookieProcessor', 'HTTPError', 'HTTPHandler', 'HTTPSHandler',
           'ProxyHandler', 'Request', 'URLError', 'build_opener',
           'install_opener', 'quote', 'unquote', 'urlopen']


def urlopen(url, data=None, *args, **kwargs):
    """Open an address; reading it returns strings."""
    if data is not None:
        data = to_bytes(data)
    answer = urllib.request.urlopen(url, data, *args, **kwargs)
    return File.over(answer, str(url), 'rb')
