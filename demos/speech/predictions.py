"""Predicting the speaker of each utterance, and files of predictions."""
import os

import numpy
import theano

from blocks_rnn_bricks.streams import restore_order
from demos._support.exits import UserError
from demos.speech.data import batches
from demos.speech.network import variables

FILE = 'predictions.csv'
COLUMNS = 'frames', 'speaker', 'predicted'


def predict(classifier, dataset):
    """Return the predicted and true speakers of all utterances.

    Returns
    -------
    predicted, speakers : :class:`numpy.ndarray`
        (utterances,), in the order of the dataset.

    """
    utterances, mask, _ = variables()
    best = theano.function(
        [utterances, mask],
        classifier.apply(utterances, mask).argmax(axis=1))
    stream = batches(dataset, 64, index_source='number')
    predicted, speakers, numbers = zip(*(
        (best(x, m), y, number) for x, m, y, number in
        stream.get_epoch_iterator()))
    return (numpy.array(restore_order(predicted, numbers)),
            numpy.array(restore_order(speakers, numbers)))


def save_predictions(folder, dataset, predicted):
    """Write a line per utterance: frames, speaker, predicted speaker.

    Parameters
    ----------
    folder : str
    dataset : :class:`fuel.datasets.IndexableDataset`
        The utterances and speakers.
    predicted : :class:`numpy.ndarray` of int
        (utterances,), in the order of the dataset. Speakers are numbered
        from 0 here, and from 1 in the file.

    """
    frames = [len(utterance) for utterance in dataset.utterances]
    numpy.savetxt(
        os.path.join(folder, FILE),
        numpy.column_stack([frames, dataset.speakers + 1, predicted + 1]),
        fmt='%d', delimiter=',', header=','.join(COLUMNS), comments='')


def load_predictions(folders):
    """Read the predictions of several runs for the same utterances.

    Parameters
    ----------
    folders : list of str

    Returns
    -------
    frames, speakers : :class:`numpy.ndarray` of int
        (utterances,).
    predicted : :class:`numpy.ndarray` of int
        (runs, utterances).

    Raises
    ------
    UserError
        If a file is missing, was not written by this demo, or has different
        utterances.

    """
    tables = []
    for folder in folders:
        path = os.path.join(folder, FILE)
        try:
            with open(path, encoding='utf-8') as file:
                header = file.readline().strip()
                table = numpy.loadtxt(file, dtype=int, delimiter=',',
                                      ndmin=2)
        except OSError as error:
            raise UserError(f'cannot read {path}: {error.strerror}; pass '
                            f'folders of finished runs') from error
        except ValueError as error:
            raise UserError(f'{path} is damaged: {error}') from error
        if header != ','.join(COLUMNS) or table.shape[1] != len(COLUMNS):
            raise UserError(f'{path} was not written by this demo; its '
                            f'columns should be {", ".join(COLUMNS)}')
        if tables and not numpy.array_equal(table[:, :2], tables[0][:, :2]):
            raise UserError(f'{path} and that in {folders[0]} are of '
                            f'different utterances')
        tables.append(table)
    frames, speakers, _ = tables[0].T
    return frames, speakers, numpy.array([table[:, 2] for table in tables])
