"""What a run said of each utterance, as a file in its folder."""
import os

import numpy

from demos.common import UserError

FILE = 'predictions.csv'
COLUMNS = 'frames', 'speaker', 'predicted'


def save_predictions(folder, dataset, predicted):
    """Write a line for each utterance: frames, speaker, said speaker.

    Parameters
    ----------
    folder : str
    dataset : :class:`fuel.datasets.IndexableDataset`
        Of utterances and speakers.
    predicted : :class:`numpy.ndarray` of int
        (utterances,), in the order of the dataset. Speakers count from 0
        here, and from 1 in the file.

    """
    frames = [len(utterance) for utterance in dataset.utterances]
    numpy.savetxt(
        os.path.join(folder, FILE),
        numpy.column_stack([frames, dataset.speakers + 1, predicted + 1]),
        fmt='%d', delimiter=',', header=','.join(COLUMNS), comments='')


def load_predictions(folders):
    """Read what several runs said of the same utterances.

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
        If a file is missing, is none of this demo, or is of other
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
            raise UserError(f'cannot read {path}: {error.strerror}; name '
                            f'folders of finished runs') from error
        except ValueError as error:
            raise UserError(f'{path} is damaged: {error}') from error
        if header != ','.join(COLUMNS) or table.shape[1] != len(COLUMNS):
            raise UserError(f'{path} is none of this demo; its columns '
                            f'should be {", ".join(COLUMNS)}')
        if tables and not numpy.array_equal(table[:, :2], tables[0][:, :2]):
            raise UserError(f'{path} and that in {folders[0]} are of '
                            f'different utterances')
        tables.append(table)
    frames, speakers, _ = tables[0].T
    return frames, speakers, numpy.array([table[:, 2] for table in tables])
