"""Graphs: variables, applications of operations, and work on both."""

from theano.gof import fg, graph, null_type, op, type, utils
from theano.gof.fg import FunctionGraph, InconsistencyError, MissingInputError
from theano.gof.graph import Apply, Constant, Variable, view_roots
from theano.gof.op import Op, PureOp
from theano.gof.type import Generic, Type, generic
from theano.gof.utils import MethodNotDefined, hashtype, object2

__all__ = [
    'Apply', 'Constant', 'FunctionGraph', 'Generic', 'InconsistencyError',
    'MethodNotDefined', 'MissingInputError', 'Op', 'PureOp', 'Type',
    'Variable', 'fg', 'generic', 'graph', 'hashtype', 'null_type', 'object2',
    'op', 'type', 'utils', 'view_roots']
