"""Graphs: variables, applications of operations, and tools for both."""

from theano.gof import (
    destroyhandler,
    fg,
    graph,
    link,
    null_type,
    op,
    opt,
    optdb,
    params_type,
    toolbox,
    type,
    utils,
    vm,
)
from theano.gof.destroyhandler import DestroyHandler
from theano.gof.fg import FunctionGraph, InconsistencyError, MissingInputError
from theano.gof.graph import Apply, Constant, Variable, view_roots
from theano.gof.link import (
    Container,
    Linker,
    LocalLinker,
    PerformLinker,
    WrapLinker,
)
from theano.gof.op import Op, PureOp
from theano.gof.opt import *  # noqa: F401, F403
from theano.gof.optdb import (
    DB,
    EquilibriumDB,
    LocalGroupDB,
    ProxyDB,
    Query,
    SequenceDB,
)
from theano.gof.params_type import Params, ParamsType
from theano.gof.toolbox import (
    Bookkeeper,
    Feature,
    History,
    NoOutputFromInplace,
    ReplacementDidntRemovedError,
    ReplaceValidate,
    Validator,
)
from theano.gof.type import Generic, Type, generic
from theano.gof.utils import MethodNotDefined, hashtype, object2

__all__ = opt.__all__ + [
    'Apply', 'Bookkeeper', 'Constant', 'Container', 'DB', 'DestroyHandler',
    'EquilibriumDB', 'Feature', 'FunctionGraph', 'Generic', 'History',
    'InconsistencyError', 'Linker', 'LocalGroupDB', 'LocalLinker',
    'MethodNotDefined', 'MissingInputError', 'NoOutputFromInplace', 'Op',
    'Params', 'ParamsType', 'PerformLinker', 'ProxyDB', 'PureOp', 'Query',
    'ReplaceValidate', 'ReplacementDidntRemovedError', 'SequenceDB', 'Type',
    'Validator', 'Variable', 'WrapLinker', 'destroyhandler', 'fg', 'generic',
    'graph', 'hashtype', 'link', 'null_type', 'object2', 'op', 'opt', 'optdb',
    'params_type', 'toolbox', 'type', 'utils', 'view_roots', 'vm']
