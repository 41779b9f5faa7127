"""The One Billion Word benchmark, read from files in Fuel's data path."""
import os

from fuel.datasets.text import TextFile
from fuel.utils import find_in_data_path


class OneBillionWord(TextFile):
    """Sentences of the One Billion Word benchmark.

    Parameters
    ----------
    which_set : {'training', 'heldout'}
        The set to read.
    which_partitions : list of int
        The parts of the set: 1 to 99 for training, 0 to 49 for heldout.
    dictionary : dict
        The number of each word.
    **kwargs
        Passed on to :class:`~fuel.datasets.TextFile`.

    """

    folder = '1-billion-word'
    partitions = {
        'training': (range(1, 100),
                     'training-monolingual.tokenized.shuffled',
                     'news.en-{:05d}-of-00100'),
        'heldout': (range(50),
                    'heldout-monolingual.tokenized.shuffled',
                    'news.en.heldout-{:05d}-of-00050')}

    def __init__(self, which_set, which_partitions, dictionary, **kwargs):
        if which_set not in self.partitions:
            raise ValueError("OneBillionWord: which_set must be 'training' "
                             f"or 'heldout', got {which_set!r}")
        numbers, subfolder, name = self.partitions[which_set]
        for number in which_partitions:
            if number not in numbers:
                raise ValueError(
                    f"OneBillionWord: the {which_set} set has the parts "
                    f"{numbers[0]} to {numbers[-1]}, got {number!r}")
        super().__init__(
            [find_in_data_path(os.path.join(self.folder, subfolder,
                                            name.format(number)))
             for number in which_partitions], dictionary, **kwargs)
