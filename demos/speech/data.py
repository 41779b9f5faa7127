"""The Japanese Vowels, read from the installed sktime package.

Nine men said the vowels /ae/; each utterance is a sequence of 7 to 29 frames
of 12 LPC cepstrum coefficients [1]_. sktime's wheel includes the files of the
UEA archive, with 270 utterances for training and 370 for testing. They are
read in place; sktime itself is not imported.

.. [1] M. Kudo, J. Toyama and M. Shimbo, "Multidimensional curve
   classification using passing-through regions", Pattern Recognition Letters
   20 (1999), pp. 1103-1111.

"""
import os
from collections import OrderedDict
from dataclasses import dataclass

import numpy
import theano
from fuel.datasets import IndexableDataset

from blocks_rnn_bricks.streams import padded_batches
from demos._support.exits import UserError
from demos._support.files import inside_package

#: Files and the number of utterances in them.
FILES = {'JapaneseVowels_TRAIN.ts': 270, 'JapaneseVowels_TEST.ts': 370}

INSTALL = "pip install --no-deps 'sktime>=1.2,<2'"
REINSTALL = INSTALL.replace('install', 'install --force-reinstall', 1)


@dataclass(frozen=True)
class Speech:
    """The parts of the data.

    Each part has the sources ``utterances``, arrays (time, coefficient) of
    floatX, and ``speakers``, integers from 0. The coefficients have mean 0
    and standard deviation 1 over all frames of the training part.

    Attributes
    ----------
    training, test : :class:`fuel.datasets.IndexableDataset`
    validation : :class:`fuel.datasets.IndexableDataset` or None
        None if no share was requested.
    n_coefficients, n_speakers : int

    """

    training: IndexableDataset
    validation: IndexableDataset | None
    test: IndexableDataset
    n_coefficients: int
    n_speakers: int


def load_speech(validation=0.2, seed=1, folder=None):
    """Read, split and standardise the Japanese Vowels.

    Parameters
    ----------
    validation : float, optional
        Share of each speaker's training utterances to use for validation; at
        least one utterance remains for training. 0 for no validation part.
    seed : int, optional
        The seed of the choice. The same seed always selects the same
        utterances.
    folder : str, optional
        The folder of the files, by default that of the installed sktime.

    Returns
    -------
    :class:`Speech`

    Raises
    ------
    ValueError
        If `validation` is not at least 0 and below 1.
    UserError
        If sktime is not installed or its files are invalid.

    """
    if not 0 <= validation < 1:
        raise ValueError(f'load_speech: validation must be a share, at least '
                         f'0 and below 1, got {validation}')
    folder = folder or find_folder()
    (utterances, speakers), test = (
        read_complete(os.path.join(folder, name), count)
        for name, count in FILES.items())
    chosen = split_by_speaker(speakers, validation, seed)
    if validation and not chosen.any():
        raise UserError(f'a share of {validation} for validation is less '
                        f'than one utterance of each speaker; choose 0 or '
                        f'more')

    frames = numpy.concatenate([utterance for utterance, is_chosen
                                in zip(utterances, chosen) if not is_chosen])
    mean, deviation = frames.mean(axis=0), frames.std(axis=0)
    deviation[deviation == 0] = 1

    def part(utterances, speakers, selected):
        return IndexableDataset(
            OrderedDict([
                ('utterances', [
                    ((utterances[i] - mean) / deviation).astype(
                        theano.config.floatX)
                    for i in numpy.flatnonzero(selected)]),
                ('speakers', speakers[selected])]),
            axis_labels={'utterances': ('batch', 'time', 'coefficient'),
                         'speakers': ('batch',)})
    return Speech(
        training=part(utterances, speakers, ~chosen),
        validation=part(utterances, speakers, chosen) if validation else None,
        test=part(*test, selected=numpy.ones(len(test[1]), bool)),
        n_coefficients=frames.shape[1], n_speakers=int(speakers.max()) + 1)


def batches(dataset, batch_size, seed=None, **options):
    """Return padded time-major batches, reshuffled each epoch with a seed."""
    return padded_batches(dataset, batch_size, sort_window=4,
                          sequences=['utterances'], shuffle=seed is not None,
                          seed=seed, **options)


def find_folder():
    """Return the folder of the Japanese Vowels in the installed sktime."""
    return inside_package('sktime', 'datasets', 'data', 'JapaneseVowels',
                          what='the Japanese Vowels are read',
                          install=INSTALL)


def read_complete(path, count):
    """Read a file with a known number of utterances.

    Raises
    ------
    UserError
        If it cannot be read, is damaged, or has a different number.

    """
    try:
        utterances, speakers = read_ts(path)
    except OSError as error:
        raise UserError(f'cannot read {path}: {error.strerror}; run: '
                        f'{REINSTALL}') from error
    except ValueError as error:
        raise UserError(f'{path} is damaged, {error}; run: '
                        f'{REINSTALL}') from error
    if len(utterances) != count:
        raise UserError(f'{path} is damaged, expected {count} utterances, '
                        f'got {len(utterances)}; run: {REINSTALL}')
    return utterances, speakers


def read_ts(path):
    """Read multivariate series and classes from a file of the UEA archive.

    After a header with ``@dimensions`` and ``@classLabel true ...`` and the
    line ``@data``, each line is a series: the dimensions, separated by
    colons, each a list of numbers separated by commas, and then the class.

    Parameters
    ----------
    path : str

    Returns
    -------
    series : list of :class:`numpy.ndarray` of float64
        (time, dimensions) each.
    classes : :class:`numpy.ndarray` of int64
        Positions of the classes in the header's list, from 0.

    Raises
    ------
    OSError
        If the file cannot be opened.
    ValueError
        If it does not have this format; the message names the line.

    """
    series, classes, header, in_data = [], [], {}, False
    with open(path, encoding='utf-8') as file:
        for number, line in enumerate(file, start=1):
            line = line.strip()
            if not line or line.startswith('#'):
                continue
            try:
                if in_data:
                    one, label = _parse_series(line, *in_data)
                    series.append(one)
                    classes.append(label)
                elif line.lower() == '@data':
                    in_data = _shape_of(header)
                else:
                    name, *values = line.split()
                    header[name.lower()] = values
            except ValueError as error:
                raise ValueError(f'line {number}: {error}') from error
    if not in_data:
        raise ValueError('there is no @data')
    return series, numpy.array(classes, dtype='int64')


def _shape_of(header):
    """Return the number of dimensions and the names of classes."""
    try:
        n_dimensions = int(header['@dimensions'][0])
        has_classes, *names = header['@classlabel']
    except (KeyError, IndexError, ValueError) as error:
        raise ValueError('expected @dimensions and @classLabel before @data'
                         ) from error
    if has_classes.lower() != 'true' or not names:
        raise ValueError('expected @classLabel true and the classes')
    return n_dimensions, names


def _parse_series(line, n_dimensions, names):
    *dimensions, label = line.split(':')
    if len(dimensions) != n_dimensions:
        raise ValueError(f'expected {n_dimensions} dimensions and a class, '
                         f'got {len(dimensions) + 1} fields')
    if label not in names:
        raise ValueError(f'unknown class {label!r}')
    rows = [[float(number) for number in dimension.split(',')]
            for dimension in dimensions]
    if len({len(row) for row in rows}) > 1:
        raise ValueError('dimensions of different lengths')
    series = numpy.array(rows).T
    if not numpy.isfinite(series).all():
        raise ValueError('a number is missing or infinite')
    return series, names.index(label)


def split_by_speaker(speakers, share, seed):
    """Choose the same share of each speaker's utterances.

    Parameters
    ----------
    speakers : :class:`numpy.ndarray` of int, (utterances,)
    share : float
    seed : int

    Returns
    -------
    :class:`numpy.ndarray` of bool, (utterances,)
        True for the chosen utterances. Their number is the share of each
        speaker's, rounded, but never all of them.

    """
    rng = numpy.random.RandomState(seed)
    chosen = numpy.zeros(len(speakers), dtype=bool)
    for speaker in numpy.unique(speakers):
        own = rng.permutation(numpy.flatnonzero(speakers == speaker))
        chosen[own[:min(round(share * len(own)), len(own) - 1)]] = True
    return chosen
