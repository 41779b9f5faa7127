"""The module ``sha``."""
from .hashlib import sha1 as new
from .hashlib import sha1 as sha

__all__ = ['digest_size', 'new', 'sha']

digest_size = 20
