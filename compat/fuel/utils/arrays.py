"""Arrays of examples whose shapes may differ.

NumPy refuses to make an array of sequences of different lengths unless
the dtype is ``object``, and even then the result depends on whether
some lengths agree. Here the first axis of a batch always indexes examples.

"""
import numpy


def as_batch(examples):
    """Return examples as one array, whatever their shapes.

    Parameters
    ----------
    examples : sequence
        The examples of a batch, e.g. numbers, arrays, lists.

    Returns
    -------
    numpy.ndarray
        Of shape ``(len(examples), ...)`` if all examples have one shape;
        otherwise of shape ``(len(examples),)`` and dtype ``object``, with
        unchanged examples.

    Examples
    --------
    >>> as_batch([[1, 2], [3, 4]]).shape
    (2, 2)
    >>> as_batch([[1, 2], [3]])
    array([list([1, 2]), list([3])], dtype=object)

    """
    if not _obviously_ragged(examples):
        try:
            return numpy.asarray(examples)
        except ValueError:
            pass
    return as_objects(examples)


def as_objects(examples):
    """Return examples as a one-dimensional array of dtype ``object``.

    Parameters
    ----------
    examples : sequence
        The elements of the array, unchanged.

    Returns
    -------
    numpy.ndarray
        Of shape ``(len(examples),)``.

    """
    batch = numpy.empty(len(examples), dtype=object)
    for position, example in enumerate(examples):
        batch[position] = example
    return batch


def _obviously_ragged(examples):
    """Return whether some examples show that shapes differ.

    This is cheaper than letting NumPy try and fail on every number.

    """
    kind = type(examples[0]) if len(examples) else None
    if kind is numpy.ndarray:
        shape = examples[0].shape
        return any(isinstance(example, numpy.ndarray)
                   and example.shape != shape for example in examples)
    if kind in (list, tuple):
        length = len(examples[0])
        return any(isinstance(example, (list, tuple))
                   and len(example) != length for example in examples)
    return False


def map_regular(function, data):
    """Apply a function to an array, or to each element of ragged data.

    Parameters
    ----------
    function : callable
        Takes and returns an array.
    data : array_like
        An array or data that NumPy converts to one, or sequences of different
        shapes, in a sequence or in an array of dtype ``object``.

    Returns
    -------
    numpy.ndarray
        The result of `function` for the array; for ragged data an array of
        dtype ``object`` with the result for each element.

    """
    array = data if isinstance(data, numpy.ndarray) else (
        as_batch(data) if isinstance(data, (list, tuple))
        else numpy.asarray(data))
    if is_ragged(array):
        return as_objects([map_regular(function, element)
                           for element in array])
    return function(array)


def is_ragged(array):
    """Return whether the elements of an array are sequences.

    Parameters
    ----------
    array : numpy.ndarray
        The array.

    """
    return (array.dtype == object and array.ndim == 1
            and any(isinstance(element, (numpy.ndarray, list, tuple))
                    for element in array))
