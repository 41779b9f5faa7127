"""Attributes that are loaded when they are needed and never pickled."""
from collections.abc import Iterator


def lazy_property_factory(lazy_property):
    """Return a getter and a setter of a lazily loaded attribute.

    Parameters
    ----------
    lazy_property : str
        Name of the attribute. Its value is stored under the same name with a
        leading underscore.

    Returns
    -------
    tuple of callable

    """
    slot = '_' + lazy_property

    def get(self):
        if slot not in self.__dict__:
            self.load()
            if slot not in self.__dict__:
                raise ValueError(f"{type(self).__name__}.load didn't set "
                                 f"the attribute {lazy_property!r}")
        return self.__dict__[slot]

    def set_(self, value):
        self.__dict__[slot] = value

    return get, set_


def do_not_pickle_attributes(*lazy_properties):
    r"""Decorate a class to exclude bulky attributes from its pickles.

    After unpickling, the method ``load`` of the class restores them when one
    of them is first read.

    Parameters
    ----------
    \*lazy_properties : str
        Names of the attributes.

    Returns
    -------
    callable
        The decorator. It does not change a method ``__getstate__`` of the
        class itself, and removes the attributes from the result of an
        inherited one.

    Raises
    ------
    ValueError
        On decorating, if the class has no method ``load``; on pickling, if an
        attribute is an iterator, whose position would be lost.

    Examples
    --------
    >>> import pickle
    >>> from fuel.datasets import IndexableDataset
    >>> @do_not_pickle_attributes('indexables')
    ... class Squares(IndexableDataset):
    ...     def __init__(self):
    ...         self.load()
    ...         super().__init__({'data': self.indexables[0]})
    ...     def load(self):
    ...         self.indexables = [[n ** 2 for n in range(1000)]]
    >>> dataset = Squares()
    >>> '_indexables' in dataset.__getstate__()
    False

    """
    slots = {'_' + name: name for name in lazy_properties}

    def without_slots(self, state):
        for slot, name in slots.items():
            if isinstance(self.__dict__.get(slot), Iterator):
                raise ValueError(
                    f"{type(self).__name__}.{name} is an iterator, whose "
                    "position can't be restored on loading; use an iterable "
                    "that can be iterated over from the start")
        if not isinstance(state, dict):
            return state  # of a different form, known only to its class
        return {name: value for name, value in state.items()
                if name not in slots}

    def decorate(cls):
        if not hasattr(cls, 'load'):
            raise ValueError(
                f"{cls.__name__} needs a method load, which sets the "
                f"attributes {', '.join(lazy_properties)}")
        for name in lazy_properties:
            setattr(cls, name, property(*lazy_property_factory(name)))
        if '__getstate__' not in vars(cls):
            inherited = _inherited_getstate(cls)
            cls.__getstate__ = lambda self: without_slots(self,
                                                          inherited(self))
        return cls
    return decorate


def _inherited_getstate(cls):
    """Return the inherited ``__getstate__``, or `vars` without one."""
    return next((vars(base)['__getstate__'] for base in cls.__mro__[1:-1]
                 if '__getstate__' in vars(base)), vars)
