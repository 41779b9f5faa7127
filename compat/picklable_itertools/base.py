"""The base class of the iterators."""
from abc import ABC, abstractmethod

__all__ = ['BaseItertool']


class BaseItertool(ABC):
    """An iterator whose state is in its attributes, so that it pickles."""

    def __iter__(self):
        return self

    @abstractmethod
    def __next__(self):
        """Return the next element, or raise StopIteration."""
