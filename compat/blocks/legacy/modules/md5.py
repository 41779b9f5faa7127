"""The module ``md5``."""
from .hashlib import md5
from .hashlib import md5 as new

__all__ = ['digest_size', 'md5', 'new']

digest_size = 16
