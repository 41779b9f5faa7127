"""How is it pronounced? From letters to phonemes by CTC.

:func:`main` is the whole story: data, network, training, test, pictures.

"""
import json
import os
import tarfile
from functools import cached_property

import numpy
import theano
from blocks.algorithms import (Adam, CompositeRule, GradientDescent,
                               StepClipping)
from blocks.bricks import Initializable, Linear, Random
from blocks.bricks.base import application
from blocks.bricks.lookup import LookupTable
from blocks.extensions.base import TrainingExtension
from blocks.extensions.monitoring import (DataStreamMonitoring,
                                          TrainingDataMonitoring)
from blocks.extensions.training import (KeepBestParameters,
                                        SharedVariableModifier, TrackTheBest)
from blocks.graph import ComputationGraph
from blocks.initialization import Constant, IsotropicGaussian, Orthogonal
from blocks.main_loop import MainLoop
from blocks.model import Model
from blocks.monitoring import aggregation
from blocks.serialization import load_parameters
from fuel.datasets import IndexableDataset
from theano import tensor

from blocks_rnn_bricks import (CTC, LSTM, BidirectionalStack, ForgetGateBias,
                               best_path, padded_batches, prefix_beam_search,
                               restore_order)
from blocks_rnn_bricks.regularization import variational_dropout
from demos import common
from demos.phonemes import pictures
from demos.phonemes.data import Pronunciations, encode, load_dictionary
from demos.phonemes.scoring import score

COMMAND = 'python -m demos.phonemes'
ABOUT = 'Letters to phonemes: bidirectional LSTMs and CTC on CMUdict'
TAKES = '40 min (--quick: 4 min)'

#: What the epoch's line shows: title, record, format.
COLUMNS = [('train cost', 'train_cost', '.4f'),
           ('valid cost', 'valid_cost', '.4f'),
           ('valid words wrong', 'valid_word_error', '.2%'),
           ('phonemes wrong', 'valid_phoneme_error', '.2%'),
           ('best', 'valid_word_error_best_so_far', '')]
CURVES = {'CTC cost (nats per word)': ['train_cost', 'valid_cost'],
          'error rate': ['valid_word_error', 'valid_phoneme_error']}


class Transcriber(Initializable, Random):
    """Embedded letters, a bidirectional stack, frames of phonemes.

    CTC takes a frame for each phoneme, and a word may have more phonemes
    than letters: "fix" has F IH K S. So the last layer makes several frames
    of each letter's states, each with weights of its own, while the stack
    goes through the word letter by letter.

    Parameters
    ----------
    letters, phonemes : int
        How many there are. The energies' last class is the blank.
    embedding : int
        Features of an embedded letter.
    dim : int
        Cells of each layer and direction.
    layers : int
        Number of layers.
    frames_per_letter : int
    dropout : float
        Rate at which the inputs of the upper layers and of the last one are
        dropped in training, the same ones at all letters of a word.

    """

    def __init__(self, letters, phonemes, embedding, dim, layers,
                 frames_per_letter, dropout, **kwargs):
        self.phonemes = phonemes
        self.frames_per_letter = frames_per_letter
        self.dropout = dropout
        self.lookup = LookupTable(
            letters, embedding, weights_init=IsotropicGaussian(0.3))
        self.stack = BidirectionalStack(
            [LSTM(dim=dim) for _ in range(layers)], input_dim=embedding,
            dropout=dropout, biases_init=ForgetGateBias(),
            weights_init=Orthogonal(), theano_seed=kwargs.get('theano_seed'),
            name='stack')
        self.output = Linear(
            2 * dim, frames_per_letter * (phonemes + 1),
            weights_init=IsotropicGaussian(0.05), biases_init=Constant(0),
            name='output')
        super().__init__(children=[self.lookup, self.stack, self.output],
                         **kwargs)

    @application(inputs=['letters', 'mask'],
                 outputs=['energies', 'frames_mask'])
    def apply(self, letters, mask, train=False):
        """Score the phonemes at each frame.

        Parameters
        ----------
        letters : :class:`~theano.tensor.TensorVariable`
            (time, batch), numbers.
        mask : :class:`~theano.tensor.TensorVariable`
            (time, batch).
        train : bool, optional
            Whether there is dropout.

        Returns
        -------
        energies : :class:`~theano.tensor.TensorVariable`
            (frames, batch, phonemes + 1), logarithms of unnormalised
            probabilities; frames = time * frames_per_letter.
        frames_mask : :class:`~theano.tensor.TensorVariable`
            (frames, batch).

        """
        states = self.stack.apply(self.lookup.apply(letters), mask=mask,
                                  train=train)
        if train and self.dropout:
            states = variational_dropout(states, self.dropout,
                                         self.theano_rng)
        time, batch = letters.shape
        frames = self.frames_per_letter
        energies = self.output.apply(states).reshape(
            (time, batch, frames, self.phonemes + 1))
        energies = energies.dimshuffle(0, 2, 1, 3).reshape(
            (time * frames, batch, self.phonemes + 1))
        return energies, tensor.repeat(mask, frames, axis=0)


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


class Voice:
    """Says words with a network.

    Parameters
    ----------
    transcriber : :class:`Transcriber`
    letters, phonemes : sequence of str
        Their names.
    batch_size : int, optional
        Words at once.

    """

    def __init__(self, transcriber, letters, phonemes, batch_size=256):
        self.letters = letters
        self.phonemes = phonemes
        self.batch_size = batch_size
        letters, mask = variables()[:2]
        self._energies = theano.function([letters, mask],
                                         transcriber.apply(letters, mask))

    def energies(self, words):
        """The energies and mask of all frames, in batches of like lengths.

        Yields
        ------
        energies : :class:`numpy.ndarray`, (frames, batch, phonemes + 1)
        mask : :class:`numpy.ndarray`, (frames, batch)
        places : :class:`numpy.ndarray` of int, (batch,)
            Of these words in the list.

        """
        encoded = IndexableDataset(
            {'letters': [encode(word, self.letters) for word in words]})
        for letters, mask, places in padded_batches(
                encoded, self.batch_size, sort_window=100,
                index_source='place').get_epoch_iterator():
            energies, frames_mask = self._energies(letters, mask)
            yield energies, frames_mask, places

    def say(self, words):
        """The most probable alignment's phonemes of each word.

        Parameters
        ----------
        words : list of str

        Returns
        -------
        list of tuple of str

        """
        said, places = zip(*((best_path(energies, mask), places)
                             for energies, mask, places
                             in self.energies(words)))
        return [self._names(labels) for labels in
                restore_order(said, places)]

    def search(self, words, width=10):
        """The most probable pronunciations of each word.

        Parameters
        ----------
        words : list of str
        width : int, optional
            See :func:`~blocks_rnn_bricks.prefix_beam_search`.

        Returns
        -------
        list of list of pairs
            Of each word up to `width` pairs of phonemes, a tuple of str, and
            probability, the most probable first.

        """
        found, places = zip(*(
            (prefix_beam_search(energies, mask, width), places)
            for energies, mask, places in self.energies(words)))
        return [[(self._names(labels), float(numpy.exp(score)))
                 for labels, score in ways]
                for ways in restore_order(found, places)]

    def _names(self, labels):
        return tuple(self.phonemes[label] for label in labels)


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


def variables():
    """The inputs of the graph, under the names of the stream's sources."""
    return (tensor.lmatrix('letters'), tensor.matrix('letters_mask'),
            tensor.lmatrix('phonemes'), tensor.matrix('phonemes_mask'))


def cost_of(transcriber, letters, mask, phonemes, phonemes_mask,
            train=False):
    """The mean CTC cost of a word, in nats, with or without dropout."""
    energies, frames_mask = transcriber.apply(letters, mask, train=train)
    costs = CTC().apply(phonemes, energies, frames_mask, phonemes_mask)
    return aggregation.mean(costs.sum().copy('cost'),
                            tensor.cast(costs.shape[0], costs.dtype))


def batches(dataset, batch_size, seed=None):
    """Padded time-major batches; shuffled anew each epoch, given a seed."""
    return padded_batches(dataset, batch_size, sort_window=20,
                          shuffle=seed is not None, seed=seed)


def make_transcriber(letters, phonemes, seed=1, embedding=64, dim=160,
                     layers=3, frames_per_letter=2, dropout=0.2):
    """A network to be trained, or to be given parameters.

    Parameters
    ----------
    letters, phonemes : sequence of str
        Their names.
    seed : int
        Of weights and dropout.
    embedding, dim, layers, frames_per_letter, dropout
        See :class:`Transcriber`.

    Returns
    -------
    :class:`Transcriber`

    """
    transcriber = Transcriber(
        len(letters), len(phonemes), embedding, dim, layers,
        frames_per_letter, dropout, seed=seed, theano_seed=seed)
    transcriber.initialize()
    return transcriber


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
                             batches(validation, 256), prefix='valid'),
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


def load_voice(folder):
    """The network that an earlier run has trained.

    Parameters
    ----------
    folder : str
        What was --save-to then.

    Returns
    -------
    :class:`Voice`

    Raises
    ------
    demos.common.UserError
        If no run has ended there.

    """
    try:
        with open(os.path.join(folder, common.SETTINGS),
                  encoding='utf-8') as file:
            settings = json.load(file)
        with open(os.path.join(folder, common.PARAMETERS), 'rb') as file:
            values = load_parameters(file)
        letters, phonemes = settings['letters'], settings['phonemes']
        transcriber = make_transcriber(letters, phonemes,
                                       **settings['network'])
        Model(cost_of(transcriber, *variables())).set_parameter_values({
            name: value.astype(theano.config.floatX)
            for name, value in values.items()})
    except (OSError, ValueError, KeyError, tarfile.TarError) as error:
        raise common.UserError(
            f'cannot load {common.PARAMETERS} and {common.SETTINGS} from '
            f'{folder} ({error}); train first, or name the folder of a run '
            f'that has ended with --save-to') from error
    return Voice(transcriber, letters, phonemes)


def say_aloud(voice, words):
    """Print the pronunciations of words, and how probable they are.

    Parameters
    ----------
    voice : :class:`Voice`
    words : list of str

    Raises
    ------
    demos.common.UserError
        If a word has other letters than the dictionary that the network has
        learned from.

    """
    words = [word.lower() for word in words]
    for word in words:
        unknown = ''.join(sorted(set(word) - set(voice.letters)))
        if unknown or not word:
            raise common.UserError(
                f'cannot pronounce {word!r}: its letters must be among '
                f'{voice.letters}, got {unknown or "none"}')
    for word, ways in zip(words, voice.search(words)):
        for phonemes, probability in ways[:3]:
            print(f'{word:20} {probability:6.1%}  {" ".join(phonemes)}')


def main(save_to='runs/phonemes', resume=None, pronounce=None,
         dictionary=None, epochs=16, batch_size=128, learning_rate=0.003,
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
    epochs, batch_size, learning_rate, smoke, quiet
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
        main_loop, saved = common.load_checkpoint(resume)
        save_to, smoke = saved['folder'], saved['smoke']
        dictionary = load_dictionary(saved['dictionary'])
        transcriber = transcriber_of(main_loop)
    else:
        dictionary = load_dictionary(dictionary)
        common.output_folder(save_to)
        common.save_settings(save_to, dict(
            folder=save_to, smoke=smoke, dictionary=dictionary.path,
            letters=dictionary.letters, phonemes=dictionary.phonemes,
            network=network))
        transcriber = make_transcriber(
            dictionary.letters, dictionary.phonemes, seed, **network)
        main_loop = make_main_loop(
            dictionary, transcriber, save_to, epochs, batch_size,
            learning_rate, seed, smoke, quiet)
    if not common.is_finished(main_loop):
        main_loop.run()
        if not common.is_finished(main_loop):
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
