"""The module ``UserDict``."""
from collections import UserDict
from collections.abc import MutableMapping

__all__ = ['DictMixin', 'IterableUserDict', 'UserDict']

IterableUserDict = UserDict


class DictMixin(MutableMapping):
    """Makes a mapping of a class with ``keys`` and ``__getitem__``."""

    def __iter__(self):
        return iter(self.keys())

    def __len__(self):
        return len(self.keys())

    def has_key(self, key):
        return key in self


# Missing methods of a subclass raise errors when they are called.
DictMixin.__abstractmethods__ = frozenset()
