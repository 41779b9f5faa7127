"""Pictures of the phonemes demo."""
import os

import numpy
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from scipy.special import softmax

from demos.phonemes.scoring import align_nearest

DPI = 100
#: The pictures of a run; an extension draws the first during training.
PICTURES = ['learning_curves.png', 'alignments.png', 'confusion.png']
VOWELS = ('AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW').split()

#: Words to show, if they are available.
SHOWN = ['jukebox', 'laughter', 'question', 'wristwatch']


def draw_all(folder, voice, entries, said):
    """Draw alignments and the confusion of phonemes.

    Parameters
    ----------
    folder : str
        The folder for the PNG files.
    voice : :class:`~demos.phonemes.voice.Voice`
    entries : dict
        Words and their pronunciations.
    said : list of tuple of str
        The predicted phonemes of each word.

    """
    words = [word for word in SHOWN if word in entries]
    draw_alignments(os.path.join(folder, 'alignments.png'), voice,
                    words or list(entries)[:4])
    draw_confusion(os.path.join(folder, 'confusion.png'), voice.phonemes,
                   said, list(entries.values()))


def draw_alignments(path, voice, words):
    """Draw phoneme probabilities at each frame, for up to four words."""
    words = words[:4]
    figure = Figure(figsize=(9, 7), layout='constrained')
    panels = figure.subplots(2, 2).ravel()
    for axes in panels[len(words):]:
        axes.remove()
    for axes, word in zip(panels, words):
        (energies, _, _), = voice.energies([word])
        probabilities = softmax(energies[:, 0], axis=1).T
        blank = len(voice.phonemes)
        # The phonemes with high probability, ordered by the time of the peak.
        rows = numpy.flatnonzero(probabilities[:blank].max(axis=1) > .1)
        rows = rows[probabilities[rows].argmax(axis=1).argsort(kind='stable')]
        rows = [*rows, blank]
        image = axes.imshow(probabilities[rows], cmap='Blues', vmin=0, vmax=1,
                            aspect='auto', interpolation='nearest')
        axes.set_yticks(range(len(rows)),
                        [(*voice.phonemes, 'blank')[row] for row in rows])
        frames = probabilities.shape[1] // len(word)
        axes.set_xticks(numpy.arange(len(word)) * frames + (frames - 1) / 2,
                        word, fontsize=12)
        axes.set_xticks(numpy.arange(1, len(word)) * frames - .5, minor=True)
        axes.grid(axis='x', which='minor', color='lightgrey')
        axes.tick_params(axis='x', which='both', length=0)
        (said, probability), *_ = voice.search([word])[0]
        axes.set_title(f'{" ".join(said)}  ({probability:.0%})', fontsize=11)
        axes.set_xlabel(f'letters ({frames} frames each)')
        axes.set_ylabel('phoneme')
    figure.colorbar(image, ax=panels[:len(words)],
                    label='probability at the frame')
    figure.savefig(path, dpi=DPI)


def draw_confusion(path, phonemes, said, entries):
    """Draw which phonemes are predicted instead of each phoneme."""
    names = ([name for name in VOWELS if name in phonemes] +
             [name for name in phonemes if name not in VOWELS])
    columns = {name: place for place, name in enumerate([*names, None])}
    counts = numpy.zeros((len(names), len(names) + 1))
    for one, known in zip(said, entries):
        for a, b in align_nearest(one, known):
            if b is not None:
                counts[columns[b], columns[a]] += 1
    share = 100 * counts / numpy.maximum(counts.sum(axis=1, keepdims=True), 1)
    numpy.fill_diagonal(share, 0)
    figure = Figure(figsize=(9, 8), layout='constrained')
    axes = figure.subplots()
    image = axes.imshow(numpy.ma.masked_less(share, .1), cmap='YlOrRd',
                        norm=LogNorm(.1, 30, clip=True))
    axes.set_title('Predictions for each phoneme of the test words')
    axes.set_xlabel('predicted phoneme, none if it is omitted')
    axes.set_ylabel('phoneme in the dictionary')
    axes.set_xticks(range(len(names) + 1), [*names, 'none'], rotation=90,
                    fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.set_xticks(numpy.arange(len(names)) + .5, minor=True)
    axes.set_yticks(numpy.arange(len(names) - 1) + .5, minor=True)
    axes.grid(which='minor', color='gainsboro', linewidth=.5)
    axes.tick_params(which='minor', length=0)
    figure.colorbar(image, label="share of the phoneme's occurrences (%)",
                    ticks=[.1, .3, 1, 3, 10, 30], format='{x:g}')
    figure.savefig(path, dpi=DPI)
