"""Pronouncing words with a trained network."""
import numpy
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
from demos.phonemes.language import model_of
from demos.phonemes.network import (
    ARCHITECTURE,
    cost_of,
    make_transcriber,
    variables,
)


class Voice:
    """Pronounces words with a network.

    Parameters
    ----------
    transcriber : :class:`Transcriber`
    letters, phonemes : sequence of str
        The names of the letters and phonemes.
    language : :class:`~demos.phonemes.language.PhonemeModel`, optional
        A language model for :meth:`search`.
    batch_size : int, optional
        The number of words in a batch.

    """

    def __init__(self, transcriber, letters, phonemes, language=None,
                 batch_size=256):
        self.letters = letters
        self.phonemes = phonemes
        self.language = language
        self.batch_size = batch_size
        letters, mask = variables()[:2]
        self._energies = theano.function([letters, mask],
                                         transcriber.apply(letters, mask))

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

    def search(self, words, width=10):
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
            and probability, the most probable first. With a language model,
            the probabilities are those of the combined scores and sum to one
            over the pairs.

        """
        fusion = {} if self.language is None else {
            'language_model': self.language, 'weight': self.language.weight,
            'bonus': self.language.bonus}
        found, places = zip(*(
            (prefix_beam_search(energies, mask, width, **fusion), places)
            for energies, mask, places in self.energies(words)))
        return [[(self._names(labels), probability) for (labels, _),
                 probability in zip(ways, self._probabilities(ways))]
                for ways in restore_order(found, places)]

    def _probabilities(self, ways):
        """Return the probabilities of pairs of labels and score."""
        scores = numpy.array([score for _, score in ways])
        if self.language is None:
            return numpy.exp(scores).tolist()
        return softmax(scores).tolist()

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


def load_voice(settings):
    """Load the voice of an earlier run from the folder of --save-to.

    The language model is counted again, in the dictionary of that run.

    """
    transcriber, trained = load_transcriber(settings.path(PARAMETERS))
    dictionary = load_dictionary(settings.dictionary or trained['dictionary'])
    return Voice(transcriber, trained['letters'], trained['phonemes'],
                 model_of(dictionary, settings))


def pronounce(settings):
    """Print the pronunciations of words and their probabilities.

    Parameters
    ----------
    settings : :class:`~demos.phonemes.settings.PhonemeSettings`

    Raises
    ------
    UserError
        If the folder has no finished run, or a word has letters that are not
        in the training dictionary.

    """
    voice = load_voice(settings)
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
