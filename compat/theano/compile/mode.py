"""Modes of compilation: rewrites and linkers.

A mode combines a set of rewrites of the graph and a linker:

=================  ==========================  ===========================
mode               rewrites                    linker
=================  ==========================  ===========================
``FAST_COMPILE``   few                         ``vm``: Python and NumPy
``FAST_RUN``       all                         that of ``config.linker``
``Mode``           as ``config.optimizer``     that of ``config.linker``
``CVM``            all                         ``cvm``: C, compiled anew
``NUMBA``          all                         ``numba``: compiled anew
``DebugMode``      all, each checked           its own
``NanGuardMode``   all                         ``vm``, values checked
=================  ==========================  ===========================

Functions compiled without a mode use ``config.mode``.

"""

from contextlib import contextmanager
from contextvars import ContextVar

from pytensor.compile.mode import (
    OPT_FAST_COMPILE,
    OPT_FAST_RUN,
    OPT_FAST_RUN_STABLE,
    OPT_MERGE,
    OPT_NONE,
    OPT_STABILIZE,
    Mode,
    fast_run_linkers_to_mode,
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
from pytensor.graph.rewriting.db import RewriteDatabaseQuery
from pytensor.link.numba.linker import NumbaLinker as _BackendNumbaLinker
from pytensor.link.vm import VMLinker as _BackendVMLinker
from theano.compile._blas import use_scipy_openblas
from theano.compile._shapes import ShapeOptimizer
from theano.compile.numba_linker import NumbaLinker
from theano.configparser import SETTINGS, config
from theano.gof._vm_linker import VMLinker

__all__ = [
    'FAST_COMPILE', 'FAST_RUN', 'INNER_MODE', 'Mode', 'OPT_FAST_COMPILE',
    'OPT_FAST_RUN', 'OPT_FAST_RUN_STABLE', 'OPT_MERGE', 'OPT_NONE',
    'OPT_STABILIZE', 'compiling_in', 'get_default_mode', 'get_mode', 'optdb',
    'predefined_linkers', 'predefined_modes',
    'predefined_optimizers', 'register_linker', 'register_mode',
    'register_optimizer', 'without_numba']

#: The default mode of functions.
DEFAULT_MODE, DEFAULT_LINKER = 'FAST_RUN', 'vm'

# Selected by its name only. PyTensor's ShapeOpt, which comes next, skips
# graphs whose shapes are already tracked.
optdb.register('lean_shapes', ShapeOptimizer(), position=.09)

#: Rewrites for Python. Operations fused for C would run Python code for every
#: element. Letting elementwise operations overwrite their inputs takes half
#: the time of all rewrites, without measurable benefit. So does merging
#: products and sums into BLAS calls: NumPy's products call BLAS anyway, and an
#: unrolled loop takes seven times as long to compile. Looking for diagonal,
#: orthogonal, selecting and symmetric matrices takes about a tenth of the time
#: of all rewrites of a network, which has none. After position 10, no rewrite
#: needs shapes.
_ALL, _FEW = (
    RewriteDatabaseQuery(
        include=[rewrites, 'py_only', 'lean_shapes', 'UnShapeOpt'],
        exclude=['fusion', 'inplace_elemwise', 'BlasOpt', 'InplaceBlasOpt',
                 'dot_diag_to_elemwise', 'orthogonal_dot_transpose_to_eye',
                 'selection_dot_to_indexing', 'useless_symmetric_transpose'])
    for rewrites in ('fast_run', 'fast_compile'))

for _name, _kinds in {
        'vm': {'c_thunks': False}, 'vm_nogc': {'allow_gc': False},
        'cvm': {'use_cloop': True},
        'cvm_nogc': {'use_cloop': True, 'allow_gc': False}}.items():
    predefined_linkers[_name] = VMLinker(**_kinds)
predefined_linkers['numba'] = NumbaLinker()
predefined_modes['FAST_COMPILE'] = Mode('vm', _FEW)
predefined_modes['NUMBA'] = Mode(
    'numba', RewriteDatabaseQuery(
        include=['fast_run', 'numba', 'lean_shapes']))
predefined_modes['CVM'] = fast_run_linkers_to_mode['cvm'] = Mode(
    'cvm', RewriteDatabaseQuery(include=['fast_run', 'lean_shapes']))
_PYTHON_FAST_RUN = fast_run_linkers_to_mode['vm'] = Mode('vm', _ALL)
fast_run_linkers_to_mode['numba'] = predefined_modes['NUMBA']

if 'linker' not in SETTINGS:
    config.linker = DEFAULT_LINKER
    if 'mode' not in SETTINGS:
        config.mode = DEFAULT_MODE
if 'DebugMode__check_c' not in SETTINGS:
    config.DebugMode__check_c = config.linker != DEFAULT_LINKER
use_scipy_openblas(config, SETTINGS)

FAST_RUN, FAST_COMPILE = get_mode('FAST_RUN'), get_mode('FAST_COMPILE')

_compiling = ContextVar('mode of the function under compilation',
                        default=None)


@contextmanager
def compiling_in(mode):
    """Compile loops inside this block in `mode`."""
    token = _compiling.set(mode)
    try:
        yield
    finally:
        _compiling.reset(token)


class _InnerMode(Mode):
    """Placeholder for the mode of the function around a loop."""

    def clone(self, link_kwargs=None, optimizer='', **kwargs):
        """Return a copy of the mode of the function under compilation.

        A loop needs a linker that can update its inputs, which only the
        virtual machines can; with any other, ``vm`` is used.

        """
        mode = get_mode(_compiling.get())
        if not isinstance(mode.linker, _BackendVMLinker):
            mode = _PYTHON_FAST_RUN
        return Mode.clone(mode, link_kwargs=link_kwargs,
                          optimizer=optimizer)

    def __reduce__(self):
        return 'INNER_MODE'


INNER_MODE = _InnerMode('vm', _FEW)


def without_numba(mode):
    """Return a mode that is lazy: `mode`, or Python instead of Numba."""
    if isinstance(mode.linker, _BackendNumbaLinker):
        return _PYTHON_FAST_RUN
    return mode
