"""Who is speaking? Bidirectional LSTMs on the Japanese Vowels.

:func:`main` is the whole story: data, network, training, test, pictures. The
network is in :mod:`demos.speech.network`, what can be set in
:mod:`demos.speech.settings`.

"""
import os

from blocks.algorithms import Adam, CompositeRule, StepClipping
from blocks.extensions import ProgressBar, Timing
from blocks.extensions.monitoring import (DataStreamMonitoring,
                                          TrainingDataMonitoring)
from blocks.extensions.plot import Plot
from blocks.extensions.saveload import Checkpoint
from blocks.extensions.stopping import EarlyStopping
from blocks.extensions.training import KeepBestParameters
from blocks.graph import ComputationGraph
from blocks.initialization import Orthogonal
from blocks.model import Model

from blocks_rnn_bricks.parallel import GradientDescent, MainLoop, is_first
from demos._support.exporting import check_export, export
from demos._support.extensions import (EpochTable, FinishAfterEpochs,
                                       ResumeHint)
from demos._support.files import (CHECKPOINT, PARAMETERS, output_folder,
                                  save_settings)
from demos._support.resuming import is_finished, network_of, resume
from demos._support.tensorboard import show_results, tensorboard
from demos.speech import pictures
from demos.speech.data import batches, load_speech
from demos.speech.network import (SpeakerClassifier, costs_of,
                                  probabilities_of, variables)
from demos.speech.predictions import predict, save_predictions
from demos.speech.settings import SpeechSettings

COMMAND = 'python -m demos.speech'
ABOUT = 'Who is speaking? Bidirectional LSTMs on the Japanese Vowels'
TAKES = '1 min'

#: What the epoch's line shows: title, record, format.
COLUMNS = [('train cost', 'train_cost', '.4f'),
           ('train error', 'train_error', '.4f'),
           ('valid cost', 'valid_cost', '.4f'),
           ('valid error', 'valid_error', '.4f'),
           ('best', 'valid_cost_best_so_far', '')]
CURVES = {'cross-entropy (nats)': ['train_cost', 'valid_cost'],
          'error rate': ['train_error', 'valid_error']}


def make_main_loop(data, settings):
    """Put network, cost, training and monitoring together.

    Parameters
    ----------
    data : :class:`~demos.speech.data.Speech`
    settings : :class:`~demos.speech.settings.SpeechSettings`

    Returns
    -------
    :class:`~blocks.main_loop.MainLoop`

    """
    classifier = SpeakerClassifier(
        data.n_coefficients, settings.dim, settings.layers, data.n_speakers,
        settings.summary, settings.noise, settings.dropout,
        weights_init=Orthogonal(), seed=settings.seed,
        theano_seed=settings.seed)
    classifier.initialize()

    inputs = variables()
    cost, error = costs_of(classifier, *inputs, train=True)
    algorithm = GradientDescent(
        cost=cost, weight=inputs[-1].shape[0],  # a mean over utterances
        parameters=ComputationGraph(cost).parameters, step_rule=CompositeRule(
            [StepClipping(5.), Adam(settings.learning_rate)]))

    validation = [] if data.validation is None else [
        DataStreamMonitoring(costs_of(classifier, *variables()),
                             batches(data.validation, 64), prefix='valid'),
        EarlyStopping('valid_cost', epochs=settings.patience),
        KeepBestParameters('valid_cost_best_so_far')]
    return MainLoop(
        algorithm, batches(data.training, settings.batch_size, settings.seed),
        model=Model(cost), extensions=[
            TrainingDataMonitoring([cost, error], prefix='train',
                                   after_epoch=True),
            *validation,
            FinishAfterEpochs(settings.epochs, 3 if settings.smoke else None),
            Timing(),
            *([] if settings.quiet else [ProgressBar(), EpochTable(COLUMNS)]),
            Plot(settings.path('learning_curves.png'), list(CURVES.values()),
                 titles=list(CURVES)),
            *tensorboard(settings, pictures.PICTURES),
            Checkpoint(settings.path(CHECKPOINT), after_epoch=True,
                       on_interrupt=True, after_training=False),
            ResumeHint(COMMAND, settings.path(CHECKPOINT)),
            Checkpoint(settings.path(PARAMETERS), save_main_loop=False)])


def main(**options):
    """Train, read the test set once, draw the pictures.

    Parameters
    ----------
    **options
        See :class:`~demos.speech.settings.SpeechSettings`.

    Returns
    -------
    main_loop : :class:`~blocks.main_loop.MainLoop`
    accuracy : float or None
        On the test utterances; None if training was interrupted.

    Raises
    ------
    demos._support.exits.UserError
        If data, folder or checkpoint are not what they should be.

    """
    settings = SpeechSettings(**options)
    check_export(settings.export)
    if settings.resume:
        main_loop, settings = resume(SpeechSettings, options, COMMAND,
                                     pictures.PICTURES)
        data = load_speech(settings.validation, settings.seed)
    else:
        data = load_speech(settings.validation, settings.seed)
        output_folder(settings.save_to)
        save_settings(settings, COMMAND)
        main_loop = make_main_loop(data, settings)
    main_loop.run()
    if not (is_finished(main_loop) and is_first()):
        return main_loop, None

    classifier = network_of(main_loop, SpeakerClassifier)
    predicted, speakers = predict(classifier, data.test)
    accuracy = float((predicted == speakers).mean())
    print(f'Test accuracy: {100 * accuracy:.2f} % of {len(speakers)} '
          f'utterances')
    save_predictions(settings.save_to, data.test, predicted)
    pictures.draw_all(settings.save_to, classifier, data, predicted, speakers)
    show_results(main_loop, test_accuracy=accuracy)
    print(f'Pictures, predictions and checkpoint are in '
          f'{os.path.abspath(settings.save_to)}')
    export(settings.export, *probabilities_of(classifier))
    return main_loop, accuracy
