"""``base64`` for strings of bytes, with the names dropped in Python 3.9."""
import base64

from ..python2.text import to_bytes, to_str
from . import stand_in


def _on_strings(function):
    def coded(s, *args):
        data = function(to_bytes(s), *args)
        return to_str(data) if isinstance(s, str) else data
    return coded


encodestring = _on_strings(base64.encodebytes)
decodestring = _on_strings(base64.decodebytes)
b64encode, b64decode = map(_on_strings, [base64.b64encode, base64.b64decode])
b32encode, b32decode = map(_on_strings, [base64.b32encode, base64.b32decode])
b16encode, b16decode = map(_on_strings, [base64.b16encode, base64.b16decode])
urlsafe_b64encode, urlsafe_b64decode, standard_b64encode, \
    standard_b64decode = map(_on_strings, [
        base64.urlsafe_b64encode, base64.urlsafe_b64decode,
        base64.standard_b64encode, base64.standard_b64decode])

stand_in(__name__, 'base64', [
    'encodestring', 'decodestring', 'b64encode', 'b64decode', 'b32encode',
    'b32decode', 'b16encode', 'b16decode', 'urlsafe_b64encode',
    'urlsafe_b64decode', 'standard_b64encode', 'standard_b64decode'])
