"""Pictures of the music demo."""
import math

import numpy
import theano
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, MultipleLocator
from theano import tensor

from blocks_rnn_bricks.costs import SequenceBinaryCrossEntropy
from demos.music.data import LOWEST
from demos.music.midi import held_notes
from demos.music.network import one_gram, variables

DPI = 110
#: The pictures of a run; an extension draws the first during training.
PICTURES = ['learning_curves.png', 'predictions.png', 'piano_roll.png']
NAMES = ('C', 'C♯', 'D', 'E♭', 'E', 'F', 'F♯', 'G', 'A♭', 'A', 'B♭', 'B')


def pitch_name(key):
    """Return the name of a key, counted from 0: 39 is C4, middle C."""
    octave, step = divmod(key + LOWEST, 12)
    return f'{NAMES[step]}{octave - 1}'


def draw_roll(path, roll, primed=0, title='A chorale by the network'):
    """Draw a piano roll, with pitch names and bars of four quarters.

    Parameters
    ----------
    path : str
    roll : :class:`numpy.ndarray`
        (frames, 88).
    primed : int, optional
        The number of given frames at the beginning.
    title : str, optional

    """
    figure = Figure(figsize=(10, 4.2), layout='constrained')
    axes = figure.subplots()
    _frame(axes, roll, range(0, len(roll) + 1, 4))
    axes.xaxis.set_major_locator(MultipleLocator(
        4 if len(roll) <= 80 else 4 * math.ceil(len(roll) / 80)))
    for part, colour, label in [
            (slice(0, primed), 'darkorange', 'given'),
            (slice(primed, None), 'steelblue', 'generated')]:
        chosen = numpy.zeros_like(roll)
        chosen[part] = roll[part]
        if chosen.any():
            _draw_notes(axes, chosen, facecolor=colour, edgecolor='white')
            axes.plot([], [], 's', color=colour, label=label)
    if primed:
        figure.legend(loc='outside lower right', ncols=2)
    axes.set_title(title)
    axes.set_xlabel('time (quarter notes; a line every four)')
    figure.savefig(path, dpi=DPI)


def draw_predictions(path, chorale, probabilities, costs, baseline):
    """Draw the predictions of the network for a piece, and the piece itself.

    Parameters
    ----------
    path : str
    chorale : :class:`~demos.music.data.Chorale`
    probabilities : :class:`numpy.ndarray`
        (frames, 88), of each note given the previous frames and the lower
        notes of its frame.
    costs : :class:`numpy.ndarray`
        (frames,), nats.
    baseline : :class:`numpy.ndarray`
        (frames,), the 1-gram's nats.

    """
    figure = Figure(figsize=(10, 6.4), layout='constrained')
    top, bottom = figure.subplots(2, sharex=True, height_ratios=[3, 1])
    image = top.imshow(
        probabilities.T, cmap='Blues', vmin=0, vmax=1, aspect='auto',
        origin='lower', interpolation='nearest',
        extent=(0, len(probabilities), -0.5, probabilities.shape[1] - 0.5))
    _frame(top, chorale.roll, chorale.bars)
    _draw_notes(top, chorale.roll, facecolor='none', edgecolor='crimson',
                linewidth=1.2)
    figure.colorbar(image, ax=top,
                    label='probability given earlier and lower notes')
    top.set_title(f'{chorale.name} of the test part: predicted (blue) and '
                  f'played (framed)')
    for values, colour, label in [(baseline, 'grey', 'note 1-gram'),
                                  (costs, 'tab:blue', 'network')]:
        bottom.stairs(values, color=colour, baseline=None,
                      label=f'{label}, mean {values.mean():.1f}')
    bottom.set_ylabel('nats per frame')
    bottom.set_ylim(bottom=0)
    bottom.set_xlabel('time (quarter notes; a line at each bar)')
    bottom.legend(ncols=2, fontsize='small')
    figure.savefig(path, dpi=DPI)


def _frame(axes, roll, bars):
    """Set the limits and pitch names, and draw lines at the bars."""
    used = numpy.flatnonzero(roll.any(axis=0))
    lowest, highest = ((used[0] - 2, used[-1] + 2) if len(used)
                       else (0, roll.shape[1] - 1))
    axes.set_xlim(0, len(roll))
    axes.set_ylim(lowest - 0.5, highest + 0.5)
    shown = [key for key in range(lowest, highest + 1)
             if (key + LOWEST) % 12 in (0, 4, 7)]
    axes.set_yticks(shown, [pitch_name(key) for key in shown])
    axes.set_ylabel('pitch')
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=16))
    axes.vlines(bars, lowest - 0.5, highest + 0.5, color='lightgrey',
                linewidth=0.7, zorder=0.5)


def _draw_notes(axes, roll, **style):
    axes.add_collection(PatchCollection(
        [Rectangle((start, key - 0.5), end - start, 1)
         for key, start, end in held_notes(roll)], **style))


def draw_test_piece(path, composer, frequencies, chorale):
    """Draw the predictions of the network for a piece."""
    notes, mask = variables()
    energies = composer.apply(notes, mask)
    brick = SequenceBinaryCrossEntropy(from_logits=True)
    run = theano.function([notes, mask], [
        tensor.nnet.sigmoid(energies),
        brick.cost_matrix(notes, energies, mask),
        brick.cost_matrix(notes, one_gram(notes, frequencies), mask)])
    roll = chorale.roll[:, None].astype(notes.dtype)
    values = run(roll, numpy.ones(roll.shape[:2], notes.dtype))
    draw_predictions(path, chorale, *(value[:, 0] for value in values))
