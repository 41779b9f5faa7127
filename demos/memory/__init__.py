"""What do gates buy? Long memory in LSTMs, a GRU and a simple network.

:func:`main` runs the whole experiment: every layer learns every problem, at
every learning rate, until it solves it or runs out of updates. See also
:mod:`demos.memory.network` and :mod:`demos.memory.problems`.

"""
import os
import time

import theano
from blocks.algorithms import (
    Adam,
    CompositeRule,
    GradientDescent,
    StepClipping,
)
from blocks.extensions.monitoring import DataStreamMonitoring
from blocks.graph import ComputationGraph
from blocks.main_loop import MainLoop
from blocks.model import Model
from theano import tensor

from demos._support import exporting, extensions, files, resuming, tensorboard
from demos.memory import pictures
from demos.memory.data import one_batch, sequences
from demos.memory.network import LAYERS, Recaller
from demos.memory.problems import PROBLEMS, StopWhenSolved, answer_of
from demos.memory.results import Interrupted, Log, Unfinished, result_of, table
from demos.memory.settings import EVERY, MemorySettings

COMMAND = 'python -m demos.memory'
ABOUT = 'What do gates buy? Long memory in LSTM, GRU and simple network'
TAKES = '40 min (--quick: 1 min)'

#: Held-out sequences evaluated in training, and fresh ones after it.
HELD_OUT, FRESH = 250, 1000


def make_main_loop(run, folder=None):
    """Put network, training and monitoring of one run together.

    An epoch is :data:`EVERY` updates on fresh sequences. Weights and
    sequences depend on the seed only: they are the same for all learning
    rates, and the sequences for all layers.

    Parameters
    ----------
    run : :class:`~demos.memory.results.Run`
    folder : str, optional
        The folder for TensorBoard.

    Returns
    -------
    main_loop : :class:`~blocks.main_loop.MainLoop`
        Its log has ``test_measure`` on the held-out sequences.
    network : :class:`~demos.memory.network.Recaller`
    evaluate : callable
        Returns the measure of a batch, given inputs and targets.

    """
    problem = PROBLEMS[run.problem]
    kind = problem.sequences
    network = Recaller(LAYERS[run.layer], kind.features, run.dim,
                       kind.outputs, run.keep, run.length, kind.answers,
                       run.input_scale, seed=run.seed)
    network.initialize()
    inputs, targets = tensor.tensor3('inputs'), problem.targets('targets')
    cost, measure = problem.costs(targets, network.apply(inputs))

    every = min(EVERY, run.updates)
    adam = Adam(run.rate)
    algorithm = GradientDescent(
        cost=cost, parameters=ComputationGraph(cost).parameters,
        step_rule=CompositeRule([StepClipping(1.), adam]))
    decay = extensions.LinearDecay(adam.learning_rate,
                                   every * run.batch_size, run.batch_size)
    main_loop = MainLoop(
        algorithm, sequences(kind, run, 0).stream(run.batch_size, every),
        model=Model(cost), extensions=[
            DataStreamMonitoring([measure], one_batch(kind, run, 1, HELD_OUT),
                                 prefix='test'),
            StopWhenSolved('test_measure', problem.solved),
            extensions.FinishAfterEpochs(run.updates // every),
            *([decay] if run.decay else []), *tensorboard.board(folder)])
    return main_loop, network, theano.function([inputs, targets], measure)


def train(run, folder=None):
    """Train until solved or out of updates; return result and network."""
    start = time.process_time()
    main_loop, network, evaluate = make_main_loop(run, folder)
    main_loop.run()
    if not resuming.is_finished(main_loop):
        raise Interrupted(main_loop.interrupted_by)
    problem = PROBLEMS[run.problem]
    fresh, = one_batch(problem.sequences, run, 2, FRESH).get_epoch_iterator()
    return result_of(run, main_loop, problem.solved, float(evaluate(*fresh)),
                     time.process_time() - start), network


def main(**options):
    """Train all combinations, print the table, draw the learning curves.

    Parameters
    ----------
    **options
        See :class:`~demos.memory.settings.MemorySettings`. Runs already
        finished in the folder with the same settings are not repeated.

    Returns
    -------
    list of :class:`~demos.memory.results.Result`
        The results of the finished runs.

    """
    settings = MemorySettings(**options)
    exporting.check_export(settings.export)
    others = Log.all_of(settings.beside)
    runs, networks = settings.runs(), {}
    files.output_folder(settings.save_to)
    log = Log(settings.path('runs.jsonl'))
    tell = (lambda *args, **kwargs: None) if settings.quiet else print
    for number, run in enumerate(runs, start=1):
        tell(f'{number}/{len(runs)}  {run.title}:', end=' ', flush=True)
        if run not in log:
            try:
                result, networks[run] = train(
                    run, run.folder_in(settings.tensorboard))
            except Interrupted as interrupt:
                print('interrupted. The same command continues with this run; '
                      f'{number - 1} are finished.')
                return Unfinished(log.of(runs), interrupt.number)
            log.add(result)
        tell(log[run].sentence, flush=True)

    results = log.of(runs)
    print(table(results + others))
    picture = settings.path('learning_curves.png')
    pictures.draw_curves(picture, results + others)
    tensorboard.show_picture(settings.tensorboard, picture)
    print('Learning curves and log are in', os.path.abspath(settings.save_to))
    if settings.export:
        best = min(results, key=lambda result: result.rank).run
        # If the best network was trained earlier, repeat its training.
        network = networks.get(best) or train(best)[1]
        exporting.export(settings.export, *answer_of(best.problem, network),
                         what=f'The best network ({best.title})')
    return results
