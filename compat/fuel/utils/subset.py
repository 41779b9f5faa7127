"""Subsets of the examples of a source, and requests within them."""
import numbers

import h5py
import numpy


def iterable_fancy_indexing(iterable, request):
    """Return the examples at several indices.

    Parameters
    ----------
    iterable : indexable
        The examples. Arrays return an array, anything else a list.
    request : list of int
        The indices.

    """
    if isinstance(iterable, numpy.ndarray):
        return iterable[request]
    return [iterable[index] for index in request]


class Subset:
    """A subset of a source's examples, as a list of indices or a slice.

    Lists are made unique and sorted, and converted to a slice if they have no
    gap. Slices have a step of 1.

    Parameters
    ----------
    list_or_slice : list of int or slice
        The examples; indices and bounds count from the first example and
        are not negative.
    original_num_examples : int
        Number of examples of the source.

    Attributes
    ----------
    list_or_slice : list of int or slice
        The examples, in the form above.
    original_num_examples : int
        Number of examples of the source.

    Raises
    ------
    ValueError
        If an index or a bound is negative or too large, or if the slice has
        another step or ends before it starts.

    Examples
    --------
    >>> Subset([5, 2, 3], 10).list_or_slice
    [2, 3, 5]
    >>> Subset([5, 2, 3], 10)[[2, 0]]
    [5, 2]
    >>> (Subset(slice(0, 4), 10) + Subset([4], 10)).list_or_slice
    slice(0, 5, 1)

    """

    def __init__(self, list_or_slice, original_num_examples):
        if not _is_slice(list_or_slice):
            list_or_slice = list(list_or_slice)
            for index in list_or_slice:
                if not isinstance(index, numbers.Integral):
                    raise TypeError("Subset: indices must be integers, got "
                                    f"{index!r}")
        if _is_slice(list_or_slice):
            self._check_slice(list_or_slice, original_num_examples)
            self.list_or_slice = list_or_slice
        else:
            self.list_or_slice = self._tidy_list(list_or_slice,
                                                 original_num_examples)
        self.original_num_examples = original_num_examples

    @classmethod
    def empty_subset(cls, original_num_examples):
        """Return the empty subset of a source.

        Parameters
        ----------
        original_num_examples : int
            Number of examples of the source.

        """
        return cls([], original_num_examples)

    @classmethod
    def subset_of(cls, subset, list_or_slice):
        """Return the subset of a subset.

        Parameters
        ----------
        subset : Subset
            The larger subset.
        list_or_slice : list of int or slice
            The selection, counted within the larger subset.

        """
        if not _is_slice(list_or_slice) and len(list_or_slice) == 0:
            return cls.empty_subset(subset.original_num_examples)
        return cls(subset[list_or_slice], subset.original_num_examples)

    @property
    def is_list(self):
        """Whether the subset is a list of indices, not a slice."""
        return not _is_slice(self.list_or_slice)

    @property
    def num_examples(self):
        """Number of examples in the subset."""
        if self.is_list:
            return len(self.list_or_slice)
        start, stop, _ = self._bounds()
        return stop - start

    @property
    def is_empty(self):
        """Whether the subset has no examples."""
        return self.num_examples == 0

    def get_list_representation(self):
        """Return the indices of the examples as a list."""
        if self.is_list:
            return self.list_or_slice
        return list(range(*self._bounds()))

    def __add__(self, other):
        """Unite two subsets of one source.

        Adjacent or overlapping slices become one slice.

        Raises
        ------
        ValueError
            If the subsets belong to sources of different lengths.

        """
        if self.original_num_examples != other.original_num_examples:
            raise ValueError(
                "subsets of one source only can be added, got subsets of "
                f"sources with {self.original_num_examples} and "
                f"{other.original_num_examples} examples")
        if self.is_empty:
            return other
        if other.is_empty:
            return self
        if not (self.is_list or other.is_list):
            (start, stop, step), (other_start, other_stop, _) = (
                self._bounds(), other._bounds())
            if start <= other_stop and other_start <= stop:
                return type(self)(
                    slice(min(start, other_start), max(stop, other_stop),
                          step),
                    self.original_num_examples)
        return type(self)(
            self.get_list_representation() + other.get_list_representation(),
            self.original_num_examples)

    def __getitem__(self, key):
        """Convert a request within the subset to one within the source.

        Parameters
        ----------
        key : list of int or slice
            The request, counted within the subset.

        Returns
        -------
        list of int or slice

        Raises
        ------
        ValueError
            If the request is empty, negative or beyond the subset.

        """
        if not _is_slice(key):
            key = _as_index_list(key)
            self._list_request_sanity_check(key, self.num_examples)
            if self.is_list:
                return [self.list_or_slice[index] for index in key]
            start = self._bounds()[0]
            return [start + index for index in key] if start else key
        self._slice_request_sanity_check(key, self.num_examples)
        if key == slice(None):
            return self.list_or_slice
        if self.is_list:
            return self.list_or_slice[key]
        start = self._bounds()[0]
        key_start, key_stop, key_step = self.slice_to_numerical_args(
            key, self.num_examples)
        return slice(start + key_start, start + key_stop, key_step)

    def index_within_subset(self, indexable, subset_request,
                            sort_indices=False):
        """Return the requested examples of a source.

        Parameters
        ----------
        indexable : indexable
            All examples of the source.
        subset_request : int, list of int or slice
            The request, counted within the subset.
        sort_indices : bool, optional
            Whether to request lists of indices in ascending order, as HDF5
            requires, and restore the requested order of the examples.

        Returns
        -------
        object
            One example for an integer; otherwise an array or, if
            `indexable` is neither an array nor in HDF5, a list.

        """
        if isinstance(subset_request, numbers.Integral):
            index, = self[[subset_request]]
            return indexable[index]
        request = self[subset_request]
        if _is_slice(request):
            return indexable[request]
        if sort_indices:
            return self.sorted_fancy_indexing(indexable, request)
        if isinstance(indexable, h5py.Dataset):
            return indexable[request]
        return iterable_fancy_indexing(indexable, request)

    @staticmethod
    def sorted_fancy_indexing(indexable, request):
        """Index in ascending order, and return in the requested order.

        Parameters
        ----------
        indexable : array_like
            The data to index, with attributes ``shape`` and ``dtype``. HDF5
            datasets only accept ascending indices.
        request : list of int
            The indices, in any order, including repeated ones.

        """
        unique, positions = numpy.unique(request, return_inverse=True)
        first, last = unique[0], unique[-1]
        # HDF5 reads a range much faster than a list.
        gapless = last - first == len(unique) - 1
        data = indexable[slice(first, last + 1) if gapless
                         else unique.tolist()]
        if len(unique) == len(request) and (
                positions[:-1] < positions[1:]).all():
            return data
        return data[positions]

    @staticmethod
    def slice_to_numerical_args(slice_, num_examples):
        """Return start, stop and step of a slice as numbers.

        Parameters
        ----------
        slice_ : slice
            The slice.
        num_examples : int
            The end of a slice without a stop.

        """
        return (0 if slice_.start is None else slice_.start,
                num_examples if slice_.stop is None else slice_.stop,
                1 if slice_.step is None else slice_.step)

    def _bounds(self):
        return self.slice_to_numerical_args(self.list_or_slice,
                                            self.original_num_examples)

    @staticmethod
    def _tidy_list(indices, num_examples):
        indices = sorted(set(indices))
        if not indices:
            return indices
        if indices[0] < 0 or indices[-1] >= num_examples:
            raise ValueError(
                f"a subset of {num_examples} examples has indices from 0 to "
                f"{num_examples - 1}, got {indices[0]} to {indices[-1]}")
        if indices[-1] - indices[0] == len(indices) - 1:
            return slice(indices[0], indices[-1] + 1, None)
        return indices

    @staticmethod
    def _check_slice(slice_, num_examples):
        _refuse_negative(slice_, "a subset")
        if slice_.step not in (None, 1):
            raise ValueError("the slice of a subset must have a step of 1, "
                             f"got {slice_}")
        _refuse_beyond(slice_, num_examples, "a subset")
        start, stop, _ = Subset.slice_to_numerical_args(slice_, num_examples)
        if start > stop:
            raise ValueError("the slice of a subset must not end before it "
                             f"starts, got {slice_}")

    @staticmethod
    def _list_request_sanity_check(indices, num_examples):
        if len(indices) == 0:
            raise ValueError("a request needs at least one index, got none: "
                             "it would return no data")
        lowest, highest = min(indices), max(indices)
        if lowest < 0 or highest >= num_examples:
            raise ValueError(
                f"a request to a subset of {num_examples} examples has "
                f"indices from 0 to {num_examples - 1}, got {lowest} to "
                f"{highest}")

    @staticmethod
    def _slice_request_sanity_check(slice_, num_examples):
        _refuse_negative(slice_, "a request")
        _refuse_beyond(slice_, num_examples, "a request")
        if (slice_.start is not None and slice_.stop is not None
                and slice_.start >= slice_.stop):
            raise ValueError("a requested slice must end after it starts, "
                             f"got {slice_}: it would return no data")


def _is_slice(list_or_slice):
    return isinstance(list_or_slice, slice)


def _as_index_list(request):
    indices = numpy.asarray(request)
    if indices.size and (indices.dtype.kind not in 'iu' or indices.ndim != 1):
        raise ValueError("a request must be an index, a list of indices or "
                         f"a slice, got {request!r}")
    return indices.tolist()


def _refuse_negative(slice_, what):
    if any(number is not None and number < 0
           for number in (slice_.start, slice_.stop, slice_.step)):
        raise ValueError(f"the slice of {what} must not have negative "
                         f"numbers, got {slice_}")


def _refuse_beyond(slice_, num_examples, what):
    if slice_.stop is not None and slice_.stop > num_examples:
        raise ValueError(f"the slice of {what} must stop at the number of "
                         f"examples, {num_examples}, or before, got {slice_}")
    if slice_.start is not None and slice_.start >= num_examples:
        raise ValueError(f"the slice of {what} must start before the number "
                         f"of examples, {num_examples}, got {slice_}")
