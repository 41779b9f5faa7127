"""Evaluation of variables, batch by batch."""
import logging
from collections import Counter, OrderedDict

import theano
from theano import tensor

from .._former import former_names
from ..algorithms.explanations import mask_hint
from ..graph import ComputationGraph
from ..utils.checks import check_list, check_pairs
from .aggregation import Mean, MonitoredQuantity, TakeLast, _DataIndependent
from .turns import Turns

logger = logging.getLogger(__name__)

NOT_INITIALIZED = ('nothing was initialised: call initialize_{} first, then '
                   'process batches')


def check_names(variables):
    """Check that each variable has a unique name.

    Raises
    ------
    TypeError
        If an item is not a variable.
    ValueError
        If a name is missing or duplicated.

    """
    check_list('monitoring', 'variables', variables,
               (theano.Variable, MonitoredQuantity),
               'variables or MonitoredQuantity objects')
    unnamed = [variable for variable in variables if variable.name is None]
    if unnamed:
        raise ValueError(
            f'monitored variables must have names, to be found in the log by '
            f'them, but these have none: {unnamed}; assign '
            f"variable.name = '...'")
    counts = Counter(variable.name for variable in variables)
    duplicates = [name for name, count in counts.items() if count > 1]
    if duplicates:
        raise ValueError(
            f'the names of monitored variables must be unique, but several '
            f'are called {", ".join(duplicates)}; rename them with '
            f"variable.copy(name='...')")


def unique(items):
    """Return the items without repetitions, in order."""
    return list(dict.fromkeys(items))


class Compiled:
    """A Theano function that is compiled when first called.

    Pickles do not include the compiled code.

    Parameters
    ----------
    inputs, outputs : list of :class:`~tensor.TensorVariable`
        The inputs and outputs.
    updates : list of tuple, optional
        The updates.

    """

    def __init__(self, inputs, outputs, updates=None):
        self.inputs = inputs
        self.outputs = outputs
        self.updates = updates or []
        self._function = None

    def __getstate__(self):
        return dict(self.__dict__, _function=None)

    def compile(self):
        """Compile unless already compiled."""
        if self._function is None:
            self._function = theano.function(self.inputs, self.outputs,
                                             updates=self.updates)

    def __call__(self, *args):
        self.compile()
        return self._function(*args)


class MonitoredQuantityBuffer:
    """Aggregates quantities that are computed in Python.

    Parameters
    ----------
    quantities : list of :class:`.MonitoredQuantity`
        The quantities.

    Attributes
    ----------
    quantity_names : list of str
        Their names.
    requires : list of :class:`~tensor.TensorVariable`
        The variables that they need, without repetitions.
    inputs : list of :class:`~tensor.TensorVariable`
        The inputs of these variables.

    """

    def __init__(self, quantities):
        self.quantities = quantities
        self.quantity_names = [quantity.name for quantity in quantities]
        self.requires = unique(variable for quantity in quantities
                               for variable in quantity.requires)
        self.inputs = ComputationGraph(self.requires).inputs
        self._initialized = False

    def initialize_quantities(self):
        """Reset the quantities."""
        for quantity in self.quantities:
            quantity.initialize()
        self._initialized = True

    def _check_initialized(self):
        if not self._initialized:
            raise RuntimeError(NOT_INITIALIZED.format('quantities'))

    def aggregate_quantities(self, numerical_values):
        """Process a batch.

        Parameters
        ----------
        numerical_values : list of :class:`~numpy.ndarray`
            The values of :attr:`requires`.

        """
        self._check_initialized()
        values = dict(zip(self.requires, numerical_values))
        for quantity in self.quantities:
            quantity.aggregate(*[values[variable]
                                 for variable in quantity.requires])

    def get_aggregated_values(self):
        """Return a dictionary of the values by name."""
        self._check_initialized()
        return {quantity.name: quantity.get_aggregated_value()
                for quantity in self.quantities}


class AggregationBuffer:
    """Aggregates Theano variables in shared variables.

    Parameters
    ----------
    variables : list of :class:`~tensor.TensorVariable`
        The variables. Their names must be unique.
    use_take_last : bool, optional
        Whether variables that do not depend on data are recorded on each batch
        (as in training, which changes them), not only read at the end.

    Attributes
    ----------
    initialization_updates, accumulation_updates : list of tuple
        The updates of all aggregators.
    readout_variables : OrderedDict of (str, :class:`~tensor.TensorVariable`)
        The variables to read at the end.
    inputs : list of :class:`~tensor.TensorVariable`
        The inputs of the accumulation.

    Raises
    ------
    ValueError
        If a variable has no name, or two have the same.

    """

    _aggregated = frozenset()  # for older pickles

    def __init__(self, variables, use_take_last=False):
        check_names(variables)
        self.variables = variables
        self.variable_names = [variable.name for variable in variables]
        self.use_take_last = use_take_last
        graph = ComputationGraph(variables)
        aggregators = [self._scheme(variable, graph).get_aggregator()
                       for variable in variables]
        self.initialization_updates = [
            update for aggregator in aggregators
            for update in aggregator.initialization_updates]
        self.accumulation_updates = [
            update for aggregator in aggregators
            for update in aggregator.accumulation_updates]
        self.readout_variables = OrderedDict(
            (variable.name, aggregator.readout_variable)
            for variable, aggregator in zip(variables, aggregators))
        self._aggregated = {
            variable.name for variable, aggregator
            in zip(variables, aggregators) if aggregator.accumulation_updates}
        # A scheme may need more inputs than its variable.
        self.inputs = ComputationGraph(
            variables + [new for _, new in self.accumulation_updates]).inputs
        self._initialize = Compiled([], [], self.initialization_updates)
        self._read_out = Compiled(
            [], [tensor.as_tensor_variable(variable)
                 for variable in self.readout_variables.values()])
        self._initialized = False

    def _scheme(self, variable, graph):
        """Return the scheme of a variable."""
        if hasattr(variable.tag, 'aggregation_scheme'):
            return variable.tag.aggregation_scheme
        if graph.has_inputs(variable):
            return Mean(variable, 1.0)
        return (TakeLast if self.use_take_last else _DataIndependent)(
            variable)

    def initialize_aggregators(self):
        """Reset the aggregators."""
        if self.initialization_updates:
            self._initialize()
        if self.variables:
            self._read_out.compile()  # now, not during the first epoch
        self._initialized = True

    def get_aggregated_values(self, any_batch=True):
        """Return an OrderedDict of the values by name.

        Parameters
        ----------
        any_batch : bool, optional
            Whether there was a batch. If not, aggregated values are NaN.

        """
        if not self._initialized:
            raise RuntimeError(NOT_INITIALIZED.format('aggregators'))
        if any_batch:
            values = self._read_out() if self.variables else ()
            return OrderedDict(zip(self.variable_names, values))
        read = [name for name in self.variable_names
                if name not in self._aggregated]
        values = dict.fromkeys(self.variable_names, float('nan'))
        if read:
            values.update(zip(read, theano.function(
                [], [self.readout_variables[name] for name in read])()))
        return OrderedDict(values)


class DatasetEvaluator:
    """Evaluates variables and quantities on a data set.

    Usually, call :meth:`evaluate`. For your own loop, call
    :meth:`initialize_aggregators`, :meth:`process_batch` with each batch,
    and :meth:`get_aggregated_values`, from one thread. Threads that call
    :meth:`evaluate` wait for each other.

    Parameters
    ----------
    variables : list of :class:`~tensor.TensorVariable` and \
:class:`.MonitoredQuantity`
        The variables to evaluate. Their names must be unique. See
        :mod:`blocks.monitoring.aggregation` for how the values on batches
        are aggregated; by default as their mean. Variables that do not depend
        on data are computed once.
    updates : list of tuple or dict, optional
        Updates for each batch, e.g. those that :func:`theano.scan` has
        returned. Do not update parameters here.

    Raises
    ------
    ValueError
        If a variable has no name, or two have the same.

    """

    def __init__(self, variables, updates=None):
        check_names(variables)
        self.monitored_quantities = [
            variable for variable in variables
            if isinstance(variable, MonitoredQuantity)]
        self.theano_variables = [
            variable for variable in variables
            if not isinstance(variable, MonitoredQuantity)]
        self.theano_buffer = AggregationBuffer(self.theano_variables)
        self.monitored_quantities_buffer = MonitoredQuantityBuffer(
            self.monitored_quantities)
        if updates is not None:
            updates = check_pairs('DatasetEvaluator', 'updates', updates)
        self.updates = updates
        self._turns = Turns()
        self._any_batch = False
        all_updates = dict(self.theano_buffer.accumulation_updates)
        all_updates.update(updates or {})
        self.unique_inputs = unique(
            self.theano_buffer.inputs
            + self.monitored_quantities_buffer.inputs
            + ComputationGraph(list(all_updates.values())).inputs)
        self._aggregate = Compiled(
            self.unique_inputs, self.monitored_quantities_buffer.requires,
            list(all_updates.items()))

    def __setstate__(self, state):
        # Older pickles lack this attribute.
        self.__dict__.update({'_turns': Turns(), **state})

    def initialize_aggregators(self):
        """Reset the evaluator."""
        with self._turns.begin():
            self._any_batch = False
            self.theano_buffer.initialize_aggregators()
            self.monitored_quantities_buffer.initialize_quantities()

    def process_batch(self, batch):
        """Process a batch.

        Parameters
        ----------
        batch : dict of (str, :class:`~numpy.ndarray`)
            The data by source. Additional sources are ignored.

        Raises
        ------
        KeyError
            If a source is missing.
        RuntimeError
            If another thread has called :meth:`initialize_aggregators`.

        """
        missing = [variable.name for variable in self.unique_inputs
                   if variable.name not in batch]
        if missing:
            raise KeyError(
                f'Not all data sources that monitoring needs are in the '
                f'batch: it has {", ".join(batch)}, but not '
                f'{", ".join(map(str, missing))}. '
                f'{"".join(mask_hint(str(name), batch) for name in missing)}'
                f'Check the names of the '
                f'variables, and that the stream monitored has the same '
                f'transformers as the one trained on')
        with self._turns.go_on():
            self._any_batch = True
            self.monitored_quantities_buffer.aggregate_quantities(
                self._aggregate(*[batch[variable.name]
                                  for variable in self.unique_inputs]))

    def get_aggregated_values(self):
        """Return an OrderedDict of the values by name.

        Raises
        ------
        RuntimeError
            If another thread has called :meth:`initialize_aggregators`.

        """
        with self._turns.go_on():
            values = self.theano_buffer.get_aggregated_values(self._any_batch)
            values.update(
                self.monitored_quantities_buffer.get_aggregated_values())
            return values

    def evaluate(self, data_stream):
        """Evaluate on one epoch of a stream.

        Parameters
        ----------
        data_stream : :class:`fuel.streams.AbstractDataStream`
            The stream.

        Returns
        -------
        OrderedDict
            The values by name. Values that depend on data are NaN, with a
            warning, if the epoch has no batch.

        """
        with self._turns.whole():
            return self._evaluate(data_stream)

    def _evaluate(self, data_stream):
        self.initialize_aggregators()
        if self.unique_inputs or self._aggregate.updates:
            for batch in data_stream.get_epoch_iterator(as_dict=True):
                self.process_batch(batch)
            if not self._any_batch:
                logger.warning(
                    'an epoch of the data stream %r had no batch to '
                    'monitor on: the data set is empty, a filter dropped '
                    'all examples, or the data can be read only once',
                    data_stream)
        else:
            logger.debug('no monitored variable depends on the data: '
                         'they are not read')
        return self.get_aggregated_values()


__getattr__ = former_names(__name__, used=('blocks.utils',))
