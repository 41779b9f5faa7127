"""How is it pronounced? From letters to phonemes by CTC.

:func:`main` is the whole story: data, network, training, test, pictures. The
network is in :mod:`demos.phonemes.network`.

"""
import os
from functools import cached_property

import numpy
from blocks.algorithms import Adam, CompositeRule, StepClipping
from blocks.extensions.base import TrainingExtension
from blocks.extensions.monitoring import (DataStreamMonitoring,
                                          TrainingDataMonitoring)
from blocks.extensions.training import (KeepBestParameters,
                                        SharedVariableModifier, TrackTheBest)
from blocks.graph import ComputationGraph
from blocks.model import Model

from blocks_rnn_bricks import padded_batches
from blocks_rnn_bricks.parallel import GradientDescent, MainLoop, is_first
from demos import common
from demos.phonemes import pictures
from demos.phonemes.data import Pronunciations, load_dictionary
from demos.phonemes.network import (Transcriber, cost_of, make_transcriber,
                                    variables)
from demos.phonemes.scoring import score
from demos.phonemes.voice import Voice, load_voice, say_aloud

COMMAND = 'python -m demos.phonemes'
ABOUT = 'Letters to phonemes: bidirectional LSTMs and CTC on CMUdict'
TAKES = '35 min (--quick: 2.3 min)'

#: What the epoch's line shows: title, record, format.
COLUMNS = [('train cost', 'train_cost', '.4f'),
           ('valid cost', 'valid_cost', '.4f'),
           ('valid words wrong', 'valid_word_error', '.2%'),
           ('phonemes wrong', 'valid_phoneme_error', '.2%'),
           ('best', 'valid_word_error_best_so_far', '')]
CURVES = {'CTC cost (nats per word)': ['train_cost', 'valid_cost'],
          'error rate': ['valid_word_error', 'valid_phoneme_error']}


class LinearDecay:
    """A rate that goes down to zero in a straight line.

    Parameters
    ----------
    rate : float
        Where it begins.
    iterations : int
        When it is zero.

    """

    def __init__(self, rate, iterations):
        self.rate = rate
        self.iterations = iterations

    def __call__(self, iterations_done):
        return self.rate * max(0, 1 - iterations_done / self.iterations)


class WordErrors(TrainingExtension):
    """Lets a network say some words after each epoch and counts errors.

    Parameters
    ----------
    transcriber : :class:`Transcriber`
    dictionary : :class:`~demos.phonemes.data.Dictionary`
    entries : dict
        The words and their pronunciations.

    """

    def __init__(self, transcriber, dictionary, entries, **kwargs):
        super().__init__(**kwargs)
        self.transcriber = transcriber
        self.symbols = dictionary.letters, dictionary.phonemes
        self.entries = entries

    def __getstate__(self):
        return {name: value for name, value in vars(self).items()
                if name != 'voice'}

    @cached_property
    def voice(self):
        """What says the words; made when it is first needed."""
        return Voice(self.transcriber, *self.symbols)

    def after_epoch(self):
        errors = score(self.voice.say(list(self.entries)),
                       list(self.entries.values()))
        row = self.main_loop.log.current_row
        row['valid_word_error'] = errors.word_error
        row['valid_phoneme_error'] = errors.phoneme_error


def batches(dataset, batch_size, seed=None):
    """Padded time-major batches; shuffled anew each epoch, given a seed."""
    return padded_batches(dataset, batch_size, sort_window=20,
                          shuffle=seed is not None, seed=seed)


def make_main_loop(dictionary, transcriber, folder, epochs, batch_size=128,
                   learning_rate=0.003, seed=1, smoke=False, quiet=False):
    """Put network, training and monitoring together.

    Parameters
    ----------
    dictionary : :class:`~demos.phonemes.data.Dictionary`
    transcriber : :class:`Transcriber`
    folder : str
        Where checkpoint and pictures go.
    epochs : int
        Passes over the pronunciations of the training words.
    batch_size : int
        Pronunciations at once.
    learning_rate : float
        Of Adam at the beginning. It falls to zero over all epochs.
    seed : int
        Of the order of the words.
    smoke : bool
        Whether to end after three batches.
    quiet : bool
        Whether to do without progress bar and table.

    Returns
    -------
    :class:`~blocks.main_loop.MainLoop`

    """
    training, validation = (
        Pronunciations(dictionary, part, transcriber.frames_per_letter)
        for part in ('training', 'validation'))
    cost = cost_of(transcriber, *variables(), train=True)
    adam = Adam(learning_rate)
    algorithm = GradientDescent(
        cost=cost, parameters=ComputationGraph(cost).parameters,
        step_rule=CompositeRule([StepClipping(5.), adam]))
    iterations = epochs * -(-training.num_examples // batch_size)
    monitors = [
        SharedVariableModifier(adam.learning_rate,
                               LinearDecay(learning_rate, iterations)),
        TrainingDataMonitoring([cost], prefix='train', after_epoch=True),
        DataStreamMonitoring([cost_of(transcriber, *variables())],
                             batches(validation, 256), prefix='valid',
                             before_first_epoch=False),
        WordErrors(transcriber, dictionary, dictionary.part('validation')),
        TrackTheBest('valid_word_error')]
    return MainLoop(
        algorithm, batches(training, batch_size, seed), model=Model(cost),
        extensions=common.training_extensions(
            folder, COMMAND, COLUMNS, CURVES, epochs,
            batches=3 if smoke else None, before_table=monitors,
            before_saving=[KeepBestParameters(
                'valid_word_error_best_so_far')], quiet=quiet))


def transcriber_of(main_loop):
    """The network that a main loop trains."""
    return next(brick for brick in main_loop.model.get_top_bricks()
                if isinstance(brick, Transcriber))


def main(save_to='runs/phonemes', resume=None, pronounce=None,
         dictionary=None, epochs=None, batch_size=128, learning_rate=0.003,
         seed=1, smoke=False, quiet=False, **network):
    """Train, read the test words once, draw the pictures.

    Parameters
    ----------
    save_to : str
        Folder for checkpoint and pictures.
    resume : str, optional
        A checkpoint of an earlier run to go on from, with its settings and
        in its folder; nothing else counts then.
    pronounce : list of str, optional
        Words to pronounce with the network that was saved to the folder,
        instead of training one.
    dictionary : str, optional
        See :func:`~demos.phonemes.data.load_dictionary`.
    epochs : int, optional
        See :func:`make_main_loop`; 16 by default.
    batch_size, learning_rate, smoke, quiet
        See :func:`make_main_loop`.
    seed : int
        Of everything that is random. The parts of the dictionary are not.
    **network
        See :func:`make_transcriber`.

    Returns
    -------
    main_loop : :class:`~blocks.main_loop.MainLoop` or None
    errors : :class:`~demos.phonemes.scoring.Errors` or None
        Of the test words; None if training was interrupted.

    Raises
    ------
    demos.common.UserError
        If data, folder or checkpoint are not what they should be.

    """
    if pronounce:
        say_aloud(load_voice(save_to), pronounce)
        return None, None
    if resume:
        if epochs is not None:
            raise common.UserError(
                '--epochs cannot be changed by --resume here, since the '
                'learning rate falls to zero over all epochs; leave it out '
                'to go on to the end that was planned')
        main_loop, saved = common.resume(resume, COMMAND)
        save_to, smoke = saved['folder'], saved['smoke']
        dictionary = load_dictionary(saved['dictionary'])
        transcriber = transcriber_of(main_loop)
    else:
        dictionary = load_dictionary(dictionary)
        common.output_folder(save_to)
        common.save_settings(save_to, dict(
            command=COMMAND, folder=save_to, smoke=smoke,
            dictionary=dictionary.path,
            letters=dictionary.letters, phonemes=dictionary.phonemes,
            network=network))
        transcriber = make_transcriber(
            dictionary.letters, dictionary.phonemes, seed, **network)
        main_loop = make_main_loop(
            dictionary, transcriber, save_to, epochs or 16, batch_size,
            learning_rate, seed, smoke, quiet)
    main_loop.run()
    if not (common.is_finished(main_loop) and is_first()):
        return main_loop, None

    voice = Voice(transcriber, dictionary.letters, dictionary.phonemes)
    entries = dictionary.part('test')
    if smoke:
        entries = dict(list(entries.items())[:100])
    said = [ways[0][0] for ways in voice.search(list(entries))]
    errors = score(said, list(entries.values()))
    print(f'Test: {errors}')
    if not quiet:
        print_examples(entries, said)
    save_transcripts(os.path.join(save_to, 'test.txt'), entries, said)
    pictures.draw_all(save_to, voice, entries, said)
    print(f'Pictures and checkpoint are in {os.path.abspath(save_to)}')
    return main_loop, errors


def print_examples(entries, said, number=8, seed=1):
    """Print a few words of those that were said well, and of the others."""
    rows = list(zip(entries, said, entries.values()))
    numpy.random.RandomState(seed).shuffle(rows)
    for title, chosen in [
            ('Right', [row for row in rows if row[1] in row[2]]),
            ('Wrong', [row for row in rows if row[1] not in row[2]])]:
        print(f'{title}, for example:')
        for word, phonemes, known in chosen[:number]:
            print(f'  {word:16} {" ".join(phonemes)}' + (
                '' if title == 'Right' else
                f'  (should be {" or ".join(map(" ".join, known))})'))


def save_transcripts(path, entries, said):
    """Write each word, what was said and what should have been."""
    with open(path, 'w', encoding='utf-8') as file:
        for phonemes, (word, known) in zip(said, entries.items()):
            ways = [' '.join(way) for way in (phonemes, *known)]
            print(word, 'right' if phonemes in known else 'wrong', *ways,
                  sep='\t', file=file)
