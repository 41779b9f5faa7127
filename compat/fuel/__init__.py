"""Fuel 0.2's interface on current versions of Python, for sequences first.

A *dataset* provides the data, an *iteration scheme* determines which examples
are requested and in which order, a *data stream* combines the two, and
*transformers* wrap streams: they sort, batch, pad, cast, rename.

>>> from fuel.datasets import IterableDataset
>>> from fuel.schemes import ConstantScheme
>>> from fuel.streams import DataStream
>>> from fuel.transformers import Batch, Padding
>>> words = DataStream(IterableDataset([[1, 2, 3], [4]]))
>>> stream = Padding(Batch(words, ConstantScheme(2)), mask_dtype='int8')
>>> for data, mask in stream.get_epoch_iterator():
...     print(data.tolist(), mask.tolist())
[[1, 2, 3], [4, 0, 0]] [[1, 1, 1], [1, 0, 0]]

"""
from fuel.config_parser import config
from fuel.version import version as __version__

__all__ = ['__version__', 'config']

#: Distinguishes this package from others of the same import name.
__distribution__ = 'blocks-rnn-bricks'
