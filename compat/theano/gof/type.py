"""Types of variables."""

from pytensor.graph.type import Type
from pytensor.link.c.type import CDataType, Generic, generic

PureType = Type

__all__ = ['CDataType', 'Generic', 'PureType', 'Type', 'generic']
