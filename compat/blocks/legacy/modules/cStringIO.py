"""``cStringIO``, which is :mod:`StringIO`."""
from .StringIO import InputType, OutputType, StringIO

__all__ = ['InputType', 'OutputType', 'StringIO']
