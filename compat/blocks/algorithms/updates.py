"""Algorithms that consist of a Theano function with updates."""
import logging
from collections.abc import Mapping

import theano

from ..graph import ComputationGraph
from .base import TrainingAlgorithm
from .explanations import sources_message, type_message

logger = logging.getLogger(__name__)


def as_pairs(updates):
    """Return updates as a new list of (variable, expression)."""
    if isinstance(updates, Mapping):
        return list(updates.items())
    return list(updates)


class UpdatesAlgorithm(TrainingAlgorithm):
    """Applies updates of shared variables on each batch.

    The inputs of the updates are matched with the sources of the batch by
    name. All updates are computed from the old values.

    Pickles of an algorithm do not include the compiled function: it is
    recompiled, from the same graph, when training is resumed.

    Parameters
    ----------
    updates : list of tuple or dict, optional
        The updates.
    theano_func_kwargs : dict, optional
        Passed to :func:`theano.function`, e.g. a ``mode``.
    on_unused_sources : {'raise', 'warn', 'ignore'}, optional
        What to do if a batch has a source that matches no input.

    Attributes
    ----------
    updates : list of tuple
        The updates. Changes after compilation have no effect.
    inputs : list of :class:`~tensor.TensorVariable`
        The inputs; set by compilation.

    """

    def __init__(self, updates=None, theano_func_kwargs=None,
                 on_unused_sources='raise', **kwargs):
        super().__init__(**kwargs)
        if on_unused_sources not in ('raise', 'warn', 'ignore'):
            raise ValueError(f"on_unused_sources must be 'raise', 'warn' or "
                             f"'ignore', got {on_unused_sources!r}")
        self.updates = as_pairs(updates or [])
        self.theano_func_kwargs = theano_func_kwargs or {}
        self.on_unused_sources = on_unused_sources
        self._function = None
        self._accepted_sources = None

    def __getstate__(self):
        return dict(self.__dict__, _function=None)

    def add_updates(self, updates):
        """Add updates, before compilation.

        Parameters
        ----------
        updates : list of tuple or dict
            The updates.

        Raises
        ------
        ValueError
            If they have another form.

        """
        if not isinstance(updates, (list, Mapping)):
            raise ValueError(f'updates must be a list of (shared variable, '
                             f'expression) or an OrderedDict of them, got '
                             f'{type(updates).__name__}')
        self.updates.extend(as_pairs(updates))

    def outputs(self):
        """The expressions to compute in addition to the updates."""
        return []

    def initialize(self):
        """Compile the function.

        Raises
        ------
        ValueError
            If an input has no name, or two have the same.

        """
        outputs = self.outputs()
        self.inputs = ComputationGraph(
            [expression for _, expression in self.updates] + outputs).inputs
        names = [variable.name for variable in self.inputs]
        for variable, name in zip(self.inputs, names):
            if name is None or names.count(name) > 1:
                raise ValueError(
                    f'{type(self).__name__}: inputs are matched with the '
                    f'sources of the data by name, but the input {variable} '
                    f'of type {variable.type} '
                    + ('has none' if name is None else
                       f'shares the name {name!r} with another one'))
        logger.info('compiling the training function')
        self._function = theano.function(
            self.inputs, outputs, updates=self.updates,
            **self.theano_func_kwargs)

    def resume(self):
        """Compile again if necessary."""
        if self._function is None:
            self.initialize()

    def process_batch(self, batch):
        """Apply the updates.

        Parameters
        ----------
        batch : dict of (str, :class:`~numpy.ndarray`)
            The data by source.

        Raises
        ------
        ValueError
            If the sources do not match the inputs.
        TypeError
            If a source has a type that its input cannot take.

        """
        self._run_function(batch)

    def _run_function(self, batch):
        """Apply the updates and return the values of the outputs."""
        self.resume()
        if batch.keys() != self._accepted_sources:
            self._check_sources(batch)
        try:
            return self._function(*[batch[variable.name]
                                    for variable in self.inputs])
        except Exception as error:
            # For any kind of error, check first for wrong types.
            message = type_message(self.inputs, batch)
            if not message:
                raise
            raise TypeError(f'{type(self).__name__}: {message}') from error

    def _check_sources(self, batch):
        """Check that sources and inputs match, once per set of sources."""
        missing, unused = sources_message(
            batch, [variable.name for variable in self.inputs])
        if missing:
            raise ValueError(f'{type(self).__name__}: {missing}')
        if unused and self.on_unused_sources == 'raise':
            raise ValueError(f'{type(self).__name__}: {unused}')
        if unused and self.on_unused_sources == 'warn':
            logger.warning('%s: %s', type(self).__name__, unused)
        self._accepted_sources = set(batch)
