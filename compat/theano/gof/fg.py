"""Graphs prepared for rewriting and compilation."""

from pytensor.graph.fg import FunctionGraph
from pytensor.graph.utils import InconsistencyError, MissingInputError

__all__ = ['FunctionGraph', 'InconsistencyError', 'MissingInputError']
