"""Operations that overwrite their inputs, in a graph."""

from pytensor.graph.destroyhandler import DestroyHandler

__all__ = ['DestroyHandler']
