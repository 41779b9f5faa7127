"""Extensions that write values of variables into the log."""
import logging
from collections.abc import Iterable

import theano

from ..algorithms import UpdatesAlgorithm
from ..monitoring.aggregation import MonitoredQuantity, take_last
from ..monitoring.evaluators import (
    AggregationBuffer,
    DatasetEvaluator,
    MonitoredQuantityBuffer,
)
from ..utils.checks import check_list, check_stream
from .base import TrainingExtension
from .simple import SimpleExtension

logger = logging.getLogger(__name__)

SEPARATOR = '_'


def check_quantities(owner, variables):
    """Check monitored variables and return them as a list."""
    return check_list(
        type(owner).__name__, 'variables', variables,
        (theano.Variable, MonitoredQuantity),
        'Theano variables and MonitoredQuantity objects')


class MonitoringExtension(TrainingExtension):
    """Base class of monitoring extensions, with the names of records.

    Parameters
    ----------
    prefix, suffix : str, optional
        The names of records are those of the variables with this prefix and
        suffix, joined by underscores.
    **kwargs
        See :class:`.TrainingExtension`.

    """

    SEPARATOR = SEPARATOR
    is_monitoring = True

    def __init__(self, prefix=None, suffix=None, **kwargs):
        super().__init__(**kwargs)
        self.prefix, self.suffix = prefix, suffix

    def _record_name(self, name):
        """Return the name of the record for a variable of that name."""
        if not isinstance(name, str):
            raise ValueError("record name must be a string")
        parts = self.prefix, name, self.suffix
        return self.SEPARATOR.join(
            part for part in parts if part is not None)

    def record_name(self, variable):
        """Return the name of the record for a variable.

        Parameters
        ----------
        variable : :class:`~tensor.TensorVariable` or \
:class:`.MonitoredQuantity`
            The variable.

        """
        return self._record_name(variable.name)

    def add_records(self, log, record_tuples):
        """Write values into the current row of the log.

        Parameters
        ----------
        log : :class:`.TrainingLogBase`
            The log.
        record_tuples : iterable of tuple
            The names of the variables, and their values.

        """
        row = log.current_row
        for name, value in record_tuples:
            if not name:
                raise ValueError(f'a monitored variable needs a name; one '
                                 f'whose value is {value} has none')
            row[self._record_name(name)] = value


class DataStreamMonitoring(SimpleExtension, MonitoringExtension):
    """Monitors variables on a separate data stream, e.g. validation data.

    Parameters
    ----------
    variables : list of :class:`~tensor.TensorVariable` and \
:class:`.MonitoredQuantity`
        The variables to monitor; see :class:`.DatasetEvaluator`.
    data_stream : :class:`fuel.streams.AbstractDataStream`
        The data; one epoch is read each time.
    updates : list of tuple or dict, optional
        Updates for each batch; see :class:`.DatasetEvaluator`.
    **kwargs
        See :class:`MonitoringExtension`, and for the triggers
        :class:`.SimpleExtension`; by default before the first epoch and
        after each epoch.

    """

    def __init__(self, variables, data_stream, updates=None, **kwargs):
        kwargs.setdefault('after_epoch', True)
        kwargs.setdefault('before_first_epoch', True)
        super().__init__(**kwargs)
        check_stream(self, data_stream)
        self._evaluator = DatasetEvaluator(
            check_quantities(self, variables), updates)
        self.data_stream = data_stream

    def do(self, which_callback, *args):
        """Evaluate, and write the values into the log."""
        logger.info('monitoring on a data stream')
        self.add_records(self.main_loop.log,
                         self._evaluator.evaluate(self.data_stream).items())


class TrainingDataMonitoring(SimpleExtension, MonitoringExtension):
    """Monitors variables on the training batches, almost for free.

    The values are computed together with the updates, and are those before the
    update. When triggered, the extension writes the aggregate over the
    batches since the last time, e.g. with ``after_epoch=True`` the mean over
    the epoch.

    Parameters
    ----------
    variables : list of :class:`~tensor.TensorVariable` and \
:class:`.MonitoredQuantity`
        The variables to monitor. A quantity may be in one extension only.
    **kwargs
        See :class:`MonitoringExtension`, and for the triggers
        :class:`.SimpleExtension`.

    Raises
    ------
    ValueError
        If an item is neither a variable nor a quantity. When training starts,
        if the algorithm is not an :class:`.UpdatesAlgorithm`.

    """

    JUST_AGGREGATE = 'just_aggregate'
    # The iterations at which the buffers were reset and last written.
    _began_at, _written_at = 0, None

    def __init__(self, variables, **kwargs):
        kwargs.setdefault('before_training', True)
        super().__init__(**kwargs)
        if isinstance(variables, (theano.Variable, MonitoredQuantity)) or (
                not isinstance(variables, Iterable)):
            raise TypeError('TrainingDataMonitoring: variables must be a list '
                            f'of variables, got {variables!r}')
        strangers = [variable for variable in variables if not isinstance(
            variable, (theano.Variable, MonitoredQuantity))]
        if strangers:
            raise ValueError(f'TrainingDataMonitoring can monitor Theano '
                             f'variables and MonitoredQuantity objects, not '
                             f'{strangers[0]!r}')
        quantities = [variable for variable in variables
                      if isinstance(variable, MonitoredQuantity)]
        self._variables = AggregationBuffer(
            [variable for variable in variables
             if not isinstance(variable, MonitoredQuantity)],
            use_take_last=True)
        self._quantities = MonitoredQuantityBuffer(quantities)
        required = [take_last(variable)
                    for variable in self._quantities.requires]
        for index, variable in enumerate(required):
            variable.name = f'required_{index}'
        self._required = AggregationBuffer(required)
        self._batches_seen = 0
        if quantities:
            self.add_condition(['after_batch'],
                               arguments=(self.JUST_AGGREGATE,))

    def do(self, which_callback, *args):
        """Set up, process a batch, or write the values to the log."""
        if which_callback == 'before_training':
            self._set_up()
            return
        self._aggregate_quantities()
        _, from_condition = self.parse_args(which_callback, args)
        if from_condition == (self.JUST_AGGREGATE,):
            return
        done = self.main_loop.status['iterations_done']
        if done == self._written_at:
            return  # after_batch and after_epoch: nothing new, keep the row
        self._write(any_batch=done > self._began_at)
        self._began_at = self._written_at = done

    def _write(self, any_batch):
        """Write the values to the log and reset."""
        log = self.main_loop.log
        self.add_records(log, self._variables.get_aggregated_values(
            any_batch).items())
        self.add_records(
            log, self._quantities.get_aggregated_values().items())
        self._variables.initialize_aggregators()
        self._quantities.initialize_quantities()

    def _set_up(self):
        """Let the algorithm compute the monitored variables."""
        self._began_at = self.main_loop.status['iterations_done']
        self._written_at = None
        algorithm = self.main_loop.algorithm
        if not isinstance(algorithm, UpdatesAlgorithm):
            raise ValueError(
                f'TrainingDataMonitoring needs an algorithm that is an '
                f'UpdatesAlgorithm, e.g. GradientDescent, got '
                f'{type(algorithm).__name__}; with others use '
                f'DataStreamMonitoring')
        for buffer in self._variables, self._required:
            algorithm.add_updates(buffer.accumulation_updates)
            buffer.initialize_aggregators()
        self._quantities.initialize_quantities()

    def _aggregate_quantities(self):
        """Let the quantities process the latest batch, once."""
        done = self.main_loop.status['iterations_done']
        if self._quantities.quantities and done > self._batches_seen:
            self._quantities.aggregate_quantities(
                list(self._required.get_aggregated_values().values()))
            self._batches_seen = done
