"""Writing text with the network of the text demo."""
import os

import numpy
import theano
from blocks.extensions.base import TrainingExtension

from blocks_rnn_bricks import Sampler, draw_symbols
from demos._support.files import PARAMETERS
from demos.text.data import START, UNKNOWN
from demos.text.saving import load_network


class Writer:
    """Writes text with a network.

    Parameters
    ----------
    model : :class:`~demos.text.network.CharacterModel`
    alphabet : :class:`~demos.text.data.Alphabet`

    """

    def __init__(self, model, alphabet):
        self.model = model
        self.alphabet = alphabet
        self._compiled = None

    def __getstate__(self):
        return dict(self.__dict__, _compiled=None)

    def write(self, prompt, length, temperature=1., seed=None):
        """Continue a prompt.

        Parameters
        ----------
        prompt : str
            The beginning of a topic; may be empty.
        length : int
            The number of characters to write.
        temperature : float, optional
            See :class:`~blocks_rnn_bricks.Sampler`.
        seed : int, optional
            The seed of the draws.

        Returns
        -------
        str
            The continuation, without the prompt.

        """
        if self._compiled is None:
            self._compiled = (
                Sampler(self._step, self.model.state_dims, draw=draw_known),
                theano.function([], self.model.stack.initial_states(
                    1, as_list=True)))
        sampler, begin = self._compiled
        numbers = numpy.append(START, self.alphabet.encode(prompt))
        written = sampler.sample(
            numbers[:, None], length, temperature, seed,
            states=dict(zip(self.model.state_dims, begin())))
        return self.alphabet.decode(written[:, 0])

    def _step(self, characters, states):
        energies, *states = self.model.unroll(
            characters.dimshuffle('x', 0), **states)
        return energies[0], states


def draw_known(energies, temperature, rng):
    """Draw printable symbols: neither the start nor an unknown one."""
    known = energies.copy()
    known[:, [START, UNKNOWN]] = -numpy.inf
    return draw_symbols(known, temperature, rng)


class PrintSample(TrainingExtension):
    """Prints and logs a sample of the network after some epochs.

    Parameters
    ----------
    model : :class:`~demos.text.network.CharacterModel`
    alphabet : :class:`~demos.text.data.Alphabet`
    settings : :class:`~demos.text.settings.TextSettings`
        Its ``every`` (in epochs), ``temperature`` and ``seed`` are used; the
        number of epochs done is added to the seed.

    """

    #: Characters.
    LENGTH = 300

    def __init__(self, model, alphabet, settings, **kwargs):
        super().__init__(**kwargs)
        self.writer = Writer(model, alphabet)
        self.every = settings.every
        self.temperature = settings.temperature
        self.seed = settings.seed

    def after_epoch(self):
        done = self.main_loop.status['epochs_done']
        if done % self.every == 0:
            text = self.writer.write('', self.LENGTH, self.temperature,
                                     self.seed + done)
            print('', *('    | ' + line for line in text.split('\n')), '',
                  sep='\n', flush=True)
            self.main_loop.log.current_row['sample'] = text


def write(settings):
    """Let a trained network continue a prompt, and print the result.

    Parameters
    ----------
    settings : :class:`~demos.text.settings.TextSettings`

    Returns
    -------
    str
        The continuation, without the prompt.

    Raises
    ------
    UserError
        See :func:`~demos.text.saving.load_network`.

    """
    path = settings.source or os.path.join(settings.save_to, PARAMETERS)
    text = Writer(*load_network(path)).write(
        settings.generate, settings.length, settings.temperature,
        settings.seed)
    print(settings.generate + text)
    return text
