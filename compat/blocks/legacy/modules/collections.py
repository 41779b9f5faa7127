"""``collections`` with its abstract classes."""
import collections.abc
from collections.abc import *  # noqa: F401,F403

from . import stand_in

if hasattr(collections.abc, 'ByteString'):
    ByteString = collections.abc.ByteString
else:  # Python 3.14
    ByteString = (bytes, bytearray)

stand_in(__name__, 'collections', [*collections.abc.__all__, 'ByteString'])
