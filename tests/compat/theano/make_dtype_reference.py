"""Print the data types of Theano 1.0.5's results.

Run with Python 3.8 and Theano 1.0.5 (``python make_dtype_reference.py >
dtype_reference.json``).  The tests run the same functions with this
package and compare.

"""

import json

import theano
from theano import tensor

DTYPES = ['bool', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16',
          'uint32', 'uint64', 'float16', 'float32', 'float64', 'complex64',
          'complex128']

BINARY = {
    'add': lambda x, y: x + y, 'sub': lambda x, y: x - y,
    'mul': lambda x, y: x * y, 'true_div': lambda x, y: x / y,
    'floor_div': lambda x, y: x // y, 'mod': lambda x, y: x % y,
    'pow': lambda x, y: x ** y, 'maximum': tensor.maximum,
    'eq': tensor.eq, 'lt': lambda x, y: x < y, 'ge': lambda x, y: x >= y,
    'and': lambda x, y: x & y, 'or': lambda x, y: x | y,
    'dot': lambda x, y: tensor.dot(x, y),
    'switch': lambda x, y: tensor.switch(x, x, y)}
UNARY = {
    'neg': lambda x: -x, 'abs': abs, 'exp': tensor.exp, 'log': tensor.log,
    'sqrt': tensor.sqrt, 'sqr': tensor.sqr, 'tanh': tensor.tanh,
    'sigmoid': tensor.nnet.sigmoid, 'invert': lambda x: ~x,
    'sgn': tensor.sgn, 'inv': tensor.inv, 'floor': tensor.floor,
    'round': tensor.round, 'isnan': tensor.isnan,
    'sum': tensor.sum, 'prod': tensor.prod, 'mean': tensor.mean,
    'var': tensor.var, 'max': tensor.max, 'argmax': tensor.argmax,
    'any': tensor.any, 'cumsum': tensor.cumsum,
    'ones_like': tensor.ones_like, 'shape': lambda x: x.shape,
    'softmax': tensor.nnet.softmax, 'relu': tensor.nnet.relu,
    'plus_python_int': lambda x: x + 1,
    'times_python_float': lambda x: x * .5,
    'over_python_int': lambda x: x / 2,
    'power_python_int': lambda x: x ** 2,
    'power_python_float': lambda x: x ** .5,
    'eq_python_int': lambda x: tensor.eq(x, 1)}


#: A letter for each data type, in this order, and one for an error.
LETTERS = 'abcdefghijklmn-'


def result(function, *dtypes):
    """Return the letter of a result's data type."""
    try:
        dtype = function(*(tensor.matrix(dtype=dtype)
                           for dtype in dtypes)).dtype
    except Exception:  # the originals raise errors of many types
        return LETTERS[-1]
    return LETTERS[DTYPES.index(dtype)]


def table(floatX):
    """Return the data types of all results, by operation."""
    before = theano.config.floatX
    theano.config.floatX = floatX
    try:
        binary = {name: ''.join(result(function, x, y)
                                for x in DTYPES for y in DTYPES)
                  for name, function in BINARY.items()}
        unary = {name: ''.join(result(function, x) for x in DTYPES)
                 for name, function in UNARY.items()}
    finally:
        theano.config.floatX = before
    return {**binary, **unary}


if __name__ == '__main__':
    print(json.dumps({floatX: table(floatX)
                      for floatX in ('float32', 'float64')}, indent=0))
