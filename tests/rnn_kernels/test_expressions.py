import unittest

import numpy
from numpy.testing import assert_allclose

from rnn_kernels.cell import Output
from rnn_kernels.differentiation import differentiate, gradient_name
from rnn_kernels.expressions import Expressions
from rnn_kernels.operations import OPERATIONS
from tests.rnn_kernels.plain import FUNCTIONS


def evaluate(make, value, arguments, matrices=None):
    """Evaluate an expression by its definition in NumPy."""
    node = make.nodes[value]
    inner = [evaluate(make, argument, arguments, matrices)
             for argument in node.arguments]
    if node.op == 'argument':
        return numpy.asarray(arguments[node.data], dtype='float64')
    if node.op == 'constant':
        return numpy.array([node.data])
    if node.op == 'slice':
        return inner[0][node.data:node.data + node.width]
    if node.op == 'spread':
        return numpy.repeat(inner[0], node.width)
    if node.op == 'sum':
        return inner[0].sum(keepdims=True)
    if node.op == 'concatenate':
        return numpy.concatenate(inner)
    if node.op == 'product':
        names, number = node.data
        return sum(row.dot(matrices[name]) for row, name in zip(
            inner, names)) + sum(inner[number:])
    return numpy.array([
        eval(OPERATIONS[node.op].code.format(
            *('a{}'.format(k) for k in range(len(inner))), one='1.',
            zero='0.'), dict(FUNCTIONS), {
                'a{}'.format(k): row[0 if len(row) == 1 else feature]
                for k, row in enumerate(inner)})
        for feature in range(max(map(len, inner)))])


class TestFolding(unittest.TestCase):
    def setUp(self):
        self.make = Expressions()
        self.row = self.make.argument('row', 4)
        self.zero, self.one, self.two = map(self.make.constant, range(3))

    def test_neutral_elements(self):
        make, row = self.make, self.row
        for op, number in (('add', 0), ('subtract', 0), ('multiply', 1),
                           ('divide', 1), ('power', 1)):
            self.assertEqual(make(op, row, make.constant(number)), row, op)
        self.assertEqual(make('add', self.zero, row), row)
        self.assertEqual(make('multiply', self.one, row), row)
        self.assertNotEqual(make('subtract', self.zero, row), row)
        self.assertNotEqual(make('divide', self.one, row), row)

    def test_simplified_forms(self):
        make, row = self.make, self.row
        negative = make('negative', row)
        for value, expected in (
                (make('multiply', row, make.constant(-1)), negative),
                (make('subtract', self.zero, row), negative),
                (make('negative', negative), row),
                (make('multiply', row, row), make('square', row)),
                (make('power', row, self.two), make('square', row)),
                (make('power', row, make.constant(.5)), make('sqrt', row)),
                (make('power', row, make.constant(-1)),
                 make('divide', self.one, row)),
                (make('where', self.one, row, self.two), row),
                (make('where', make('less', row, self.two), row, row), row)):
            self.assertEqual(value, expected)
        zeros = make('multiply', self.zero, row)
        self.assertEqual((make.nodes[zeros].op, make.width(zeros)),
                         ('spread', 4))
        self.assertEqual(make.number(make.nodes[zeros].arguments[0]), 0)

    def test_constants(self):
        make = self.make
        for op, arguments, expected in (
                ('add', (3, 4), 7), ('power', (2, 3), 8),
                ('divide', (1, 4), .25), ('tanh', (.3,), numpy.tanh(.3)),
                ('sigmoid', (-800,), 0), ('clip', (5, -1, 2), 2),
                ('sign', (-2,), -1), ('softplus', (0,), numpy.log(2)),
                ('less', (1, 2), 1), ('where', (0, 1, 2), 2),
                ('minimum', (3, 2), 2)):
            number = make.number(make(op, *map(make.constant, arguments)))
            self.assertAlmostEqual(number, expected, 14, op)

    def test_undefined_constants_are_left_alone(self):
        make = self.make
        for op, arguments in (('divide', (1, 0)), ('log', (0,)),
                              ('sqrt', (-1,)), ('power', (-1, .3)),
                              ('exp', (1000,))):
            value = make(op, *map(make.constant, arguments))
            self.assertEqual(make.nodes[value].op, op)

    def test_equal_expressions_are_shared(self):
        make, row = self.make, self.row
        other = make.argument('other', 4)
        first = make('tanh', make('add', row, other))
        number = len(make.nodes)
        self.assertEqual(make('tanh', make('add', row, other)), first)
        self.assertEqual(len(make.nodes), number)
        self.assertNotEqual(make('tanh', make('subtract', row, other)),
                            first)

    def test_unequal_widths_are_refused(self):
        make = self.make
        with self.assertRaisesRegex(ValueError,
                                    'add of rows of 3 and 4 features'):
            make('add', self.row, make.argument('other', 3))
        self.assertEqual(make.width(make('add', self.row, self.two)), 4)

    def test_booleans_become_numbers(self):
        make = self.make
        less = make('less', self.row, self.two)
        value = make('multiply', less, self.row)
        self.assertEqual(make.nodes[make.nodes[value].arguments[0]].op,
                         'number')
        both = make('and', less, less)
        self.assertTrue(make.is_boolean(both))
        assert_allclose(evaluate(make, value, {'row': [1, 2, -3, 4]}),
                        [1, 0, -3, 0])


class TestSlices(unittest.TestCase):
    def setUp(self):
        self.make = Expressions()
        self.left = self.make.argument('left', 6)
        self.right = self.make.argument('right', 6)

    def test_pass_through_operations(self):
        make = self.make
        whole = make('multiply', make('tanh', make('add', self.left,
                                                   self.right)),
                     make.argument('scalar', 1))
        part = make.slice(whole, 2, 3)
        expected = make('multiply', make('tanh', make(
            'add', make.slice(self.left, 2, 3),
            make.slice(self.right, 2, 3))), make.argument('scalar', 1))
        self.assertEqual(part, expected)
        self.assertEqual(make.slice(whole, 0, 6), whole)

    def test_of_slices(self):
        make = self.make
        self.assertEqual(
            make.slice(make.slice(self.left, 1, 4), 2, 1),
            make.slice(self.left, 3, 1))

    def test_of_spread_scalars(self):
        make = self.make
        scalar = make.argument('scalar', 1)
        self.assertEqual(make.slice(make.spread(scalar, 6), 1, 3),
                         make.spread(scalar, 3))
        self.assertEqual(make.spread(scalar, 1), scalar)

    def test_of_concatenations(self):
        make = self.make
        whole = make.concatenate([self.left, self.right])
        self.assertEqual(make.slice(whole, 0, 6), self.left)
        self.assertEqual(make.slice(whole, 8, 2),
                         make.slice(self.right, 2, 2))
        across = make.slice(whole, 4, 5)
        self.assertEqual(
            across, make.concatenate([make.slice(self.left, 4, 2),
                                      make.slice(self.right, 0, 3)]))

    def test_adjacent_slices_are_joined(self):
        make = self.make
        parts = [make.slice(self.left, start, 2) for start in (0, 2, 4)]
        self.assertEqual(make.concatenate(parts), self.left)
        self.assertNotEqual(make.concatenate(parts[::-1]), self.left)
        self.assertNotEqual(make.concatenate(parts[:2]), self.left)

    def test_operations_are_split_into_parts(self):
        make = self.make
        short = make.argument('short', 2)
        one = make.concatenate([self.left, short])
        other = make.concatenate([short, self.right])
        total = make('add', one, other)
        node = make.nodes[total]
        self.assertEqual(node.op, 'concatenate')
        self.assertEqual([make.width(part) for part in node.arguments],
                         [2, 4, 2])
        data = {'left': numpy.arange(6.), 'right': 10 * numpy.arange(6.),
                'short': [100, 200]}
        assert_allclose(evaluate(make, total, data), numpy.concatenate([
            data['left'], data['short']]) + numpy.concatenate([
                data['short'], data['right']]))

    def test_sums(self):
        make = self.make
        short = make.argument('short', 2)
        total = make.sum(make.concatenate([self.left, short]))
        self.assertEqual(total, make('add', make.sum(self.left),
                                     make.sum(short)))
        scalar = make.argument('scalar', 1)
        self.assertEqual(make.sum(scalar), scalar)
        self.assertEqual(make.sum(make.spread(scalar, 3)),
                         make('multiply', scalar, make.constant(3)))

    def test_replace(self):
        make = self.make
        scalar = make.argument('scalar', 1)
        value = make('add', make('multiply', scalar, self.left), make(
            'multiply', make('subtract', make.constant(1), scalar),
            self.right))
        self.assertEqual(
            [make.replace([value], {scalar: make.constant(number)})
             for number in (0, 1)], [[self.right], [self.left]])
        parts = make.concatenate([make.slice(value, 0, 2), make.sum(value)])
        replaced, = make.replace([parts], {self.right: self.left})
        data = {'left': [1., 2, 3, 4, 5, 6], 'scalar': [.25]}
        assert_allclose(evaluate(make, replaced, data), [1, 2, 21])


class TestDifferentiate(unittest.TestCase):
    """Gradients equal finite differences of the evaluated expressions."""

    def check(self, build, widths, matrices=None, low=.2, high=.9):
        make = Expressions()
        rows = {name: make.argument(name, width)
                for name, width in sorted(widths.items())}
        value = build(make, **rows)
        rng = numpy.random.RandomState(4)
        data = {name: rng.uniform(low, high, size=width)
                for name, width in sorted(widths.items())}
        matrices = matrices or {}
        products = [number for number, node in enumerate(make.nodes)
                    if node.op == 'product']
        expected = evaluate(make, value, data, matrices)
        weights = rng.normal(size=len(expected))
        found = differentiate(
            make, [Output('out', value, 2, None)], products,
            dict.fromkeys(widths, 'context'))
        data[gradient_name('out')] = weights
        # The gradients of rows of products are computed elsewhere.
        for product in reversed(products):
            total = evaluate(make, found.products[product], data, matrices)
            for position, (_, matrix) in enumerate(make.factors(product)):
                name = make.nodes[found.factors[product, position]].data
                data[name] = matrices[matrix].dot(total)
        for name, width in widths.items():
            numeric = numpy.empty(width)
            for feature in range(width):
                moved = []
                for sign in 1, -1:
                    row = data[name].copy()
                    row[feature] += sign * 1e-6
                    moved.append(evaluate(make, value, dict(
                        data, **{name: row}) if isinstance(name, str) else
                        data, matrices).dot(weights))
                numeric[feature] = (moved[0] - moved[1]) / 2e-6
            gradient = (numpy.zeros(width) if name not in found.arguments
                        else evaluate(make, found.arguments[name], data,
                                      matrices))
            assert_allclose(gradient, numeric, rtol=1e-6, atol=1e-8,
                            err_msg=name)

    def test_each_operation(self):
        unary = ('negative', 'square', 'sqrt', 'absolute', 'tanh', 'sigmoid',
                 'exp', 'expm1', 'log', 'log1p', 'softplus', 'sin', 'cos',
                 'sinh', 'cosh', 'erf')
        binary = ('add', 'subtract', 'multiply', 'divide', 'power', 'maximum',
                  'minimum')
        without = [name for name, operation in OPERATIONS.items()
                   if operation.gradients is None]
        self.assertEqual(
            sorted(OPERATIONS), sorted(unary + binary + ('where', 'clip')
                                       + tuple(without)))
        for op in unary:
            with self.subTest(op=op):
                self.check(lambda make, a: make(op, a), {'a': 3})
        for op in binary:
            with self.subTest(op=op):
                self.check(lambda make, a, b: make(op, a, b),
                           {'a': 3, 'b': 3})
                self.check(lambda make, a, b: make(op, b, a),
                           {'a': 3, 'b': 1})
        self.check(lambda make, a, b: make(
            'where', make('less', a, b), make('square', a), b),
            {'a': 5, 'b': 5})
        self.check(lambda make, a, low, high: make('clip', a, low, high),
                   {'a': 6, 'low': 1, 'high': 1})

    def test_signs(self):
        self.check(lambda make, a: make('absolute', a), {'a': 3}, low=-1,
                   high=-.5)
        self.check(lambda make, a: make('power', a, make.constant(3)),
                   {'a': 3}, low=-1, high=-.5)

    def test_equal_arguments_of_maximum(self):
        # Theano passes the gradient to the first argument.
        make = Expressions()
        a, b = (make.argument(name, 1) for name in 'ab')
        for op in 'maximum', 'minimum':
            found = differentiate(make, [Output('out', make(op, a, b), 2,
                                                None)], [], {})
            data = {'a': [2.], 'b': [2.], gradient_name('out'): [3.]}
            self.assertEqual(
                [evaluate(make, found.arguments[name], data).tolist()
                 for name in 'ab'], [[3], [0]])

    def test_slices_that_overlap(self):
        self.check(lambda make, a: make(
            'multiply', make.slice(a, 0, 3), make('tanh', make.slice(
                a, 2, 3))), {'a': 6})

    def test_parts_and_sums(self):
        def build(make, a, b):
            rows = make.concatenate([make('exp', a), make('multiply', b, b)])
            return make('divide', make.slice(rows, 1, 4),
                        make('add', make.sum(rows), make.constant(1)))
        self.check(build, {'a': 3, 'b': 2})

    def test_spread(self):
        self.check(lambda make, a, b: make('multiply', a, make.spread(b, 4)),
                   {'a': 4, 'b': 1})

    def test_products(self):
        rng = numpy.random.RandomState(0)
        matrices = {'V': rng.normal(size=(3, 4)),
                    'W': rng.normal(size=(2, 4)),
                    'U': rng.normal(size=(4, 2))}

        def build(make, a, b, c):
            one = make.product([(make('tanh', a), 'V'), (b, 'W')], (c,), 4)
            return make('multiply', make.product(
                [(make('exp', one), 'U')], (), 2), b)
        self.check(build, {'a': 3, 'b': 2, 'c': 4}, matrices)

    def test_nothing_to_differentiate(self):
        make = Expressions()
        a = make.argument('a', 3)
        found = differentiate(make, [Output('out', make('sign', a), 2, None)],
                              [], {'a': 'context'})
        self.assertEqual(found.arguments, {})
