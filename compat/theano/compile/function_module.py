"""Compiled functions."""

import contextlib
import copy
import copyreg
import threading

from pytensor.compile.executor import (
    AliasedMemoryError,
    _constructor_Function,
    _pickle_Function,
)
from pytensor.compile.executor import Function as _BackendFunction
from pytensor.compile.maker import FunctionMaker
from pytensor.compile.rebuild import UnusedInputError
from theano.compile.mode import compiling_in

__all__ = ['AliasedMemoryError', 'Function', 'FunctionMaker',
           'UnusedInputError']


class _Turn:
    """Allows one call at a time to use the memory of a function.

    The lock is reentrant, so that a call from within a call finds `taken` set
    instead of a deadlock.

    """

    __slots__ = ('lock', 'taken')

    def __init__(self):
        self.lock, self.taken = threading.RLock(), False


class Function(_BackendFunction):
    """A compiled graph, called with the values of its inputs.

    A function has its own memory, so it serves one call at a time: calls from
    other threads wait. Copies made by ``copy(share_memory=False)`` do not wait
    for each other.

    """

    __slots__ = ('__dict__',)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._turn = _Turn()

    @property
    def fn(self):
        """The linked graph: a callable without arguments."""
        return self.vm

    def __call__(self, *args, output_subset=None, **kwargs):
        """Compute the outputs.

        Parameters
        ----------
        *args, **kwargs
            Values of the inputs by position or name.
        output_subset : list, optional
            Positions, or keys, of the outputs to return.

        Returns
        -------
        object, list or dict
            The compiled outputs.

        Raises
        ------
        RuntimeError
            If an operation of the graph calls the function itself.

        """
        turn = self._turn
        with turn.lock:
            if turn.taken:
                raise RuntimeError(
                    f'{self.name or "function"}: called from within itself '
                    f'(by an operation of its own graph), but the two calls '
                    f'cannot share its memory; call a copy made by '
                    f'f.copy(share_memory=False)')
            turn.taken = True
            try:
                values = self._compute(args, kwargs)
            finally:
                turn.taken = False
        if output_subset is None:
            return values
        if isinstance(values, dict):
            return {key: values[key] for key in output_subset}
        return [values[position] for position in output_subset]

    def _compute(self, args, kwargs):
        """Return all outputs."""
        return super().__call__(*args, **kwargs)

    def copy(self, share_memory=False, *args, **kwargs):
        """Copy the function.

        Parameters
        ----------
        share_memory : bool
            Let the copy compute in the memory of this function; then the
            calls of both wait for each other.
        swap : dict of SharedVariable to SharedVariable, optional
            Shared variables and their replacements in the copy.
        delete_updates : bool
            Omit the updates of shared variables.
        name : str, optional
            Name of the copy; by default that of the function with "copy".
        profile : bool, str or ProfileStats, optional
            As for ``theano.function``.

        Returns
        -------
        Function

        """
        with self._turn.lock, compiling_in(self.maker.mode):
            if share_memory:
                again = super().copy(True, *args, **kwargs)
                again._turn = self._turn
            else:
                with self._loops_replaced():
                    again = super().copy(False, *args, **kwargs)
        again.maker.output_keys = self.maker.output_keys
        return again

    @contextlib.contextmanager
    def _loops_replaced(self):
        """Give operations in the graph separate inner functions.

        PyTensor's copies share the operations, with the compiled function of a
        loop's step and its memory.

        """
        before = [(node, node.op) for node in self._nodes_with_inner_function]
        try:
            for node, op in before:
                node.op = _uncompiled(op)
            yield
        finally:
            for node, op in before:
                node.op = op

    def free(self):
        """Release the memory of intermediate results kept for speed."""
        with self._turn.lock:
            super().free()

    def __contains__(self, key):
        return key in self._finder

    def __getitem__(self, key):
        return self._finder[key].value

    def __setitem__(self, key, value):
        self._finder[key].value = value


class DressedFunction(Function):
    """A function with default values of inputs, or named outputs.

    ``maker.output_keys`` holds the names of the outputs or None, and
    ``maker.inputs`` the inputs with their attribute ``default``.

    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._defaults = []
        for spec, container in zip(self.maker.inputs, self.input_storage):
            default = getattr(spec, 'default', None)
            if default is None:
                continue
            if container.storage[0] is None:
                container.value = default
            container.required = False
            self._defaults.append((container, spec.update is not None))
        self._clear_input_storage_data = tuple(
            container.storage for container in self.input_storage
            if container.required)

    def _compute(self, args, kwargs):
        before = [(container, container.storage[0])
                  for container, updated in self._defaults if not updated]
        try:
            values = super()._compute(args, kwargs)
        finally:
            for container, value in before:
                container.storage[0] = value
        if self.maker.output_keys is None:
            return values
        return dict(zip(self.maker.output_keys, values))


def _uncompiled(op):
    """Copy an operation with an inner function, as before compilation.

    Operations in frozen graphs are shared by all equal graphs, so none of
    them may be compiled.

    """
    if not hasattr(op, '_frozen_fgraph'):
        return op
    op = copy.copy(op)
    vars(op).pop('_fn', None)
    op.fgraph = op._frozen_fgraph.unfreeze()
    for node in op.fgraph.apply_nodes:
        node.op = _uncompiled(node.op)
    return op


def _restore(maker, *args):
    """Recompile a function, with its loops in its own mode."""
    with compiling_in(maker.mode):
        return _constructor_Function(maker, *args)


def _pickle(function):
    """Pickle a function while it is not running."""
    with function._turn.lock:
        return _restore, _pickle_Function(function)[1]


for _class in (Function, DressedFunction):
    copyreg.pickle(_class, _pickle)
