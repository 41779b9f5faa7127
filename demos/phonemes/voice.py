"""Pronouncing words with a trained network."""
import os
from functools import cached_property

import theano
from fuel.datasets import IndexableDataset
from scipy.special import softmax

from blocks_rnn_bricks import (
    best_path,
    padded_batches,
    prefix_beam_search,
    restore_order,
)
from demos._support.exits import UserError
from demos._support.files import PARAMETERS
from demos._support.resuming import load_trained
from demos.phonemes.data import encode, load_dictionary
from demos.phonemes.language import fit_joint_ngram, fit_ngram
from demos.phonemes.network import (
    ARCHITECTURE,
    cost_of,
    make_transcriber,
    variables,
)
from demos.phonemes.settings import DECODING, PhonemeSettings


class Voice:
    """Pronounces words with a network.

    Parameters
    ----------
    transcriber : :class:`Transcriber`
    letters, phonemes : sequence of str
        The names of the letters and phonemes.
    batch_size : int, optional
        The number of words in a batch.
    joint : :class:`~demos.phonemes.language.JointNgram`, optional
        Rescores what the search finds.
    joint_weight : float, optional
        The weight of its log-probabilities.
    **decoding
        Arguments of :func:`~blocks_rnn_bricks.prefix_beam_search`: the
        language model, its weight and the bonus.

    """

    def __init__(self, transcriber, letters, phonemes, batch_size=256,
                 joint=None, joint_weight=1., **decoding):
        self.transcriber = transcriber
        self.letters = letters
        self.phonemes = phonemes
        self.batch_size = batch_size
        self.joint = joint
        self.joint_weight = joint_weight
        self.decoding = decoding

    @cached_property
    def _energies(self):
        """The compiled network, from letters and mask."""
        letters, mask = variables()[:2]
        return theano.function([letters, mask],
                               self.transcriber.apply(letters, mask))

    def energies(self, words):
        """Yield energies and masks in batches of words of similar lengths.

        Yields
        ------
        energies : :class:`numpy.ndarray`, (frames, batch, phonemes + 1)
        mask : :class:`numpy.ndarray`, (frames, batch)
        places : :class:`numpy.ndarray` of int, (batch,)
            The positions of the batch's words in the list.

        """
        encoded = IndexableDataset(
            {'letters': [encode(word, self.letters) for word in words]})
        for letters, mask, places in padded_batches(
                encoded, self.batch_size, sort_window=100,
                index_source='place').get_epoch_iterator():
            energies, frames_mask = self._energies(letters, mask)
            yield energies, frames_mask, places

    def say(self, words):
        """Return the phonemes of each word's most probable alignment.

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

    def search(self, words, width=20):
        """Return the most probable pronunciations of each word.

        Parameters
        ----------
        words : list of str
        width : int, optional
            See :func:`~blocks_rnn_bricks.prefix_beam_search`.

        Returns
        -------
        list of list of pairs
            For each word, up to `width` pairs of phonemes, a tuple of str,
            and probability, the most probable first. The probabilities are
            those among the pronunciations that are found: they sum to one.

        """
        found, places = zip(*(
            (prefix_beam_search(energies, mask, width, **self.decoding),
             places)
            for energies, mask, places in self.energies(words)))
        found = restore_order(found, places)
        if self.joint is not None:
            found = self._rescored(words, found)
        return [[(self._names(labels), float(share)) for (labels, _), share
                 in zip(ways, softmax([score for _, score in ways]))]
                for ways in found]

    def _rescored(self, words, found):
        """Add the joint n-gram's weighted log-probabilities, and sort."""
        added = iter(self.joint_weight * self.joint.log_probabilities(
            [(encode(word, self.letters), labels)
             for word, ways in zip(words, found) for labels, _ in ways]))
        return [sorted(((labels, score + next(added))
                        for labels, score in ways),
                       key=lambda way: way[1], reverse=True)
                for ways in found]

    def _names(self, labels):
        return tuple(self.phonemes[label] for label in labels)


def load_transcriber(path):
    """Load the network of an earlier run, and its settings.

    Parameters
    ----------
    path : str
        The ``parameters.tar`` of the run, with ``settings.json`` beside it.

    Returns
    -------
    :class:`~demos.phonemes.network.Transcriber`
    settings : dict

    Raises
    ------
    UserError
        If there is no finished run.

    """
    def make(settings):
        transcriber = make_transcriber(
            settings['letters'], settings['phonemes'],
            **{name: settings[name] for name in ARCHITECTURE})
        return transcriber, cost_of(transcriber, *variables())

    return load_trained(path, make, 'train first, or pass the folder of a '
                        'finished run with --save-to')


def make_voice(transcriber, dictionary, settings):
    """Return a voice that searches and rescores with n-grams.

    Parameters
    ----------
    transcriber : :class:`Transcriber`
    dictionary : :class:`~demos.phonemes.data.Dictionary`
        Defines the symbols, and the n-grams by its training words.
    settings : :class:`~demos.phonemes.settings.PhonemeSettings`

    Returns
    -------
    :class:`Voice`

    """
    return Voice(
        transcriber, dictionary.letters, dictionary.phonemes,
        joint=fit_joint_ngram(dictionary, settings.joint_order,
                              transcriber.frames_per_letter)
        if settings.joint_weight else None,
        joint_weight=settings.joint_weight,
        language_model=fit_ngram(dictionary, settings.lm_order)
        if settings.lm_weight else None,
        weight=settings.lm_weight, bonus=settings.lm_bonus)


def load_voice(folder, **decoding):
    """Load the voice of an earlier run.

    Parameters
    ----------
    folder : str
        The run's --save-to.
    **decoding
        What to change of the run's settings of decoding.

    Raises
    ------
    UserError
        If there is no finished run, or the dictionary that it learned from is
        missing or has other symbols.

    """
    transcriber, saved = load_transcriber(os.path.join(folder, PARAMETERS))
    dictionary = load_dictionary(saved['dictionary'])
    if (dictionary.letters, list(dictionary.phonemes)) != (
            saved['letters'], saved['phonemes']):
        raise UserError(f'{dictionary.path} has other letters or phonemes '
                        f'than when the network learned from it; train again')
    settings = PhonemeSettings(**{
        **{name: saved[name] for name in DECODING if name in saved},
        **decoding})
    return make_voice(transcriber, dictionary, settings)


def pronounce(**options):
    """Print the pronunciations of words and their probabilities.

    Parameters
    ----------
    **options
        See :class:`~demos.phonemes.settings.PhonemeSettings`. The settings
        of decoding default to those of the run.

    Raises
    ------
    UserError
        If the folder has no finished run, or a word has letters that are not
        in the training dictionary.

    """
    settings = PhonemeSettings(**options)
    voice = load_voice(settings.save_to, **{
        name: options[name] for name in DECODING if name in options})
    words = [word.lower() for word in settings.pronounce]
    for word in words:
        unknown = ''.join(sorted(set(word) - set(voice.letters)))
        if unknown or not word:
            raise UserError(
                f'cannot pronounce {word!r}: its letters must be among '
                f'{voice.letters}, got {unknown or "none"}')
    for word, ways in zip(words, voice.search(words)):
        for phonemes, probability in ways[:3]:
            print(f'{word:20} {probability:6.1%}  {" ".join(phonemes)}')
