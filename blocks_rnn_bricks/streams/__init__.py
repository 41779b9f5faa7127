r"""Mini-batches of padded sequences from any Fuel dataset or stream.

:func:`padded_batches` and :func:`bucketed_batches` turn examples of different
lengths into the inputs of recurrent bricks: time-major arrays with masks. They
combine three Fuel transformers, which you can also use separately:

==============================  ===========================================
:class:`SizedBatches`,          examples -> batches of similar length, by
:class:`BucketedBatches`        number of sequences or of time steps
:class:`MaskedPadding`          batches of sequences -> arrays and masks
:class:`TimeMajor`              (batch, time, ...) <-> (time, batch, ...)
==============================  ===========================================

Every epoch contains each example exactly once; the last batch may be smaller.
A stream can be pickled in mid-epoch and continues from there. A new epoch
begins with the first example, even if the last epoch was not read to its end.

Examples
--------
>>> from collections import OrderedDict
>>> import numpy
>>> from fuel.datasets import IndexableDataset
>>> words = [[7, 8, 9], [4], [5, 6]]
>>> dataset = IndexableDataset(OrderedDict([('letters', words),
...                                         ('language', [0, 1, 1])]))
>>> stream = padded_batches(dataset, batch_size=2)
>>> stream.sources
('letters', 'letters_mask', 'language')
>>> letters, mask, language = next(stream.get_epoch_iterator())
>>> letters  # one column per word
array([[7, 4],
       [8, 0],
       [9, 0]])
>>> mask.astype(int)
array([[1, 1],
       [1, 0],
       [1, 0]])
>>> language
array([0, 1])

"""
from blocks_rnn_bricks.streams.batching import BucketedBatches, SizedBatches
from blocks_rnn_bricks.streams.files import to_hdf5
from blocks_rnn_bricks.streams.order import restore_order
from blocks_rnn_bricks.streams.padding import (
    MaskedPadding,
    TimeMajor,
    mask_type,
)
from blocks_rnn_bricks.streams.pipeline import bucketed_batches, padded_batches

__all__ = ('padded_batches', 'bucketed_batches', 'restore_order', 'to_hdf5',
           'SizedBatches', 'BucketedBatches', 'MaskedPadding', 'TimeMajor',
           'mask_type')
