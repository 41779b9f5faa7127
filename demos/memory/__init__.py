"""What do gates buy? Long memory in LSTMs, a GRU and a simple network.

:func:`main` is the whole story: every layer learns every problem, at every
learning rate, until it has solved it or its updates are spent.

"""
import itertools
import os
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Callable

import numpy
import theano
from blocks.algorithms import (Adam, CompositeRule, GradientDescent,
                               StepClipping)
from blocks.bricks import Initializable, Linear, Softmax, Tanh
from blocks.bricks.base import application
from blocks.bricks.cost import MisclassificationRate, SquaredError
from blocks.bricks.recurrent import GatedRecurrent, SimpleRecurrent
from blocks.extensions import FinishAfter
from blocks.extensions.base import TrainingExtension
from blocks.extensions.monitoring import DataStreamMonitoring
from blocks.graph import ComputationGraph
from blocks.initialization import Constant, IsotropicGaussian, Orthogonal
from blocks.main_loop import MainLoop
from blocks.model import Model
from fuel.datasets import IterableDataset
from theano import tensor

from blocks_rnn_bricks import LSTM, ForgetGateBias, PeepholeLSTM
from demos import common
from demos.memory import pictures
from demos.memory.data import Adding, TemporalOrder
from demos.memory.results import Log, Result, Run, table

COMMAND = 'python -m demos.memory'
ABOUT = 'What do gates buy? Long memory in LSTM, GRU and simple network'
TAKES = '40 min (--quick: 1 min)'

#: Updates between two looks at the held-out sequences.
EVERY = 100
#: Held-out sequences looked at while training, and fresh ones at its end.
HELD_OUT, FRESH = 250, 1000


@dataclass(frozen=True)
class Layer:
    """A kind of layer, and how the biases of its inputs begin.

    Attributes
    ----------
    make : callable
        Gives the transition of a size.
    biases : callable
        Gives the schemes of the biases by name of the input, for that size
        and a number, the logit of how much the layer is to keep at first.

    """

    make: Callable
    biases: Callable


def _lstm_biases(dim, keep):
    """Forget gates that keep sigmoid(keep) of the cells."""
    return {'inputs': ForgetGateBias(keep)}


def _gru_biases(dim, keep):
    """Update gates z that keep as much of the state: 1 - z of it."""
    update_then_reset = numpy.repeat([-keep, 0.], dim)
    return {'inputs': Constant(0), 'gate_inputs': Constant(update_then_reset)}


LAYERS = {
    'LSTM': Layer(lambda dim: LSTM(dim), _lstm_biases),
    'peephole LSTM': Layer(lambda dim: PeepholeLSTM(dim), _lstm_biases),
    'GRU': Layer(lambda dim: GatedRecurrent(dim), _gru_biases),
    'simple RNN': Layer(lambda dim: SimpleRecurrent(dim, Tanh()),
                        lambda dim, keep: {'inputs': Constant(0)})}


class Recaller(Initializable):
    """A recurrent layer over a sequence, a linear one on its last state.

    Parameters
    ----------
    layer : :class:`Layer`
    input_dim, dim, output_dim : int
        Features of a step, size of the layer's state and of the answer.
    keep : float
        See :class:`Layer`.

    """

    def __init__(self, layer, input_dim, dim, output_dim, keep, **kwargs):
        self.transition = layer.make(dim)
        small = IsotropicGaussian(0.1)
        self.projections = [
            Linear(input_dim, self.transition.get_dim(name), name=name,
                   weights_init=small, biases_init=biases)
            for name, biases in layer.biases(dim, keep).items()]
        self.output = Linear(dim, output_dim, weights_init=small,
                             biases_init=Constant(0), name='output')
        super().__init__(children=[*self.projections, self.transition,
                                   self.output], **kwargs)

    @application(inputs=['inputs'], outputs=['outputs'])
    def apply(self, inputs):
        """Answer after the last step.

        Parameters
        ----------
        inputs : :class:`~theano.tensor.TensorVariable`
            (time, batch, input_dim).

        Returns
        -------
        :class:`~theano.tensor.TensorVariable`
            (batch, output_dim).

        """
        states, *_ = self.transition.apply(as_list=True, **{
            projection.name: projection.apply(inputs)
            for projection in self.projections})
        return self.output.apply(states[-1])


@dataclass(frozen=True)
class Problem:
    """What is to be learned, and when it is.

    Attributes
    ----------
    sequences : type
        A dataset of :mod:`demos.memory.data`.
    targets : callable
        Makes their variable.
    costs : callable
        From targets and outputs, the cost and what is measured.
    measure : str
        What that is.
    chance, solved : float
        What it is without any memory, and when the problem is solved.

    """

    sequences: type
    targets: Callable
    costs: Callable
    measure: str
    chance: float
    solved: float = 0.01


def _squared_error(targets, outputs):
    cost = SquaredError().apply(targets, outputs)
    return cost, cost.copy()


def _classification(targets, outputs):
    return (Softmax().categorical_cross_entropy(targets, outputs).mean(),
            MisclassificationRate().apply(targets, outputs))


PROBLEMS = {
    'adding': Problem(Adding, tensor.matrix, _squared_error,
                      'mean squared error', 1 / 6),
    'temporal order': Problem(TemporalOrder, tensor.lvector, _classification,
                              'error rate', 3 / 4)}


class StopWhenSolved(TrainingExtension):
    """Ends training when a measure is low enough, or no number any more.

    Parameters
    ----------
    record : str
        The measure's record in the log.
    solved : float
        What it must reach.

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


def make_main_loop(run):
    """Put network, training and monitoring of one run together.

    An epoch is :data:`EVERY` updates on fresh sequences. Weights, sequences
    to learn from and sequences held out depend on the seed only, so they
    are the same for all learning rates, and the sequences for all layers.

    Parameters
    ----------
    run : :class:`Run`

    Returns
    -------
    main_loop : :class:`~blocks.main_loop.MainLoop`
        ``test_measure`` in its log is of the held-out sequences.
    evaluate : callable
        The measure of a batch, given inputs and targets.

    """
    problem = PROBLEMS[run.problem]
    network = Recaller(
        LAYERS[run.layer], problem.sequences.features, run.dim,
        problem.sequences.outputs, run.keep, weights_init=Orthogonal(),
        seed=run.seed)
    network.initialize()
    inputs, targets = tensor.tensor3('inputs'), problem.targets('targets')
    cost, measure = problem.costs(targets, network.apply(inputs))
    measure.name = 'measure'

    every = min(EVERY, run.updates)
    algorithm = GradientDescent(
        cost=cost, parameters=ComputationGraph(cost).parameters,
        step_rule=CompositeRule([StepClipping(1.), Adam(run.rate)]))
    main_loop = MainLoop(
        algorithm, sequences(run, 0).stream(run.batch_size, every),
        model=Model(cost),
        extensions=[
            DataStreamMonitoring([measure], one_batch(run, 1, HELD_OUT),
                                 prefix='test'),
            StopWhenSolved('test_measure', problem.solved),
            FinishAfter(after_n_epochs=run.updates // every)])
    return main_loop, theano.function([inputs, targets], measure)


def sequences(run, part):
    """The sequences of a run: part 0 to learn from, 1 and 2 to look at."""
    return PROBLEMS[run.problem].sequences(
        run.length, [run.seed, part], theano.config.floatX)


def one_batch(run, part, count):
    """A stream that gives the same batch in each epoch."""
    dataset = sequences(run, part)
    batch = dataset.get_data(dataset.open(), count)
    return IterableDataset(OrderedDict(zip(
        dataset.sources, ([array] for array in batch)))).get_example_stream()


def train(run):
    """Train until the problem is solved or the updates are spent.

    Parameters
    ----------
    run : :class:`Run`

    Returns
    -------
    :class:`~demos.memory.results.Result`

    Raises
    ------
    Interrupted
        If it was.

    """
    start = time.process_time()
    main_loop, evaluate = make_main_loop(run)
    main_loop.run()
    if not common.is_finished(main_loop):
        raise Interrupted(main_loop.interrupted_by)
    curve = [(updates, float(row['test_measure']))
             for updates, row in sorted(main_loop.log.items())
             if 'test_measure' in row]
    updates, last = curve[-1]
    is_solved = last <= PROBLEMS[run.problem].solved
    fresh, = one_batch(run, 2, FRESH).get_epoch_iterator(as_dict=True)
    return Result(
        run, curve, updates if is_solved else None, float(evaluate(**fresh)),
        parameters=sum(value.size for value in
                       main_loop.model.get_parameter_values().values()),
        seconds=round(time.process_time() - start, 1))


class Interrupted(Exception):
    """A signal ended a run; its number is the argument."""

    @property
    def number(self):
        """The number of the signal."""
        return self.args[0]


class Unfinished(list):
    """The results of some of the runs, for :func:`demos.common.exit_code`."""

    interrupted_by = None


def main(save_to='runs/memory', updates=6000, dim=32, batch_size=20, keep=1.,
         problems=tuple(PROBLEMS), lengths=(100, 400), layers=tuple(LAYERS),
         rates=(0.01, 0.003), seed=1, quick=False, smoke=False, quiet=False):
    """Train all combinations, print the table, draw the learning curves.

    Parameters
    ----------
    save_to : str
        Folder for the log and the picture. What was finished there before,
        with the same settings, is not trained again.
    updates : int
        What each run has; above :data:`EVERY` a multiple of it.
    dim, batch_size, seed : int
        Size of the layers' states, sequences at once, seed of everything.
    keep : float
        See :class:`Layer`.
    problems, lengths, layers, rates : sequence
        What to combine.
    quick : bool
        Whether to do the adding problem only, of 100 steps, with the LSTM
        and the simple network, at one learning rate.
    smoke : bool
        Whether each run ends after three updates, at the first of the
        learning rates only.
    quiet : bool
        Whether to print the table only.

    Returns
    -------
    list of :class:`~demos.memory.results.Result`
        Of the runs that are finished.

    Raises
    ------
    demos.common.UserError
        If the folder, or a log in it, are not what they should be.

    """
    if quick:
        problems, lengths, rates = ['adding'], [100], [0.01]
        layers = ['LSTM', 'simple RNN']
    if smoke:
        updates, rates = 3, rates[:1]
    if updates > EVERY and updates % EVERY:
        raise common.UserError(f'--updates must be a multiple of {EVERY}, '
                               f'got {updates}')
    log = Log(os.path.join(common.output_folder(save_to), 'runs.jsonl'))
    tell = (lambda *args, **kwargs: None) if quiet else print
    runs = [Run(*which, updates, dim, batch_size, seed, keep) for which in
            itertools.product(problems, lengths, layers, rates)]
    for number, run in enumerate(runs, start=1):
        tell(f'{number}/{len(runs)}  {run.title}:', end=' ', flush=True)
        if run not in log:
            try:
                log.add(train(run))
            except Interrupted as interrupt:
                print(f'interrupted. The same command goes on with '
                      f'this run; {number - 1} are finished.')
                results = Unfinished(log.of(runs))
                results.interrupted_by = interrupt.number
                return results
        tell(log[run].sentence, flush=True)

    results = log.of(runs)
    print(table(results))
    pictures.draw_curves(os.path.join(save_to, 'learning_curves.png'),
                         results)
    print(f'Learning curves and log are in {os.path.abspath(save_to)}')
    return results
