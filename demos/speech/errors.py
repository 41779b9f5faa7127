"""Report utterances assigned to the wrong speaker, over one or more runs.

Each run of the demo writes ``predictions.csv`` to its folder. For one or more
such folders, ideally of runs that differ only in their seed, ::

    python -m demos.speech.errors FOLDER [FOLDER ...]

prints the errors by speaker, the confusions, the errors by length of the
utterance, and the utterances that are wrong repeatedly.

"""
import argparse
import sys
from collections import Counter

import numpy

from demos._support.exits import exit_code
from demos.speech.predictions import load_predictions

#: Upper bounds of the classes of length, in frames.
LENGTHS = 10, 13, 16, 19, 29


def confusions(speakers, predicted):
    """Count pairs of true and predicted speakers, most frequent first.

    Parameters
    ----------
    speakers : :class:`numpy.ndarray`, (utterances,)
    predicted : :class:`numpy.ndarray`, (runs, utterances)

    Returns
    -------
    list of ((int, int), int)

    """
    wrong = numpy.nonzero(predicted != speakers)
    return Counter(zip(speakers[wrong[1]].tolist(),
                       predicted[wrong].tolist())).most_common()


def by_speaker(speakers, wrong):
    """List each speaker with the number of utterances and the error rate.

    Parameters
    ----------
    speakers : :class:`numpy.ndarray`, (utterances,)
    wrong : :class:`numpy.ndarray` of bool, (runs, utterances)

    """
    return [(int(speaker), int((speakers == speaker).sum()),
             float(wrong[:, speakers == speaker].mean()))
            for speaker in numpy.unique(speakers)]


def by_length(frames, wrong, ends=LENGTHS):
    """Return the number of utterances and the error rate by class of length.

    Parameters
    ----------
    frames : :class:`numpy.ndarray`, (utterances,)
    wrong : :class:`numpy.ndarray` of bool, (runs, utterances)
    ends : sequence of int
        The inclusive upper bounds of the classes, in frames.

    Returns
    -------
    list of (int, int, int, float)
        The shortest and longest length of the class, the number of
        utterances, and the error rate; empty classes are omitted.

    """
    rows, start = [], 1
    for end in (*ends, max(frames)):
        chosen = (frames >= start) & (frames <= end)
        if chosen.any():
            rows.append((int(frames[chosen].min()), int(frames[chosen].max()),
                         int(chosen.sum()), float(wrong[:, chosen].mean())))
        start = max(start, end + 1)
    return rows


def vote(predicted):
    """Return the majority vote of the runs; ties go to the lowest number.

    Parameters
    ----------
    predicted : :class:`numpy.ndarray` of int, (runs, utterances)

    Returns
    -------
    :class:`numpy.ndarray` of int, (utterances,)

    """
    return numpy.array([numpy.bincount(said).argmax()
                        for said in predicted.T])


def report(frames, speakers, predicted):
    """Format the whole report as text.

    Parameters
    ----------
    frames, speakers, predicted : :class:`numpy.ndarray`
        See :func:`demos.speech.predictions.load_predictions`.

    Returns
    -------
    str

    """
    wrong = predicted != speakers
    runs, utterances = wrong.shape
    per_run = wrong.sum(axis=1)
    times = wrong.sum(axis=0)
    lines = [f'{runs} runs, {utterances} utterances: {per_run.mean():.1f} '
             f'errors a run ({per_run.min()} to {per_run.max()}), '
             f'{100 * wrong.mean():.2f} %; by vote of the runs '
             f'{(vote(predicted) != speakers).sum()}',
             '', 'speaker: utterances, errors']
    lines += [f'  {speaker}: {count}, {100 * share:.2f} %'
              for speaker, count, share in by_speaker(speakers, wrong)]
    lines += ['', 'true speaker, taken for: errors in all runs']
    lines += [f'  {true}, {said}: {count}' for (true, said), count
              in confusions(speakers, predicted)]
    lines += ['', 'frames: utterances, errors']
    lines += [f'  {first} to {last}: {count}, {100 * share:.2f} %'
              for first, last, count, share in by_length(frames, wrong)]
    lines += ['', 'wrong in so many runs: utterances']
    lines += [f'  {count}: {(times == count).sum()}'
              for count in numpy.unique(times)]
    lines += ['', 'wrong in every run (number: frames, speaker, taken for)']
    lines += [f'  {number + 1}: {frames[number]}, {speakers[number]}, '
              f'{" ".join(map(str, numpy.unique(predicted[:, number])))}'
              for number in numpy.flatnonzero(times == runs)] or ['  none']
    return '\n'.join(lines)


def main(arguments=None):
    """Print the report on the given folders, and return the exit code."""
    options = argparse.ArgumentParser(
        prog='python -m demos.speech.errors',
        description='Report which test utterances are assigned to the wrong '
        'speaker, over the runs in one or more folders.')
    options.add_argument('folders', metavar='FOLDER', nargs='+',
                         help='the --save-to of a finished run')
    folders = options.parse_args(arguments).folders
    return exit_code(lambda: print(report(*load_predictions(folders))))


if __name__ == '__main__':
    sys.exit(main())
