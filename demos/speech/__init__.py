"""Who is speaking? Bidirectional LSTMs on the Japanese Vowels.

:func:`main` runs the whole experiment: data, network, training, test,
pictures. The network is in :mod:`demos.speech.network`, the settings are in
:mod:`demos.speech.settings`.

"""
import os

from blocks.algorithms import Adam, CompositeRule, StepClipping
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
from blocks.model import Model

from blocks_rnn_bricks.parallel import GradientDescent, MainLoop, is_first
from demos._support import exporting, extensions, files, resuming, tensorboard
from demos.speech import network, pictures
from demos.speech.data import batches, load_speech
from demos.speech.predictions import predict, save_predictions
from demos.speech.settings import SpeechSettings

COMMAND = 'python -m demos.speech'
ABOUT = 'Who is speaking? Bidirectional LSTMs on the Japanese Vowels'
TAKES = '1 min'

#: The columns printed after each epoch: title, record, format.
COLUMNS = [('train cost', 'train_cost', '.4f'),
           ('train error', 'train_error', '.4f'),
           ('valid cost', 'valid_cost', '.4f'),
           ('valid error', 'valid_error', '.4f'),
           ('best', 'valid_cost_best_so_far', '')]
CURVES = {'cross-entropy (nats)': ['train_cost', 'valid_cost'],
          'error rate': ['train_error', 'valid_error']}


def make_main_loop(data, settings):
    """Combine network, cost, training and monitoring.

    Parameters
    ----------
    data : :class:`~demos.speech.data.Speech`
    settings : :class:`~demos.speech.settings.SpeechSettings`

    Returns
    -------
    :class:`~blocks.main_loop.MainLoop`

    """
    classifier = network.SpeakerClassifier(
        data.n_coefficients, settings.dim, settings.layers, data.n_speakers,
        settings.summary, settings.noise, settings.dropout,
        weights_init=Orthogonal(), seed=settings.seed,
        theano_seed=settings.seed)
    classifier.initialize()

    inputs = network.variables()
    cost, error = network.costs_of(classifier, *inputs, train=True)
    adam = Adam(settings.learning_rate)
    algorithm = GradientDescent(
        cost=cost, weight=inputs[-1].shape[0],  # a mean over utterances
        parameters=ComputationGraph(cost).parameters,
        step_rule=CompositeRule([StepClipping(5.), adam]))

    validation = [] if data.validation is None else [
        DataStreamMonitoring(
            network.costs_of(classifier, *network.variables()),
            batches(data.validation, 64), prefix='valid'),
        EarlyStopping('valid_cost', epochs=settings.patience),
        KeepBestParameters('valid_cost_best_so_far')]
    return MainLoop(
        algorithm, batches(data.training, settings.batch_size, settings.seed),
        model=Model(cost), extensions=[
            TrainingDataMonitoring([cost, error], prefix='train',
                                   after_epoch=True),
            *validation,
            extensions.LinearDecay(
                adam.learning_rate, data.training.num_examples,
                settings.batch_size),
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
    """Train, evaluate the test set once, draw the pictures.

    Parameters
    ----------
    **options
        See :class:`~demos.speech.settings.SpeechSettings`.

    Returns
    -------
    main_loop : :class:`~blocks.main_loop.MainLoop`
    accuracy : float or None
        Accuracy on the test utterances; None if training was interrupted.

    Raises
    ------
    demos._support.exits.UserError
        If the data, folder or checkpoint is invalid.

    """
    settings = SpeechSettings(**options)
    exporting.check_export(settings.export)
    if settings.resume:
        main_loop, settings = resuming.resume(
            SpeechSettings, options, COMMAND, pictures.PICTURES)
        data = load_speech(settings.validation, settings.seed)
    else:
        data = load_speech(settings.validation, settings.seed)
        files.output_folder(settings.save_to)
        files.save_settings(settings, COMMAND)
        main_loop = make_main_loop(data, settings)
    main_loop.run()
    if not (resuming.is_finished(main_loop) and is_first()):
        return main_loop, None

    classifier = resuming.network_of(main_loop, network.SpeakerClassifier)
    predicted, speakers = predict(classifier, data.test)
    accuracy = float((predicted == speakers).mean())
    print(f'Test accuracy: {100 * accuracy:.2f} % of {len(speakers)} '
          f'utterances')
    save_predictions(settings.save_to, data.test, predicted)
    pictures.draw_all(settings.save_to, classifier, data, predicted, speakers)
    tensorboard.show_results(main_loop, test_accuracy=accuracy)
    print(f'Pictures, predictions and checkpoint are in '
          f'{os.path.abspath(settings.save_to)}')
    exporting.export(settings.export, *network.probabilities_of(classifier))
    return main_loop, accuracy
