"""Compilation of graphs to functions."""

from theano.compile import (
    builders,
    debugmode,
    function_module,
    io,
    mode,
    monitormode,
    nanguardmode,
    ops,
    profiling,
    sharedvalue,
)
from theano.compile.builders import OpFromGraph
from theano.compile.debugmode import DebugMode
from theano.compile.function import function
from theano.compile.function_module import (
    Function,
    FunctionMaker,
    UnusedInputError,
)
from theano.compile.io import In, Out, Param, SymbolicInput, SymbolicOutput
from theano.compile.mode import (
    FAST_COMPILE,
    FAST_RUN,
    Mode,
    get_default_mode,
    get_mode,
    optdb,
    predefined_linkers,
    predefined_modes,
    predefined_optimizers,
    register_linker,
    register_mode,
    register_optimizer,
)
from theano.compile.monitormode import MonitorMode
from theano.compile.ops import (
    DeepCopyOp,
    FromFunctionOp,
    Rebroadcast,
    Shape,
    Shape_i,
    SpecifyShape,
    ViewOp,
    as_op,
    deep_copy_op,
    shape,
    specify_shape,
    view_op,
)
from theano.compile.pfunc import pfunc, rebuild_collect_shared
from theano.compile.profiling import ProfileStats
from theano.compile.sharedvalue import (
    SharedVariable,
    generic,
    shared,
    shared_constructor,
)

__all__ = [
    'DebugMode', 'DeepCopyOp', 'FAST_COMPILE', 'FAST_RUN', 'FromFunctionOp',
    'Function', 'FunctionMaker', 'In', 'Mode', 'MonitorMode', 'OpFromGraph',
    'Out', 'Param', 'ProfileStats', 'Rebroadcast', 'Shape', 'Shape_i',
    'SharedVariable', 'SpecifyShape', 'SymbolicInput', 'SymbolicOutput',
    'UnusedInputError', 'ViewOp', 'as_op', 'builders', 'debugmode',
    'deep_copy_op', 'function', 'function_module', 'generic',
    'get_default_mode', 'get_mode', 'io', 'mode', 'monitormode',
    'nanguardmode', 'ops', 'optdb', 'pfunc', 'predefined_linkers',
    'predefined_modes', 'predefined_optimizers', 'profiling',
    'rebuild_collect_shared', 'register_linker', 'register_mode',
    'register_optimizer', 'shape', 'shared', 'shared_constructor',
    'sharedvalue', 'specify_shape', 'view_op']
