"""A list that records insertions and removals."""
from collections.abc import MutableSequence


class AnnotatingList(MutableSequence):
    """A list with a hook for every item that is inserted or removed.

    Subclasses override :meth:`_setitem` and :meth:`_delitem`.

    Parameters
    ----------
    items : iterable, optional
        The initial items. The hook is called for each.

    Examples
    --------
    >>> class Logged(AnnotatingList):
    ...     def _setitem(self, key, value):
    ...         print('in at', key, value)
    >>> Logged('ab').insert(0, 'c')
    in at 0 a
    in at 1 b
    in at 0 c

    """

    def __init__(self, items=None):
        self._items = []
        self.extend(items or ())

    def _setitem(self, key, value):
        """Handle `value`, which is about to be stored at `key`."""

    def _delitem(self, key):
        """Handle the item at `key`, which is about to be removed."""

    def insert(self, key, value):
        self._setitem(key, value)
        self._items.insert(key, value)

    def __delitem__(self, key):
        self._delitem(key)
        del self._items[key]

    def __setitem__(self, key, value):
        self._delitem(key)
        self._setitem(key, value)
        self._items[key] = value

    def __getitem__(self, key):
        return self._items[key]

    def __len__(self):
        return len(self._items)

    def __eq__(self, other):
        return self._items == other

    __hash__ = None

    def __repr__(self):
        return repr(self._items)
