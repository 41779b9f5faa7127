"""Print how many axes Theano 1.0.5's indexed tensors have.

Run with Python 3.8 and Theano 1.0.5 (``python make_index_reference.py >
index_reference.json``).  The tests run the same function with this package
and compare.

"""

import itertools
import json

from theano import tensor

#: Elements of an index; a list makes the index an advanced one.
ELEMENTS = {':': slice(None), '0': 0, 'None': None,
            '...': Ellipsis, '[0]': [0]}


def axes(pattern, index):
    """Return the number of axes of an indexed tensor.

    Parameters
    ----------
    ``1`` for each axis of known length one, ``n`` for any other axis.
        ``1`` for each axis known to have length one, ``n`` for any other.
    index : tuple of str
        Keys of `ELEMENTS`.

    Returns
    -------
    int or None
        None if the index is invalid.

    """
    variable = tensor.TensorType(
        'float64', [letter == '1' for letter in pattern])()
    try:
        return variable[tuple(ELEMENTS[element] for element in index)].ndim
    except Exception:  # the original raises errors of many types
        return None


def table():
    """Return the numbers of axes by pattern and index."""
    found = {}
    for ndim in 1, 2, 3:
        for letters in itertools.product('1n', repeat=ndim):
            pattern = ''.join(letters)
            for length in 1, 2, 3:
                for index in itertools.product(ELEMENTS, repeat=length):
                    if 'None' in index and index.count('...') < 2:
                        found['{} {}'.format(pattern, ','.join(index))] = (
                            axes(pattern, index))
    return found


if __name__ == '__main__':
    print(json.dumps(table()))
