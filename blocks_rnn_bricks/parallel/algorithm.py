"""Gradient descent on the gradients of all workers."""
from collections import OrderedDict

import numpy
import theano
from blocks import algorithms
from blocks.algorithms import CompositeRule, Scale, StepRule
from blocks.graph import ComputationGraph
from blocks.monitoring.aggregation import Mean
from blocks.theano_expressions import l2_norm
from theano import tensor

from blocks_rnn_bricks.parallel import noise, workers
from blocks_rnn_bricks.parallel.averaging import WeightedAverage, step


class _OverWorkers(StepRule):
    """The first step rule: average gradients over the whole batch.

    Parameters
    ----------
    weight : :class:`~theano.tensor.TensorVariable`, optional
        Defaults to the number of examples.

    """

    def __init__(self, weight):
        self.weight = weight
        self.total = self.averages = None

    def compute_steps(self, previous_steps):
        names = list(previous_steps)
        self.total, averages = self.average(
            [previous_steps[name] for name in names])
        self.averages = OrderedDict(zip(names, averages))
        return self.averages, []

    def average(self, variables, after=None):
        """Average variables over the workers.

        Parameters
        ----------
        variables : list of :class:`~theano.tensor.TensorVariable`
        after : :class:`~theano.tensor.TensorVariable`, optional
            A variable of the graph that must be computed first. All workers
            have to communicate in the same order.

        Returns
        -------
        total : :class:`~theano.tensor.TensorVariable`
        averages : list of :class:`~theano.tensor.TensorVariable`

        """
        weight = (tensor.ones((), variables[0].dtype) if self.weight is None
                  else tensor.cast(self.weight, variables[0].dtype))
        if after is not None:
            variables = variables + [after]
        outputs = WeightedAverage(by_examples=self.weight is None)(
            weight, *variables)
        stop = None if after is None else -1
        return outputs[0], outputs[1:stop]


class GradientDescent(algorithms.GradientDescent):
    """Gradient descent on the averaged gradients of all workers.

    Parameters
    ----------
    cost : :class:`~theano.tensor.TensorVariable`
        A mean over valid steps, sequences or examples.
    weight : :class:`~theano.tensor.TensorVariable` or int, optional
        The denominator of that mean, for example ``mask.sum()`` for a mean
        over valid steps, or ``y.shape[0]``. Defaults to the denominator of
        a cost made by :func:`blocks.monitoring.aggregation.mean` or by
        :meth:`.SequenceCost.monitor`; for any other cost without masks, to
        the number of examples.
    parameters, step_rule, **kwargs
        See :class:`blocks.algorithms.GradientDescent`.

    Raises
    ------
    ValueError
        If the cost depends on masks and its denominator is unknown.

    Notes
    -----
    All gradients are averaged in one buffer, before the step rule runs.
    Clipping, momentum and the like therefore see the gradients of the whole
    batch, and all workers make bitwise the same step.
    ``total_gradient_norm`` is that of the whole batch. A regularization
    term added to the cost counts once.

    """

    def __init__(self, cost=None, parameters=None, step_rule=None,
                 weight=None, **kwargs):
        rule = Scale() if step_rule is None else step_rule
        over_workers = _OverWorkers(_weight_of(cost, weight))
        super().__init__(cost=cost, parameters=parameters,
                         step_rule=CompositeRule([over_workers, rule]),
                         **kwargs)
        self.step_rule = rule
        self.gradients = over_workers.averages
        self.total_gradient_norm = l2_norm(
            [self.gradients[parameter] for parameter in self.parameters]
        ).copy(name='total_gradient_norm')
        self._over_workers = over_workers
        self._own_updates = len(self.updates)
        self._saved_noise = None
        self.monitored = ()

    def __getstate__(self):
        base = getattr(super(), '__getstate__', None)
        state = dict(base() if base else self.__dict__)
        state.pop('_joined', None)
        return state

    @property
    def replicated(self):
        """Return the shared variables that must be the same on all workers."""
        targets = [target for target, _ in
                   self.updates[:self._own_updates]]
        return [target for target in targets if not noise.is_state(target)]

    def join(self):
        """Copy the parameters and the step rules' state from worker 0."""
        team = workers.team()
        if team.size == 1:
            return
        values = team.broadcast([variable.get_value()
                                 for variable in self.replicated])
        for variable, value in zip(self.replicated, values):
            variable.set_value(value)

    def check_equal(self):
        """Raise RuntimeError unless all workers have the same parameters."""
        everyone = workers.team().gather(
            [workers.checksum(variable.get_value())
             for variable in self.replicated])
        for rank, sums in enumerate(everyone):
            for variable, mine, right in zip(self.replicated, sums,
                                             everyone[0]):
                if mine != right:
                    raise RuntimeError(
                        'parallel: {} of worker {} differs from that of '
                        'worker 0; it was changed on one of them only, or '
                        'is updated from data that are not averaged'.format(
                            variable.name, rank))

    def initialize(self):
        """Compile, averaging plain means that are also monitored."""
        plain = self.updates
        self.updates = self._averaged(plain)
        try:
            super().initialize()
        finally:
            self.updates = plain

    def process_batch(self, batch):
        """Update the parameters; see Blocks' GradientDescent.

        If this worker's share of the batch is empty, it computes on a dummy
        example, whose values are ignored, even in monitoring.

        """
        if not getattr(self, '_joined', False):
            noise.differ(self)
            self.join()
            self._joined = True
        local = [target for target, _ in self.updates[self._own_updates:]
                 if step.idle]
        values = [variable.get_value() for variable in local]
        try:
            super().process_batch(batch)
        except workers.WorkerError:
            if step.source is not None:
                step.source.put_back()  # so a saved loop resumes with it
            raise
        for variable, value in zip(local, values):
            variable.set_value(value)

    def _averaged(self, updates):
        """Replace plain means in the updates that monitoring adds."""
        chosen = [variable for variable in self.monitored
                  if is_plain_mean(variable)]
        if not chosen:
            return updates
        own, added = (list(updates)[:self._own_updates],
                      list(updates)[self._own_updates:])
        _, averages = self._over_workers.average(
            chosen, after=self._over_workers.total)
        # In two steps, since the averages depend on the values they replace.
        stand_ins = [variable.type() for variable in chosen]
        return own + [
            (target, _replace(_replace(new, chosen, stand_ins), stand_ins,
                              averages)) for target, new in added]


def _replace(expression, old, new):
    return theano.clone(expression, replace=dict(zip(old, new)))


def _scheme_of(variable):
    """Return the aggregation scheme set on a variable, or None."""
    scheme = getattr(variable.tag, 'aggregation_scheme', None)
    if isinstance(scheme, Mean) and scheme.numerator is variable:
        return None  # the default that the original Blocks sets
    return scheme


def is_plain_mean(variable):
    """Return whether Blocks would average a scalar over batches.

    In training, such a value is averaged over workers like the gradients.

    """
    return (_scheme_of(variable) is None
            and not variable.ndim and variable.dtype.startswith('float')
            and bool(ComputationGraph([variable]).has_inputs(variable)))


def _weight_of(cost, weight):
    """Return the denominator of a mean cost; None means the examples."""
    if weight is not None:
        if numpy.ndim(weight) if not hasattr(weight, 'ndim') else weight.ndim:
            raise ValueError(
                'GradientDescent: weight must be a scalar, the number of '
                'steps or sequences that the cost is a mean of, got {} axes; '
                'write mask.sum()'.format(weight.ndim))
        return tensor.as_tensor_variable(weight)
    if cost is None:
        return None
    scheme = _scheme_of(cost)
    if isinstance(scheme, Mean):
        return tensor.as_tensor_variable(scheme.denominator)
    masks = [variable.name for variable in ComputationGraph([cost]).inputs
             if (variable.name or '').endswith('mask')]
    if masks:
        raise ValueError(
            'GradientDescent: the cost {} depends on {}, so it may be a mean '
            'over valid steps or over sequences, and workers have different '
            'numbers of them; pass the denominator, for example '
            'weight={}.sum() for valid steps or weight={}.shape[1] for '
            'sequences (time-major)'.format(
                cost.name or cost, ', '.join(masks), masks[0], masks[0]))
    return None
