"""What comes next? A character language model on the text of Python's help.

:func:`main` runs the whole experiment: data, baseline, network, training,
test, pictures. The network is in :mod:`demos.text.network`, the settings are
in :mod:`demos.text.settings`.

"""
import os
import platform

import numpy
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

from demos._support import exporting, extensions, files, resuming, tensorboard
from demos.text import network, pictures
from demos.text.data import LONG, Windows, load_topics
from demos.text.ngram import ORDER, Baseline, bits_of_ngram, mixed
from demos.text.samples import PrintSample
from demos.text.saving import check_text, identity_of
from demos.text.settings import TextSettings

COMMAND = 'python -m demos.text'
ABOUT = "What comes next? A character LSTM on the text of Python's help"
TAKES = '7 min (--quick: 2 min)'

#: The columns printed after each epoch: title, record, format.
COLUMNS = [('train bits', 'train_bits', '.3f'),
           ('valid bits', 'valid_bits', '.3f'),
           ('5-gram', 'valid_ngram', '.3f'),
           ('best', 'valid_bits_best_so_far', '')]
CURVES = {'bits per character': ['train_bits', 'valid_bits', 'valid_ngram']}


def make_main_loop(topics, settings):
    """Combine network, cost, baseline, training and monitoring."""
    model = network.CharacterModel(
        len(topics.alphabet), settings.embedding, settings.dim,
        settings.layers, settings.dropout, settings.cell,
        weights_init=Orthogonal(), seed=settings.seed,
        theano_seed=settings.seed)
    model.initialize()

    cost, bits, carry_on = network.costs_of(
        model, settings.rows, True, settings.weight_dropout, settings.seed)
    adam = Adam(settings.learning_rate)
    algorithm = GradientDescent(
        cost=cost, parameters=ComputationGraph(cost).parameters,
        step_rule=CompositeRule([StepClipping(1.), adam]))
    # Each row continues in the next batch at the same position.
    algorithm.add_updates(carry_on)

    parts, validation = ['training', 'validation'], []
    if not settings.no_validation:
        held_out = topics.encoded(parts.pop())
        _, valid_bits, valid_carry_on = network.costs_of(model, len(held_out))
        validation = [
            DataStreamMonitoring(
                [valid_bits], Windows(held_out, LONG).stream(), prefix='valid',
                updates=valid_carry_on, before_first_epoch=False),
            EarlyStopping('valid_bits', epochs=settings.patience),
            KeepBestParameters('valid_bits_best_so_far'),
            Baseline('valid_ngram', topics)]
    text = Windows(topics.encoded(*parts), settings.window, settings.rows,
                   settings.seed)
    return MainLoop(
        algorithm, text.stream(), model=Model(cost), extensions=[
            extensions.LinearDecay(adam.learning_rate, text.characters,
                                   settings.rows * settings.window),
            TrainingDataMonitoring([bits], prefix='train', after_epoch=True),
            *validation,
            extensions.FinishAfterEpochs(settings.epochs, settings.batches),
            Timing(),
            *([] if settings.quiet else [
                ProgressBar(), extensions.EpochTable(COLUMNS),
                PrintSample(model, topics.alphabet, settings)]),
            Plot(settings.path('learning_curves.png'), list(CURVES.values()),
                 titles=list(CURVES)),
            *tensorboard.extension(settings, pictures.PICTURES),
            Checkpoint(settings.path(files.CHECKPOINT), after_epoch=True,
                       on_interrupt=True, after_training=False),
            extensions.ResumeHint(COMMAND, settings.path(files.CHECKPOINT)),
            Checkpoint(settings.path(files.PARAMETERS), save_main_loop=False)])


def main(**options):
    """Train, evaluate the test topics once, draw the pictures.

    Parameters
    ----------
    **options
        See :class:`~demos.text.settings.TextSettings`.

    Returns
    -------
    main_loop : :class:`~blocks.main_loop.MainLoop`
    bits, baseline : float or None
        Bits per character on the test topics, of network and n-gram; None if
        training was interrupted.

    """
    settings = TextSettings(**options)
    exporting.check_export(settings.export)
    topics = load_topics()
    if settings.resume:
        main_loop, settings = resuming.resume(
            TextSettings, options, COMMAND, pictures.PICTURES)
        check_text(settings.save_to, topics)
    else:
        files.output_folder(settings.save_to)
        main_loop = make_main_loop(topics, settings)
        files.save_settings(settings, COMMAND, **identity_of(topics))
    main_loop.run()
    if not resuming.is_finished(main_loop):
        return main_loop, None, None

    model = resuming.network_of(main_loop, network.CharacterModel)
    test = topics.encoded('test')
    surprise = network.bits_per_character(model, test)
    by_ngram = bits_of_ngram(topics, ['training', 'validation'], 'test')
    each = [numpy.concatenate(every) for every in (surprise, by_ngram)]
    bits, baseline, both = (float(one.mean()) for one in (*each, mixed(*each)))
    print(f'Test: {bits:.3f} bits per character, {ORDER}-gram {baseline:.3f}, '
          f'mixed {both:.3f} ({sum(map(len, test))} characters of '
          f'{len(test)} topics, Python {platform.python_version()})')
    pictures.draw_all(settings.save_to, model, topics, surprise, by_ngram)
    tensorboard.show_results(main_loop, test_bits=bits, test_ngram=baseline,
                             test_mixed=both)
    print(f'Pictures and checkpoint are in '
          f'{os.path.abspath(settings.save_to)}')
    exporting.export(settings.export, *network.next_character_of(model))
    return main_loop, bits, baseline
