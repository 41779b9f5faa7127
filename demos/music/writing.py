"""Composing with the network of the music demo."""
from collections import OrderedDict
from dataclasses import replace

import numpy
import theano
from theano import tensor

from blocks_rnn_bricks import Sampler
from demos._support.exits import UserError
from demos._support.files import PARAMETERS, output_folder
from demos.music import pictures
from demos.music.data import N_NOTES, load_chorales
from demos.music.midi import write_midi
from demos.music.network import load_composer


def compose(composer, frames, temperature, given, seed):
    """Let the network write a chorale, optionally continuing another one.

    Parameters
    ----------
    composer : :class:`Composer`
    frames : int
        Quarter notes to write.
    temperature : float
        Values below 1 favor more probable notes.
    given : :class:`numpy.ndarray` of uint8
        (quarters, 88), the beginning to continue; empty for a new beginning.
    seed : int
        The seed of the draws.

    Returns
    -------
    :class:`numpy.ndarray` of uint8
        (quarters, 88), including the given beginning.

    """
    stack = composer.stack
    sampler = Sampler(
        composer.step, OrderedDict((name, stack.get_dim(name))
                                   for name in stack.state_names),
        inputs=tensor.matrix('notes'), draw=composer.output.drawing())
    start = theano.function([], stack.initial_states(1, as_dict=True))()
    silence = numpy.zeros_like(given, shape=(1, N_NOTES))
    written = sampler.sample(
        numpy.concatenate([silence, given])[:, None], frames, temperature,
        seed, states=start)
    return numpy.concatenate([given, written[:, 0].astype(given.dtype)])


def find_primer(data, settings):
    """Return the piece to continue.

    Parameters
    ----------
    data : :class:`~demos.music.data.Chorales`
    settings : :class:`~demos.music.settings.MusicSettings`

    Returns
    -------
    :class:`~demos.music.data.Chorale` or None
        None for a new beginning.

    Raises
    ------
    UserError
        If there is no piece of that name.

    """
    if settings.primer is None:
        return None
    for chorale in sum(data.pieces.values(), []):
        if chorale.name == settings.primer:
            return replace(chorale,
                           roll=chorale.roll[:settings.primer_frames])
    some = ', '.join(chorale.name for chorale in data.pieces['test'][:4])
    raise UserError(f'there is no chorale {settings.primer}; {some} are some '
                    f'of the test part')


def generate(settings):
    """Write a chorale with the network of an earlier run.

    Parameters
    ----------
    settings : :class:`~demos.music.settings.MusicSettings`

    Raises
    ------
    UserError
        If the network, folder or primer is invalid.

    """
    primer = settings.primer and find_primer(load_chorales(), settings)
    composer = load_composer(settings.source or settings.path(PARAMETERS))
    output_folder(settings.save_to)
    write_chorale(composer, settings, primer)


def write_chorale(composer, settings, primer):
    """Compose, write the result as MIDI and draw it.

    Parameters
    ----------
    composer : :class:`Composer`
    settings : :class:`~demos.music.settings.MusicSettings`
        ``chorale.mid`` and ``piano_roll.png`` go to ``save_to``.
    primer : :class:`~demos.music.data.Chorale` or None
        The piece to continue.

    """
    given = primer.roll if primer else numpy.zeros((0, N_NOTES), 'uint8')
    roll = compose(composer, settings.frames, settings.temperature, given,
                   settings.seed)
    midi, picture = map(settings.path, ['chorale.mid', 'piano_roll.png'])
    write_midi(midi, roll)
    title = (f'The beginning of {primer.name}, continued' if primer
             else 'A chorale by the network')
    pictures.draw_roll(picture, roll, len(given),
                       f'{title} (temperature {settings.temperature:g})')
    print(f'A chorale of {len(roll)} quarter notes is in {midi},\n'
          f'and its picture in {picture}')
