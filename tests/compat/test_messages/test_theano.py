"""Tests of the errors of Theano's public functions on wrong input."""
import numpy
import theano
from theano import tensor

from tests.compat.test_messages.table import Table, names

V, T = ValueError, TypeError

x = tensor.matrix('x')
NAMES = names('theano', theano=theano, tensor=tensor, numpy=numpy, x=x,
              W=theano.shared(numpy.ones(2), 'W'))

FUNCTIONS = [
    ('function(x, x)', T, 'inputs must be a list'),
    ('function("x", x)', T, 'inputs must be a list.*str'),
    ('function(None, x)', T, 'inputs must be a list.*None'),
    ('function([3], x)', T, 'inputs must be variables.*got 3'),
    ('function(["x"], x)', T, "inputs must be variables.*got 'x'"),
    ('function([numpy.ones(2)], x)', T, 'inputs must be variables'),
    ('function([x], "y")', T, "outputs must be variables.*got 'y'"),
    ('function([x], 3)', T, 'outputs must be variables.*got 3'),
    ('function([x], [x, None])', T, 'outputs must be .*got None'),
    ('function([x], {"a": 3})', T, 'outputs must be .*got 3'),
    ('function([x], x, updates=3)', T, 'updates must be a dict.*got 3'),
    ('function([x], x, updates=W)', T, 'updates must be a dict.*W'),
    ('function([x], x, updates=[W])', T, 'updates must be .*pairs'),
    ('function([x], x, updates=[(x, x)])', T,
     'updates must be of shared variables, got x'),
    ('function([x], x, updates={3: x})', T, 'shared variables, got 3'),
    ('function([x], x, givens=3)', T, 'givens must be a dict.*got 3'),
    ('function([x], x, givens=[x])', T, 'givens must be .*pairs'),
    ('tensor.grad(x, x)', T, 'cost must be a scalar, got x with 2 axes'),
    ('tensor.grad(x.sum(), 3)', T, 'wrt must be .*got 3'),
    ('tensor.grad(x.sum(), [3])', T, 'wrt must be .*got 3'),
    ('tensor.grad(x.sum(), "x")', T, "wrt must be .*got 'x'|'x'"),
    ('tensor.nnet.categorical_crossentropy(x, tensor.tensor4())', T,
     'as many dimensions'),
    ('tensor.nnet.categorical_crossentropy(x, tensor.vector())', T,
     'class indices must be an integer vector'),
]


class TestTheano(Table):
    def test_front_functions(self):
        self.check(FUNCTIONS, NAMES)
