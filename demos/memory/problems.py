"""The problems of the memory demo, and when they count as solved."""
from collections.abc import Callable
from dataclasses import dataclass

import numpy
from blocks.bricks import NDimensionalSoftmax, Softmax
from blocks.bricks.cost import MisclassificationRate, SquaredError
from blocks.extensions.base import TrainingExtension
from theano import tensor

from demos.memory.data import Adding, Copying, TemporalOrder


@dataclass(frozen=True)
class Problem:
    """A problem to learn, and when it counts as solved.

    Attributes
    ----------
    sequences : type
        A dataset class of :mod:`demos.memory.data`.
    targets : callable
        Makes the variable of the targets.
    costs : callable
        Computes the cost and the measure, a variable of that name, from
        targets and outputs.
    answer : callable
        Computes the answer from outputs.
    measure : str
        The name of the measure.
    chance, solved : float
        The measure without any memory, and the measure at which the problem
        is solved.

    """

    sequences: type
    targets: Callable
    costs: Callable
    answer: Callable
    measure: str
    chance: float
    solved: float = 0.01


def _squared_error(targets, outputs):
    cost = SquaredError().apply(targets, outputs)
    return cost, cost.copy('measure')


def _classification(targets, outputs):
    # Copying has a time axis, and an answer at each of its steps.
    targets, outputs = targets.flatten(), outputs.reshape(
        (targets.size, outputs.shape[-1]))
    return (Softmax().categorical_cross_entropy(targets, outputs).mean(),
            MisclassificationRate().apply(targets, outputs).copy('measure'))


PROBLEMS = {
    'adding': Problem(Adding, tensor.matrix, _squared_error,
                      lambda outputs: outputs, 'mean squared error', 1 / 6),
    'temporal order': Problem(TemporalOrder, tensor.lvector, _classification,
                              Softmax().apply, 'error rate', 3 / 4),
    'copying': Problem(
        Copying, tensor.lmatrix, _classification,
        lambda outputs: NDimensionalSoftmax().apply(outputs, extra_ndim=1),
        'error rate', 7 / 8)}


class StopWhenSolved(TrainingExtension):
    """Ends training when a measure is low enough, or not a number.

    Parameters
    ----------
    record : str
        The measure's record in the log.
    solved : float
        The value that it must reach.

    """

    def __init__(self, record, solved, **kwargs):
        super().__init__(**kwargs)
        self.record = record
        self.solved = solved

    def after_epoch(self):
        row = self.main_loop.log.current_row
        measure = row[self.record]
        if measure <= self.solved or not numpy.isfinite(measure):
            row['training_finish_requested'] = True


def answer_of(problem, network):
    """Return the inputs and outputs of the network to export.

    Parameters
    ----------
    problem : str
    network : :class:`~demos.memory.network.Recaller`

    """
    inputs = tensor.tensor3('inputs')
    answer = PROBLEMS[problem].answer(network.apply(inputs))
    return [inputs], [answer.copy('answer')]
