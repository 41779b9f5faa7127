"""Batch normalisation in training: statistics of the batch in the graph.

Bricks normalise with the statistics of the population (see
:class:`~blocks.bricks.BatchNormalization`). For training, build the graph
within :func:`batch_normalization` or transform it with
:func:`apply_batch_normalization`; both make the bricks use the statistics
of each batch. :func:`get_batch_normalization_updates` pairs the population
statistics with the variables of the training graph that estimate them.

"""
from contextlib import ExitStack, contextmanager

from ..bricks.bn import BatchNormalization
from ..filter import VariableFilter, get_application_call
from ..roles import BATCH_NORM_DIVISOR, BATCH_NORM_OFFSET, INPUT, OUTPUT
from ..utils import find_bricks


def _normalising_calls(computation_graph, role):
    """Find the variables of a role in applications of batch normalisation.

    Returns
    -------
    dict
        From the application calls to their variables of that role.

    """
    of_role = VariableFilter(bricks=[BatchNormalization], roles=[role])
    return {get_application_call(variable): variable
            for variable in of_role(computation_graph.variables)}


def _is_training(call):
    """Return whether a call used the statistics of the batch."""
    return call.metadata.get('training_mode', False)


@contextmanager
def batch_normalization(*bricks):
    r"""Build a training graph: use the statistics of the batch.

    Parameters
    ----------
    \*bricks : :class:`~blocks.bricks.base.Brick`
        All :class:`~blocks.bricks.BatchNormalization` bricks among these
        and their descendants use the statistics of the batch within the
        ``with`` block.

    See Also
    --------
    apply_batch_normalization : transforms a graph that is there already.

    Examples
    --------
    >>> import numpy
    >>> from theano import config, tensor
    >>> from blocks.bricks import BatchNormalizedMLP, Tanh
    >>> from blocks.initialization import Constant, IsotropicGaussian
    >>> mlp = BatchNormalizedMLP([Tanh()], [4, 5], biases_init=Constant(0),
    ...                          weights_init=IsotropicGaussian(0.1), seed=1)
    >>> mlp.initialize()
    >>> x = tensor.matrix('x')
    >>> with batch_normalization(mlp):
    ...     y = mlp.apply(x)
    >>> data = numpy.arange(12, dtype=config.floatX).reshape(3, 4)
    >>> bool(numpy.allclose(y.eval({x: data}).mean(axis=0), 0, atol=1e-5))
    True

    """
    normalising = find_bricks(
        bricks, lambda brick: isinstance(brick, BatchNormalization))
    with ExitStack() as modes:
        for brick in normalising:
            modes.enter_context(brick)
        yield


def apply_batch_normalization(computation_graph):
    """Turn a graph into a training graph.

    Parameters
    ----------
    computation_graph : :class:`~blocks.graph.ComputationGraph`
        A graph with :class:`~blocks.bricks.BatchNormalization` in it.
        Applications in training mode are not changed.

    Returns
    -------
    :class:`~blocks.graph.ComputationGraph`
        The graph that uses the statistics of the batch.

    See Also
    --------
    batch_normalization : builds such a graph in the first place.

    """
    inputs, outputs, offsets, divisors = (
        _normalising_calls(computation_graph, role)
        for role in (INPUT, OUTPUT, BATCH_NORM_OFFSET, BATCH_NORM_DIVISOR))
    replacements = []
    for call, tagged_input in inputs.items():
        if _is_training(call):
            continue
        brick = call.application.brick
        if not (call in outputs and call in offsets and call in divisors):
            raise ValueError(
                f'{brick.name}: the graph contains only a part of this batch '
                'normalisation; transform the graph of the whole model before '
                'you replace variables in it')
        # The input is a copy made to carry tags: undo the copy.
        untagged, = tagged_input.owner.inputs
        with brick:
            training_output = brick.apply(untagged)
        assert _is_training(get_application_call(training_output))
        replacements.append((outputs[call], training_output))
    return computation_graph.replace(replacements)


def get_batch_normalization_updates(training_graph, allow_duplicates=False):
    """Pair population statistics with their estimates from a batch.

    Parameters
    ----------
    training_graph : :class:`~blocks.graph.ComputationGraph`
        A graph with batch normalisation in training mode.
    allow_duplicates : bool, optional
        Whether a brick may have been applied more than once; there is then
        a pair for every application, and the caller must combine them.

    Returns
    -------
    list of pairs
        ``(population statistic, estimate)``, a shared variable and a
        symbolic one. As updates they would keep only the last batch's
        statistics; use a moving average instead.

    Raises
    ------
    ValueError
        If nothing in the graph is in training mode, or if a brick was
        applied twice and `allow_duplicates` is not set.

    """
    calls = [call for call in _normalising_calls(training_graph, OUTPUT)
             if _is_training(call)]
    if not calls:
        raise ValueError('no batch normalisation in training mode in the '
                         'graph; build it within batch_normalization(...) '
                         'or transform it with apply_batch_normalization')
    bricks = [call.application.brick for call in calls]
    if not allow_duplicates and len(set(bricks)) < len(bricks):
        names = sorted({brick.name for brick in bricks
                        if bricks.count(brick) > 1})
        raise ValueError(f'{", ".join(names)}: applied more than once; '
                         'pass allow_duplicates=True and combine the '
                         'estimates')
    pairs = []
    for brick, call in zip(bricks, calls):
        pairs.append((brick.population_mean, call.metadata['offset']))
        if not brick.mean_only:
            pairs.append((brick.population_stdev, call.metadata['divisor']))
    return pairs
