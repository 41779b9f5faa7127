"""What the network of the music demo writes."""
import os
from collections import OrderedDict
from dataclasses import replace

import numpy
import theano
from theano import tensor

from blocks_rnn_bricks import Sampler
from demos import common
from demos.music import pictures
from demos.music.chords import draw_chord
from demos.music.data import N_NOTES
from demos.music.midi import write_midi


def compose(composer, frames, temperature, given, seed):
    """Let the network write a chorale, on from the beginning of another.

    Each frame is a chord of four notes, as most of Bach's are.

    Parameters
    ----------
    composer : :class:`Composer`
    frames : int
        Quarter notes to write.
    temperature : float
        Below 1 the probable becomes more probable.
    given : :class:`numpy.ndarray` of uint8
        (quarters, 88), what to go on from; none at all for a new beginning.
    seed : int
        Of the draws.

    Returns
    -------
    :class:`numpy.ndarray` of uint8
        (quarters, 88), what was given included.

    """
    stack = composer.stack
    sampler = Sampler(
        composer.step, OrderedDict((name, stack.get_dim(name))
                                   for name in stack.state_names),
        inputs=tensor.matrix('notes'), draw=draw_chord)
    start = theano.function([], stack.initial_states(1, as_dict=True))()
    silence = numpy.zeros_like(given, shape=(1, N_NOTES))
    written = sampler.sample(
        numpy.concatenate([silence, given])[:, None], frames, temperature,
        seed, states=start)
    return numpy.concatenate([given, written[:, 0].astype(given.dtype)])


def find_primer(data, name, frames):
    """The beginning of one of the pieces.

    Parameters
    ----------
    data : :class:`~demos.music.data.Chorales`
    name : str
    frames : int
        How much of it, in quarter notes.

    Returns
    -------
    :class:`~demos.music.data.Chorale`

    Raises
    ------
    demos.common.UserError
        If there is no piece of that name.

    """
    for chorale in sum(data.pieces.values(), []):
        if chorale.name == name:
            return replace(chorale, roll=chorale.roll[:frames])
    some = ', '.join(chorale.name for chorale in data.pieces['test'][:4])
    raise common.UserError(f'there is no chorale {name}; {some} are some of '
                           f'the test part')


def write_chorale(composer, folder, frames, temperature, primer, seed):
    """Compose, write the result as MIDI and draw it.

    Parameters
    ----------
    composer : :class:`Composer`
    folder : str
        Where ``chorale.mid`` and ``piano_roll.png`` go.
    frames, temperature, seed
        See :func:`compose`.
    primer : :class:`~demos.music.data.Chorale` or None
        What to go on from.

    """
    given = primer.roll if primer else numpy.zeros((0, N_NOTES), 'uint8')
    roll = compose(composer, frames, temperature, given, seed)
    midi, picture = (os.path.join(folder, name)
                     for name in ('chorale.mid', 'piano_roll.png'))
    write_midi(midi, roll)
    title = (f'The beginning of {primer.name}, continued' if primer
             else 'A chorale of the network')
    pictures.draw_roll(picture, roll, len(given),
                       f'{title} (temperature {temperature:g})')
    print(f'A chorale of {len(roll)} quarter notes is in {midi},\n'
          f'and its picture in {picture}')
