"""Operations made of graphs."""

from pytensor.compile.builders import OpFromGraph

__all__ = ['OpFromGraph']
