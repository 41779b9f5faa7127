"""Compiled functions."""

import copyreg

from pytensor.compile.executor import (
    AliasedMemoryError, Function as _BackendFunction, _pickle_Function)
from pytensor.compile.maker import FunctionMaker
from pytensor.compile.rebuild import UnusedInputError

__all__ = ['AliasedMemoryError', 'Function', 'FunctionMaker',
           'UnusedInputError']


class Function(_BackendFunction):
    """A compiled graph, to be called with the values of its inputs."""

    __slots__ = ('__dict__',)

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
            What the graph was compiled to return.

        """
        values = self._compute(args, kwargs)
        if output_subset is None:
            return values
        if isinstance(values, dict):
            return {key: values[key] for key in output_subset}
        return [values[position] for position in output_subset]

    def _compute(self, args, kwargs):
        """Return all outputs."""
        return super().__call__(*args, **kwargs)

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


for _class in (Function, DressedFunction):
    copyreg.pickle(_class, _pickle_Function)
