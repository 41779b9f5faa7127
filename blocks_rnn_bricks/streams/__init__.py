r"""Batches of padded sequences from any Fuel dataset or stream.

:func:`padded_batches` and :func:`bucketed_batches` go the whole way from
examples of different length to what the recurrent bricks read: time-major
arrays, each beside its mask. They are put together from three Fuel
transformers which can also be used alone:

==============================  ===========================================
:class:`SizedBatches`,          examples -> batches of similar length, by
:class:`BucketedBatches`        number of sequences or of time steps
:class:`MaskedPadding`          batches of sequences -> arrays and masks
:class:`TimeMajor`              (batch, time, ...) <-> (time, batch, ...)
==============================  ===========================================

Every example of an epoch comes exactly once, in a short last batch if it
must; a stream can be pickled within an epoch and goes on from there; a new
epoch begins with the first example, whatever the last one left unread.

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
>>> letters  # one column a word
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
    MaskedPadding, TimeMajor, mask_type)
from blocks_rnn_bricks.streams.pipeline import bucketed_batches, padded_batches

__all__ = ('padded_batches', 'bucketed_batches', 'restore_order', 'to_hdf5',
           'SizedBatches', 'BucketedBatches', 'MaskedPadding', 'TimeMajor',
           'mask_type')
