"""Tests of steps that cannot become kernels, and of their errors."""
import unittest

import numpy
import theano
from numpy.testing import assert_allclose
from theano import tensor
from theano.tensor.shared_randomstreams import RandomStreams

from rnn_kernels import Refusal, iterate
from rnn_kernels.cell import make_cells
from rnn_kernels.tracing import Argument
from tests.rnn_kernels.plain import compute, plain

D = 3


class Double(theano.Op):
    """A user-defined Op."""

    __props__ = ()

    def make_node(self, variable):
        return theano.Apply(self, [variable], [variable.type()])

    def perform(self, node, inputs, output_storage):
        output_storage[0][0] = 2 * inputs[0]


def share(*shape, **options):
    rng = numpy.random.RandomState(0)
    return theano.shared(rng.normal(size=shape).astype(
        options.pop('dtype', 'float64')), **options)


def cell_of(step, states=('h',), contexts=(), dim=D):
    arguments = [Argument('sequence', 'x', dim, 2)]
    arguments += [Argument('state', name, dim, 2) for name in states]
    arguments += [Argument('context', name, dim, 2) for name in contexts]
    return make_cells(step, arguments, list(states), 'float64')[0].general


class TestRefusals(unittest.TestCase):
    def refuse(self, message, step, **options):
        with self.assertRaisesRegex(Refusal, message):
            cell_of(step, **options)

    def test_inner_scan(self):
        def step(x, h):
            powers, _ = theano.scan(lambda row: row ** 2, sequences=h)
            return powers + x
        self.refuse('Scan of .*: a loop inside the step', step)

    def test_draw(self):
        streams = RandomStreams(1)
        self.refuse('.', lambda x, h: h * streams.binomial(
            h.shape, p=.5, dtype='float64') + x)
        noise = streams.normal((4, D), dtype='float64')
        noise.name = 'noise'
        self.refuse("'noise' is drawn at random at each step|"
                    "'noise'", lambda x, h: h + x + noise)

    def test_user_defined_op(self):
        self.refuse(r"Double of 'h'", lambda x, h: Double()(h) + x)

        def step(x, h):
            result = Double()(h)
            result.name = 'twice'
            return result + x
        self.refuse(r"Double \(named 'twice'\) of 'h'", step)

    def test_softmax(self):
        self.refuse('Softmax of',
                    lambda x, h: tensor.nnet.softmax(h) + x)

    def test_maximum_of_features(self):
        self.refuse("(Max|CAReduce|MaxAndArgmax|CAReduceDtype).* of 'h'",
                    lambda x, h: h.max(axis=1, keepdims=True) + x)

    def test_sum_over_the_batch(self):
        for name, sum_ in (('axis 0', lambda h: h.sum(axis=0)),
                           ('all', lambda h: h.sum()),
                           ('mean', lambda h: h.mean(axis=0))):
            with self.subTest(name):
                self.refuse("Sum of 'h': a sum over the sequences of a batch",
                            lambda x, h: x + h - sum_(h))

    def test_indexing_sequences(self):
        for name, pick in (('slice', lambda h: h[::-1]),
                           ('index', lambda h: h[0]),
                           ('part', lambda h: h[1:])):
            with self.subTest(name):
                self.refuse(
                    "Subtensor of 'h'.*: it picks sequences of the batch",
                    lambda x, h: pick(h) + x)

    def test_nonadjacent_features(self):
        self.refuse('only slices of one or more neighbouring features',
                    lambda x, h: tensor.concatenate([h[:, ::2], h[:, :1]],
                                                    axis=1) + x)
        which = tensor.iscalar('which')
        self.refuse('an index that is not constant',
                    lambda x, h: h[:, which][:, None] + x)

    def test_transposed(self):
        self.refuse("DimShuffle.* of 'h'|DimShuffle of 'h'|Transpose",
                    lambda x, h: h.T.T + x)

    def test_products(self):
        weights = share(D, D, name='weights')
        self.refuse('only products of a row with a matrix that does not '
                    'change', lambda x, h: tensor.dot(h, x) + x)
        self.refuse('only products of a row with a matrix that does not '
                    'change', lambda x, h: tensor.dot(weights, x) + h)
        wrong = share(D + 1, D, name='wrong')
        self.refuse("Dot of 'h', 'wrong': a row of 3 features times a matrix "
                    r"of shape \(4, 3\)",
                    lambda x, h: tensor.dot(h, wrong) + x)

    def test_dtype(self):
        other = share(D, D, name='W32', dtype='float32')
        self.refuse("'W32' has dtype float32, the states have float64",
                    lambda x, h: tensor.dot(h, other) + x)
        vector = share(D, name='v32', dtype='float32')
        self.refuse("'v32' has dtype float32, the states have float64",
                    lambda x, h: h * vector + x)
        self.refuse('a cast to float32',
                    lambda x, h: tensor.cast(h, 'float32') + x)
        number = theano.shared(numpy.int64(2), name='number')
        self.refuse("'number': an integer that is not the length",
                    lambda x, h: h * number + x)

    def test_unknown_shape(self):
        vector = tensor.vector('given', dtype='float64')
        self.refuse("the shape of 'given' is not known before the graph runs",
                    lambda x, h: h + x + vector)
        matrix = tensor.matrix('weights', dtype='float64')
        self.refuse("the shape of 'weights' is not known",
                    lambda x, h: tensor.dot(h, matrix) + x)

    def test_matrix_in_an_elementwise_operation(self):
        rows = share(4, D, name='rows')
        self.refuse(r"'rows' of shape \(4, 3\) is used in an elementwise "
                    "operation.*declare it a context",
                    lambda x, h: h + x + rows)

    def test_unequal_widths(self):
        self.refuse('axes .* do not broadcast',
                    lambda x, h: h[:, :2] + x)

    def test_wrong_outputs(self):
        self.refuse('the step returns 2 variables where 1 are declared: h',
                    lambda x, h: [h, x])
        self.refuse("the output .* is not one row for each sequence",
                    lambda x, h: (h + x)[:, :, None])
        given = tensor.matrix('given', dtype='float64')
        self.refuse("the output 'given' does not depend on a sequence",
                    lambda x, h: given)

    def test_state_that_is_not_returned(self):
        with self.assertRaisesRegex(Refusal, 'does not return the state c'):
            make_cells(lambda x, h, c: h + x + c, [
                Argument('sequence', 'x', D, 2), Argument('state', 'h', D, 2),
                Argument('state', 'c', D, 2)], ['h'], 'float64')


class TestIterateRefuses(unittest.TestCase):
    def refuse(self, message, sequences=None, states=None, contexts=None,
               get_dim=lambda name: D):
        with self.assertRaisesRegex(Refusal, message):
            iterate(
                lambda **rows: rows.get('h', 0) + rows.get('x', 0),
                {'x': tensor.tensor3('x', dtype='float64')}
                if sequences is None else sequences,
                {'h': tensor.matrix('h', dtype='float64')}
                if states is None else states, contexts or {}, ['h'], get_dim)

    def test_no_sequences(self):
        self.refuse('there is no sequence to iterate over', sequences={})
        self.refuse('there is no state', states={})

    def test_context_with_three_axes(self):
        self.refuse("the context 'k' has 3 axes", contexts={
            'k': tensor.tensor3('k', dtype='float64')})

    def test_get_dim(self):
        def missing(name):
            raise ValueError(name)
        for get_dim in (missing, lambda name: None, lambda name: 0,
                        lambda name: (D, D), {}.__getitem__):
            self.refuse(r"get_dim\('x'\) does not say how many features the "
                        "sequence has", get_dim=get_dim)

    def test_numpy_integers(self):
        output, = iterate(
            lambda x, h: x + h, {'x': tensor.tensor3('x', dtype='float64')},
            {'h': tensor.matrix('h', dtype='float64')}, {}, ['h'],
            lambda name: numpy.int64(D))
        self.assertEqual(output.ndim, 3)

    def test_unequal_dtypes(self):
        self.refuse("states have dtype int64, not float32 or float64",
                    states={'h': tensor.lmatrix('h')})
        self.refuse("the sequence 'x' has dtype float32, the states have "
                    "float64", sequences={
                        'x': tensor.tensor3('x', dtype='float32')})


class TestTrace(unittest.TestCase):
    """Supported forms and the expressions that they become."""

    def check(self, step, reference, dim=D, contexts=()):
        """Compare one step with NumPy and return the cell."""
        cell = cell_of(step, contexts=contexts, dim=dim)
        rng = numpy.random.RandomState(1)
        arrays = {
            'x': rng.normal(size=(4, dim)), 'h': rng.normal(size=(4, dim))}
        arrays.update((name, rng.normal(size=(4, dim))) for name in contexts)
        rows = dict(arrays)
        outside = make_cells(step, [
            argument for argument in cell.arguments
            if argument.kind in ('sequence', 'state', 'context')],
            ['h'], 'float64')[1]
        for argument, variable in zip(
                cell.arguments[-len(outside):] if outside else [], outside):
            value = variable.eval()
            arrays[argument.name] = numpy.ascontiguousarray(
                value.reshape(-1) if argument.kind == 'vector' else value)
        with plain():
            _, outputs, _, _ = compute(cell, (1, 4), rng, arrays=arrays)
        assert_allclose(outputs['h'], reference(**rows), rtol=1e-12)
        return cell

    def test_shapes_of_rows(self):
        self.check(lambda x, h: x + tensor.zeros_like(h) +
                   tensor.ones((h.shape[0], h.shape[1])) * h,
                   lambda x, h: x + h)
        self.check(lambda x, h: x + h[:, :h.shape[1]],
                   lambda x, h: x + h)
        self.check(lambda x, h: x + h.sum(axis=1, keepdims=True) /
                   h.shape[1].astype('float64'),
                   lambda x, h: x + h.mean(axis=1, keepdims=True))
        self.check(lambda x, h: x + h[:, -1].dimshuffle(0, 'x'),
                   lambda x, h: x + h[:, -1:])

    def test_vectors_of_several_shapes(self):
        row = share(1, D, name='row')
        row_of_one = theano.shared(row.get_value(), name='row',
                                   broadcastable=(True, False))
        vector, scalar = share(D, name='vector'), share(name='scalar')
        self.check(
            lambda x, h: x * vector + h * row_of_one - scalar +
            vector.dimshuffle('x', 0),
            lambda x, h: x * vector.get_value() + h * row.get_value() -
            scalar.get_value() + vector.get_value())

    def test_matrix_of_one_row_that_is_also_added(self):
        weights = theano.shared(numpy.array([[.3]]), name='weights',
                                broadcastable=(True, True))
        for order in 1, -1:
            def step(x, h):
                terms = [tensor.dot(h, weights), weights * x][::order]
                return terms[0] + terms[1]
            self.check(step, lambda x, h: .3 * h + .3 * x, dim=1)

    def test_weights_that_are_computed(self):
        weights = share(D, D, name='weights')
        cell = self.check(
            lambda x, h: tensor.dot(h, (weights * 2).T) + x,
            lambda x, h: h.dot(2 * weights.get_value().T) + x)
        self.assertEqual(
            [argument.kind for argument in cell.arguments],
            ['sequence', 'state', 'matrix'])

    def test_comparisons(self):
        self.check(
            lambda x, h: tensor.switch(tensor.and_(
                h > x, tensor.invert(h < 0)), h, x) +
            tensor.cast(tensor.le(x, .1), 'float64') + tensor.neq(h, x) * h,
            lambda x, h: numpy.where((h > x) & ~(h < 0), h, x) +
            (x <= .1) + (h != x) * h)

    def test_scalars_of_small_integers(self):
        flag = theano.shared(numpy.int8(1), name='flag')
        for step in (lambda x, h: h * flag + x,
                     lambda x, h: tensor.switch(flag, h, x)):
            with self.assertRaisesRegex(
                    Refusal, "'flag' has dtype int8, the states have"):
                cell_of(step)

    def test_products_are_joined(self):
        # Products with several matrices become one, with the bias as a row.
        one, other = share(D, D, name='one'), share(D, D, name='other')
        bias = share(D, name='bias')
        cell = self.check(
            lambda x, h: tensor.tanh(
                tensor.dot(x, one) + tensor.dot(h, other) + bias),
            lambda x, h: numpy.tanh(
                x.dot(one.get_value()) + h.dot(other.get_value()) +
                bias.get_value()))
        self.assertEqual(
            [node.op for node in cell.nodes].count('product'), 1)

    def test_product_that_is_read_twice(self):
        weights = share(D, D, name='weights')

        def step(x, h):
            product = tensor.dot(h, weights)
            return tensor.tanh(product + x) * product
        W = weights.get_value()
        cell = self.check(
            step, lambda x, h: numpy.tanh(h.dot(W) + x) * h.dot(W))
        self.assertEqual(
            [node.op for node in cell.nodes].count('product'), 1)

    def test_context(self):
        weights = share(D, D, name='weights')
        self.check(lambda x, h, k: tensor.dot(k, weights) * h + k + x,
                   lambda x, h, k: k.dot(weights.get_value()) * h + k + x,
                   contexts=['k'])


class TestMask(unittest.TestCase):
    """Tests of the check that masked steps can be skipped."""

    def cells(self, step, outputs=('h',)):
        return make_cells(step, [
            Argument('sequence', 'x', D, 2), Argument('sequence', 'm', 1, 1),
            Argument('state', 'h', D, 2)], list(outputs), 'float64', 'm')[0]

    def test_carried_over(self):
        for name, carry in (
                ('product', lambda m, new, old: m * new + (1 - m) * old),
                ('switch', lambda m, new, old: tensor.switch(m, new, old)),
                ('equal', lambda m, new, old: tensor.switch(
                    tensor.eq(m, 0), old, new)),
                ('difference', lambda m, new, old: old - m * old + m * new)):
            with self.subTest(name):
                cells = self.cells(lambda x, m, h: carry(
                    m[:, None], tensor.tanh(x + h), h))
                if name == 'difference':  # at mask 1 it is old - old + new
                    self.assertIsNotNone(cells.skipping)
                    continue
                self.assertEqual(
                    [node.op for node in cells.skipping.nodes],
                    ['argument', 'argument', 'add', 'tanh'])
                self.assertEqual(cells.skipping.mask, 'm')
                self.assertIsNone(cells.general.mask)

    def test_other_uses_of_the_mask(self):
        for name, step in (
                ('zeros', lambda x, m, h: m[:, None] * tensor.tanh(x + h)),
                ('decay', lambda x, m, h: m[:, None] * tensor.tanh(x + h) +
                 (1 - m[:, None]) * h * .5)):
            with self.subTest(name):
                self.assertIsNone(self.cells(step).skipping)

    def test_output_that_is_not_a_state(self):
        def step(x, m, h):
            return [m[:, None] * tensor.tanh(x + h) + (1 - m[:, None]) * h,
                    x + h]
        self.assertIsNone(self.cells(step, ('h', 'y')).skipping)

    def test_constants_without_a_value(self):
        # (m - 1) ** .3 at m = 0 is not a real number.
        cells = self.cells(
            lambda x, m, h: h + x * (m[:, None] - 1) ** .3)
        self.assertIsNone(cells.skipping)
