"""Conversion of arrays to messages of several parts, and back.

A message is a multipart message of ZeroMQ, which arrives completely or not at
all. Its first part is a JSON list with a header for each array, as in ``.npy``
files; the other parts are the bytes of the arrays. The JSON object
``{"stop": true}``, alone, ends an epoch. The format is that of Fuel 0.2.0.

Anyone who can reach a port can send anything, so :func:`from_parts` trusts
nothing. An array of Python objects, for example, would be an array of
addresses chosen by the sender.

"""
import json
import math
import re
from collections.abc import Iterable

import numpy
from fuel.exceptions import InvalidMessage
from numpy.lib.format import descr_to_dtype, header_data_from_array_1_0

#: Spellings in ``.npy`` headers of dtypes of plain data: no objects, and no
#: strings of variable length, whose elements are addresses, too.
PLAIN = re.compile(r'[<>|=]?([?biufcSUV]\d{1,9}|[mM]8(\[\w{1,20}\])?)')
DEEPEST = 16  # levels of structured dtypes
MOST_AXES = 64  # NumPy's limit
LONGEST_HEADER = 2 ** 20  # bytes
STOP = {'stop': True}
HEADER = {'descr', 'fortran_order', 'shape'}


def to_parts(arrays):
    """Return the parts of a message.

    Parameters
    ----------
    arrays : sequence of array_like
        The data to send, one array per source.

    Returns
    -------
    list of bytes or numpy.ndarray

    Raises
    ------
    ValueError
        If there is nothing to send, or an item is not an array of plain data,
        such as sequences of different lengths.

    """
    if not isinstance(arrays, Iterable):
        raise TypeError("send_arrays needs a sequence with one array per "
                        f"source, got {arrays!r}")
    arrays = [_sendable(position, array)
              for position, array in enumerate(arrays)]
    if not arrays:
        raise ValueError("send_arrays needs one array or more, got none")
    headers = [header_data_from_array_1_0(array) for array in arrays]
    # An empty array has no buffer that ZeroMQ accepts.
    return [json.dumps(headers).encode(),
            *(array if array.size else b'' for array in arrays)]


def _sendable(position, data):
    """Return `data` as an array whose bytes can be sent."""
    try:
        array = numpy.asarray(data, order='C')
    except ValueError:
        array = None
    if array is None or array.dtype.hasobject:
        raise ValueError(
            f"source number {position} can't be sent: its data are an array "
            "of objects, not numbers, e.g. sequences of different lengths; "
            "wrap the stream in Padding first")
    if array.size and not array.dtype.itemsize:
        raise ValueError(
            f"source number {position} can't be sent: its elements, of dtype "
            f"{array.dtype}, have no bytes; drop the source")
    return array


def from_parts(parts):
    """Return the arrays of a message, or None at the end of an epoch.

    Parameters
    ----------
    parts : sequence of buffers
        All parts of one message.

    Returns
    -------
    list of numpy.ndarray or None
        The arrays, each a view of its part.

    Raises
    ------
    InvalidMessage
        If the message is invalid; the error gives the reason.

    """
    first, *buffers = parts
    headers = _parse(first)
    if headers == STOP:
        _check_number(buffers, 0, 'the end of an epoch')
        return None
    if not isinstance(headers, list) or not headers:
        raise InvalidMessage('expected a list of headers of arrays or '
                             f'{{"stop": true}}, got {_short(headers)}')
    _check_number(buffers, len(headers), 'the header')
    return [_array(position, header, buffer) for position, (header, buffer)
            in enumerate(zip(headers, buffers))]


def _parse(buffer):
    if len(buffer) > LONGEST_HEADER:
        raise InvalidMessage(f'a header of {len(buffer)} bytes, but at most '
                             f'{LONGEST_HEADER} are allowed')
    try:
        return json.loads(bytes(buffer))
    except (ValueError, RecursionError) as error:
        raise InvalidMessage('expected a header in JSON, got '
                             f'{_short(bytes(buffer))} ({error})') from error


def _check_number(buffers, number, what):
    if len(buffers) != number:
        raise InvalidMessage(f'{what} announces {number} further parts, but '
                             f'{len(buffers)} arrived')


def _array(position, header, buffer):
    """Return the array that a header describes, as a view of its bytes."""
    try:
        if not isinstance(header, dict) or set(header) != HEADER:
            raise ValueError(f"a header needs {', '.join(sorted(HEADER))}, "
                             f"got {_short(header)}")
        dtype = _dtype(header['descr'])
        shape = _shape(header['shape'])
        if not isinstance(header['fortran_order'], bool):
            raise ValueError('fortran_order must be true or false, got '
                             f"{_short(header['fortran_order'])}")
        size = math.prod(shape)
        if size and not dtype.itemsize:
            raise ValueError(f'elements of dtype {dtype} have no bytes')
        if size * dtype.itemsize != len(buffer):
            raise ValueError(
                f'{dtype} of shape {shape} takes {size * dtype.itemsize} '
                f'bytes, but {len(buffer)} arrived')
        array = numpy.ndarray(
            shape, dtype, buffer,
            order='F' if header['fortran_order'] else 'C')
        _check_truth_values(array)
    except (ValueError, TypeError, OverflowError) as error:
        raise InvalidMessage(f'array number {position}: {error}') from error
    return array


def _dtype(descr):
    """Return the dtype of a header in JSON."""
    dtype = descr_to_dtype(_plain(descr))
    if dtype.hasobject:  # in case NumPy has other spellings
        raise ValueError(f'dtype {dtype} has objects')
    return dtype


def _plain(descr, depth=0):
    """Convert the JSON form of the description of a structured dtype.

    Raises
    ------
    ValueError
        If it is not a dtype of plain data.

    """
    if isinstance(descr, str) and PLAIN.fullmatch(descr):
        return descr
    if not isinstance(descr, list) or not descr or depth > DEEPEST:
        raise ValueError('expected a dtype of numbers, truth values, dates, '
                         'strings of a fixed length, or fields of these, got '
                         f'{_short(descr)}')
    return [_field(field, depth) for field in descr]


def _field(field, depth):
    if not isinstance(field, list) or not 2 <= len(field) <= 3:
        raise ValueError('a field needs a name, a dtype and perhaps a shape, '
                         f'got {_short(field)}')
    name, kind, *shape = field
    if isinstance(name, list):  # with a title
        name = tuple(name)
    if not all(isinstance(part, str) for part in
               (name if isinstance(name, tuple) else (name,))):
        raise ValueError(f"a field's name must be a string, got "
                         f'{_short(name)}')
    return (name, _plain(kind, depth + 1), *map(_shape, shape))


def _shape(shape):
    if not isinstance(shape, list) or len(shape) > MOST_AXES or not all(
            type(length) is int and length >= 0 for length in shape):
        raise ValueError(f'a shape must be a list of at most {MOST_AXES} '
                         f'integers from 0 on, got {_short(shape)}')
    return tuple(shape)


def _check_truth_values(array):
    """Refuse bytes other than 0 and 1 as booleans; NumPy relies on these."""
    if array.dtype.names:
        for name in array.dtype.names:
            _check_truth_values(array[name])
    elif array.dtype.kind == 'b' and array.size and (
            array.view('uint8').max() > 1):
        raise ValueError('truth values must be bytes 0 or 1, got '
                         f"{array.view('uint8').max()}")


def _short(value):
    text = repr(value)
    return text if len(text) <= 60 else f'{text[:60]}...'
