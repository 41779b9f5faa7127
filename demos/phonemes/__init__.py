"""How is it pronounced? From letters to phonemes by CTC.

:func:`main` runs the whole experiment: data, network, training, test,
pictures. The network is in :mod:`demos.phonemes.network`, the settings are in
:mod:`demos.phonemes.settings`.

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
from blocks.extensions.training import (
    KeepBestParameters,
    TrackTheBest,
)
from blocks.graph import ComputationGraph
from blocks.model import Model

from blocks_rnn_bricks.parallel import GradientDescent, MainLoop, is_first
from demos._support import exporting, extensions, files, resuming, tensorboard
from demos.phonemes import pictures
from demos.phonemes.data import Pronunciations, batches, load_dictionary
from demos.phonemes.network import (
    Transcriber,
    cost_of,
    labels_of,
    make_transcriber,
    variables,
)
from demos.phonemes.progress import WordErrors
from demos.phonemes.scoring import print_examples, save_transcripts, score
from demos.phonemes.settings import PhonemeSettings
from demos.phonemes.voice import make_voice

COMMAND = 'python -m demos.phonemes'
ABOUT = 'Letters to phonemes: bidirectional LSTMs and CTC on CMUdict'
TAKES = '48 min (--quick: 6 min)'

#: The columns printed after each epoch: title, record, format.
COLUMNS = [('train cost', 'train_cost', '.4f'),
           ('valid cost', 'valid_cost', '.4f'),
           ('valid words wrong', 'valid_word_error', '.2%'),
           ('phonemes wrong', 'valid_phoneme_error', '.2%'),
           ('best', 'valid_word_error_best_so_far', '')]
CURVES = {'CTC cost (nats per word)': ['train_cost', 'valid_cost'],
          'error rate': ['valid_word_error', 'valid_phoneme_error']}


def make_main_loop(dictionary, settings):
    """Put network, cost, training and monitoring together."""
    transcriber = make_transcriber(
        dictionary.letters, dictionary.phonemes, seed=settings.seed,
        embedding=settings.embedding, dim=settings.dim,
        layers=settings.layers, dropout=settings.dropout,
        frames_per_letter=settings.frames_per_letter)
    training, validation = (
        Pronunciations(dictionary, part, transcriber.frames_per_letter)
        for part in ('training', 'validation'))

    cost = cost_of(transcriber, *variables(), train=True)
    adam = Adam(settings.learning_rate)
    algorithm = GradientDescent(
        cost=cost, parameters=ComputationGraph(cost).parameters,
        step_rule=CompositeRule([StepClipping(5.), adam]))

    return MainLoop(
        algorithm, batches(training, settings.batch_size, settings.seed),
        model=Model(cost), extensions=[
            extensions.LinearDecay(
                adam.learning_rate, training.num_examples,
                settings.batch_size),
            TrainingDataMonitoring([cost], prefix='train', after_epoch=True),
            DataStreamMonitoring([cost_of(transcriber, *variables())],
                                 batches(validation, 256), prefix='valid',
                                 before_first_epoch=False),
            WordErrors(transcriber, dictionary, 'validation'),
            TrackTheBest('valid_word_error'),
            KeepBestParameters('valid_word_error_best_so_far'),
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
    """Train, evaluate the test words once, draw the pictures.

    Parameters
    ----------
    **options
        See :class:`~demos.phonemes.settings.PhonemeSettings`.

    Returns
    -------
    main_loop : :class:`~blocks.main_loop.MainLoop`
    errors : :class:`~demos.phonemes.scoring.Errors` or None
        Errors on the test words; None if training was interrupted.

    """
    settings = PhonemeSettings(**options)
    exporting.check_export(settings.export)
    if settings.resume:
        main_loop, settings = resuming.resume(
            PhonemeSettings, options, COMMAND, pictures.PICTURES)
        dictionary = load_dictionary(settings.dictionary)
    else:
        dictionary = load_dictionary(settings.dictionary)
        files.output_folder(settings.save_to)
        files.save_settings(
            settings, COMMAND, letters=dictionary.letters,
            phonemes=dictionary.phonemes, dictionary=dictionary.path)
        main_loop = make_main_loop(dictionary, settings)
    main_loop.run()
    if not (resuming.is_finished(main_loop) and is_first()):
        return main_loop, None

    transcriber = resuming.network_of(main_loop, Transcriber)
    voice = make_voice(transcriber, dictionary, settings)
    entries = dictionary.part('test', 100 if settings.smoke else None)
    said = [ways[0][0] for ways in voice.search(list(entries))]
    errors = score(said, list(entries.values()))
    print(f'Test: {errors}')
    if not settings.quiet:
        print_examples(entries, said)
    save_transcripts(settings.path('test.txt'), entries, said)
    pictures.draw_all(settings.save_to, voice, entries, said)
    tensorboard.show_results(
        main_loop, test_word_error=errors.word_error,
        test_phoneme_error=errors.phoneme_error)
    print(f'Pictures and checkpoint are in '
          f'{os.path.abspath(settings.save_to)}')
    exporting.export(settings.export, *labels_of(transcriber))
    return main_loop, errors
