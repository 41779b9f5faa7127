"""What comes next in a chorale? An LSTM that reads and writes Bach.

:func:`main` runs the whole experiment: data, network, training, test,
pictures, and a chorale composed by the network. The bricks are in
:mod:`demos.music.network`, sampling is in :mod:`demos.music.writing`, and the
settings are in :mod:`demos.music.settings`.

"""
import os

from blocks.algorithms import (
    Adam,
    CompositeRule,
    GradientDescent,
    StepClipping,
)
from blocks.extensions import ProgressBar, Timing
from blocks.extensions.monitoring import (
    DataStreamMonitoring,
    TrainingDataMonitoring,
)
from blocks.extensions.plot import Plot
from blocks.extensions.saveload import Checkpoint
from blocks.extensions.stopping import EarlyStopping
from blocks.extensions.training import KeepBestParameters
from blocks.graph import ComputationGraph
from blocks.initialization import Orthogonal
from blocks.main_loop import MainLoop
from blocks.model import Model
from blocks.monitoring.evaluators import DatasetEvaluator

from demos._support import exporting, extensions, files, resuming, tensorboard
from demos.music import pictures
from demos.music.data import load_chorales, note_frequencies
from demos.music.network import (
    Composer,
    cost_of,
    costs_of,
    note_probabilities_of,
    variables,
)
from demos.music.settings import MusicSettings
from demos.music.streams import batches
from demos.music.writing import find_primer, write_chorale

COMMAND = 'python -m demos.music'
ABOUT = "What comes next? An LSTM that reads and writes Bach's chorales"
TAKES = '3 min (--quick: 1 min)'

#: The columns printed after each epoch: title, record, format.
COLUMNS = [('train cost', 'train_cost', '.3f'),
           ('valid cost', 'valid_cost', '.3f'),
           ('best', 'valid_cost_best_so_far', '')]
CURVES = {'nats per frame': ['train_cost', 'valid_cost', 'valid_1gram']}


def make_main_loop(data, settings):
    """Combine network, cost, training and monitoring."""
    frequencies = note_frequencies(data.training)
    composer = Composer(
        settings.dim, settings.layers, settings.hidden, settings.dropout,
        frequencies, weights_init=Orthogonal(), seed=settings.seed,
        theano_seed=settings.seed)
    composer.initialize()

    notes, mask = variables()
    cost = cost_of(notes, composer.apply(notes, mask, train=True), mask)
    adam = Adam(settings.learning_rate)
    algorithm = GradientDescent(
        cost=cost, parameters=ComputationGraph(cost).parameters,
        step_rule=CompositeRule([StepClipping(5.), adam]))

    return MainLoop(
        algorithm, batches(data.training, settings.batch_size,
                           settings.transpose, settings.seed),
        model=Model(cost), extensions=[
            extensions.LinearDecay(
                adam.learning_rate, data.training.num_examples,
                settings.batch_size),
            TrainingDataMonitoring([cost], prefix='train', after_epoch=True),
            DataStreamMonitoring(costs_of(composer, frequencies),
                                 batches(data.validation, 32),
                                 prefix='valid'),
            EarlyStopping('valid_cost', epochs=settings.patience),
            KeepBestParameters('valid_cost_best_so_far'),
            extensions.FinishAfterEpochs(settings.epochs, settings.batches),
            Timing(),
            *([] if settings.quiet else [
                ProgressBar(), extensions.EpochTable(COLUMNS)]),
            Plot(settings.path('learning_curves.png'), list(CURVES.values()),
                 titles=list(CURVES)),
            *tensorboard.extension(settings, pictures.PICTURES),
            Checkpoint(settings.path(files.CHECKPOINT), after_epoch=True,
                       on_interrupt=True, after_training=False),
            extensions.ResumeHint(COMMAND, settings.path(files.CHECKPOINT)),
            Checkpoint(settings.path(files.PARAMETERS), save_main_loop=False)])


def main(**options):
    """Train, evaluate the test part once, draw pictures, write a chorale.

    Parameters
    ----------
    **options
        See :class:`~demos.music.settings.MusicSettings`.

    Returns
    -------
    main_loop : :class:`~blocks.main_loop.MainLoop`
    cost : float or None
        Nats per frame on the test part; None if training was interrupted.

    """
    settings = MusicSettings(**options)
    exporting.check_export(settings.export)
    data = load_chorales()
    primer = find_primer(data, settings)
    if settings.resume:
        main_loop, settings = resuming.resume(
            MusicSettings, options, COMMAND, pictures.PICTURES)
    else:
        files.output_folder(settings.save_to)
        files.save_settings(settings, COMMAND)
        main_loop = make_main_loop(data, settings)
    main_loop.run()
    if not resuming.is_finished(main_loop):
        return main_loop, None

    composer = resuming.network_of(main_loop, Composer)
    frequencies = note_frequencies(data.training)
    nats = DatasetEvaluator(costs_of(composer, frequencies)).evaluate(
        batches(data.test, 32))
    cost, one_gram = float(nats['cost']), float(nats['1gram'])
    print(f'Test part: {cost:.3f} nats per frame, with the note 1-gram '
          f'{one_gram:.3f}; {data.test.num_examples} chorales')
    pictures.draw_test_piece(settings.path('predictions.png'), composer,
                             frequencies, data.pieces['test'][0])
    write_chorale(composer, settings, primer)
    tensorboard.show_results(main_loop, test_cost=cost, test_1gram=one_gram)
    print(f'Pictures and checkpoint are in '
          f'{os.path.abspath(settings.save_to)}')
    exporting.export(settings.export, *note_probabilities_of(composer))
    return main_loop, cost
