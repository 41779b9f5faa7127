"""Monitoring over all workers by joining the extensions' buffers."""
import numpy
from blocks.extensions.monitoring import (
    DataStreamMonitoring,
    TrainingDataMonitoring,
)
from blocks.graph import ComputationGraph
from blocks.monitoring.aggregation import (
    Concatenate,
    Maximum,
    Mean,
    Minimum,
    TakeLast,
)
from blocks.monitoring.evaluators import (
    AggregationBuffer,
    DatasetEvaluator,
    MonitoredQuantityBuffer,
)

from blocks_rnn_bricks.parallel import workers
from blocks_rnn_bricks.parallel.algorithm import is_plain_mean
from blocks_rnn_bricks.parallel.sharing import SharedEpoch


def _first(values):
    return values[0]


def _minimum(values):
    return numpy.minimum.reduce(values)


def _maximum(values):
    return numpy.maximum.reduce(values)


#: How to join the workers' stored values, by scheme, most specific first.
JOIN = [(Mean, sum), (Maximum, _maximum), (Minimum, _minimum),
        (Concatenate, numpy.concatenate), (TakeLast, _first)]
#: Schemes that do not depend on the order of batches.
ORDERLESS = Mean, Maximum, Minimum


class SharedBuffer(AggregationBuffer):
    """A buffer that aggregates over the batches of all workers.

    It is never instantiated; the class of an existing
    :class:`~blocks.monitoring.evaluators.AggregationBuffer` is set to it.

    Attributes
    ----------
    in_training : bool
        Whether plain means already cover whole batches because the algorithm
        averages them.

    """

    in_training = False

    def get_aggregated_values(self, *any_batch):
        """See Blocks; all workers must call it at the same time."""
        team = workers.team()
        if team.size > 1:
            any_batch = tuple(any(flags) for flags in
                              zip(*team.gather(any_batch)))
            self._join(team)
        return super().get_aggregated_values(*any_batch)

    def _join(self, team):
        storages = [target for target, _ in self.accumulation_updates]
        how = [join for _, count, join in _schemes(self)
               for _ in range(count)]
        parts = zip(*team.gather([storage.get_value()
                                  for storage in storages]))
        for storage, join, values in zip(storages, how, parts):
            # A worker without a batch has an empty array, or zero.
            values = [value for value in values
                      if value.size] or values[:1]
            storage.set_value(numpy.asarray(join(values), storage.dtype))


def _schemes(buffer):
    """Yield each variable's scheme, number of storages and join function."""
    graph = ComputationGraph(buffer.variables)
    for variable in buffer.variables:
        scheme = getattr(variable.tag, 'aggregation_scheme', None)
        if scheme is None and graph.has_inputs(variable):
            scheme = Mean(variable, 1.)
        elif scheme is None:
            yield TakeLast, int(buffer.use_take_last), _first
            continue
        if getattr(buffer, 'in_training', False) and is_plain_mean(variable):
            join = _first  # same on all workers, and worker 0 is never idle
        else:
            join = next((join for kind, join in JOIN
                         if isinstance(scheme, kind)), None)
        yield (type(scheme),
               len(scheme.get_aggregator().accumulation_updates), join)


def share_monitoring(extensions):
    """Let extensions monitor over all workers.

    Parameters
    ----------
    extensions : list of :class:`~blocks.extensions.TrainingExtension`

    Returns
    -------
    list of :class:`~theano.tensor.TensorVariable`
        The variables monitored in training.

    Raises
    ------
    ValueError
        If a variable monitored in training has values that cannot be joined
        across workers.

    """
    monitored = []
    for extension in extensions:
        if isinstance(extension, TrainingDataMonitoring):
            monitored += _share_training(extension)
        elif isinstance(extension, DataStreamMonitoring):
            _share_evaluation(extension)
    return monitored


def _share_training(extension):
    parts = vars(extension).values()
    if any(part.quantities for part in parts
           if isinstance(part, MonitoredQuantityBuffer)):
        raise ValueError(
            'parallel: TrainingDataMonitoring of a MonitoredQuantity, which '
            'is computed in Python, sees the batches of one worker only; '
            'monitor it with DataStreamMonitoring')
    variables = []
    for buffer in parts:
        if isinstance(buffer, AggregationBuffer):
            for kind, _, join in _schemes(buffer):
                if join is None:
                    raise ValueError(
                        'parallel: values of the aggregation scheme {} on '
                        'several workers cannot be joined; monitor with '
                        'DataStreamMonitoring'.format(kind.__name__))
            buffer.__class__ = SharedBuffer
            buffer.in_training = True
            variables += buffer.variables
    return variables


def _share_evaluation(extension):
    """Split the batches among workers where that cannot change the result.

    The evaluator is found by its class, which is public, rather than by its
    attribute, which is not. An extension without one reads the whole stream
    on each worker.

    """
    if isinstance(extension.data_stream, SharedEpoch):
        return
    evaluators = [part for part in vars(extension).values()
                  if isinstance(part, DatasetEvaluator)]
    if not all(map(_may_be_shared, evaluators)):
        return
    for evaluator in evaluators:
        evaluator.theano_buffer.__class__ = SharedBuffer
    if evaluators:
        extension.data_stream = SharedEpoch(extension.data_stream)


def _may_be_shared(evaluator):
    """Return whether the result is independent of the order of batches."""
    return not evaluator.monitored_quantities and not evaluator.updates and (
        all(count == 0 or issubclass(kind, ORDERLESS)
            for kind, count, _ in _schemes(evaluator.theano_buffer)))
