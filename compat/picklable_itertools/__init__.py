"""Iterators like those of :mod:`itertools` that pickle in mid-iteration.

The package has the public names of picklable-itertools 0.1. A pickled
iterator continues where it was, provided that the object it iterates over can
be pickled, such as lists, ranges, files on disk, NumPy arrays and other
iterators of this package, but not generators.

=========================  ==============================================
from the start of a chain  `iter_`, `count`, `cycle`, `repeat`, `xrange`
element by element         `imap`, `starmap`, `izip`, `izip_longest`,
                           `accumulate`, `chain`
a choice of elements       `ifilter`, `ifilterfalse`, `takewhile`,
                           `dropwhile`, `compress`, `islice`
several iterators of one   `groupby`, `tee`
combinatorics              `product`, `permutations`, `combinations`,
                           `combinations_with_replacement`
=========================  ==============================================

`filter`, `filterfalse`, `zip` and `zip_longest` are the names of Python 3
for `ifilter`, `ifilterfalse`, `izip` and `izip_longest`.
:mod:`picklable_itertools.extras` has additional ones.

Examples
--------
>>> import pickle
>>> pairs = izip(count(), 'abc')
>>> next(pairs)
(0, 'a')
>>> list(pickle.loads(pickle.dumps(pairs)))
[(1, 'b'), (2, 'c')]

"""
from picklable_itertools.choosing import (
    compress,
    dropwhile,
    ifilter,
    ifilterfalse,
    islice,
    takewhile,
)
from picklable_itertools.combinatorics import (
    combinations,
    combinations_with_replacement,
    permutations,
    product,
)
from picklable_itertools.elementwise import (
    accumulate,
    chain,
    imap,
    izip,
    izip_longest,
    starmap,
)
from picklable_itertools.iter_dispatch import (
    file_iterator,
    iter_,
    ordered_sequence_iterator,
    range_iterator,
)
from picklable_itertools.several import groupby, tee
from picklable_itertools.sources import count, cycle, repeat

filter, filterfalse = ifilter, ifilterfalse
zip, zip_longest = izip, izip_longest
#: Python's own ranges and their iterators can be pickled.
xrange = range
_iter = iter_

__version__ = '0.1.1'
__all__ = [
    '_iter', 'accumulate', 'chain', 'combinations',
    'combinations_with_replacement', 'compress', 'count', 'cycle',
    'dropwhile', 'file_iterator', 'filter', 'filterfalse', 'groupby',
    'ifilter', 'ifilterfalse', 'imap', 'islice', 'iter_', 'izip',
    'izip_longest', 'ordered_sequence_iterator', 'permutations', 'product',
    'range_iterator', 'repeat', 'starmap', 'takewhile', 'tee', 'xrange',
    'zip', 'zip_longest']

#: Distinguishes this package from others of the same import name.
__distribution__ = 'blocks-rnn-bricks'
