import unittest

import numpy
from theano import tensor

from rnn_kernels.cell import make_cells
from rnn_kernels.explanation import Explanation
from rnn_kernels.kernel import tape_size
from rnn_kernels.layout import layout_of
from rnn_kernels.rows import identifier
from rnn_kernels.source import backward_source, forward_source
from rnn_kernels.tracing import Argument
from tests.rnn_kernels.plain import compute, plain
from tests.rnn_kernels.steps import STEPS, D, P

STEPS_ON_TAPE = 7


def cell_of(name, **options):
    return STEPS[name].cells('float64', **options)[0].skipping


class TestTape(unittest.TestCase):
    """The tape keeps as little as the gradient needs."""

    def check(self, name, width):
        cell = cell_of(name)
        self.assertEqual(tape_size(cell, STEPS_ON_TAPE),
                         STEPS_ON_TAPE * width)
        return layout_of(cell)

    def test_lstm(self):
        # The states that are multiplied, the gates in the place of the
        # product, and the previous cells.
        layout = self.check('lstm', D + 4 * D + D)
        self.assertEqual(layout.buffers['operand_1'], D)
        self.assertEqual(layout.buffers['sums_1'], 4 * D)
        self.assertEqual(layout.before['states'].buffer, 'operand_1')
        self.assertEqual(layout.before['cells'].buffer, 'before_cells')
        over = [place for place in layout.kept.values()
                if place.buffer == 'sums_1']
        self.assertEqual(sorted(place.start for place in over),
                         [0, D, 2 * D, 3 * D])

    def test_gru(self):
        # States, gates, states before the reset, and the candidate.
        layout = self.check('gru', D + 2 * D + D + D)
        self.assertEqual([product.level for product in layout.products],
                         [1, 2])
        self.assertEqual(layout.before['states'].buffer, 'operand_1')

    def test_rounded_operands(self):
        # Two bfloat16 replace a float32, unless a stage reads the state
        # that is multiplied.
        for name, operands in (
                ('lstm', {'rounded_1': (D + 1) // 2}),
                ('gru', {'operand_1': D, 'rounded_2': (D + 1) // 2})):
            with self.subTest(name):
                cell = STEPS[name].cells('float32')[0].skipping
                layout = layout_of(cell._replace(rounded=True))
                self.assertEqual(
                    {name: layout.buffers[name] for name in layout.tape
                     if name.startswith(('operand', 'rounded'))}, operands)

    def test_simple(self):
        self.check('simple', 2 * D)

    def test_projected(self):
        layout = self.check('projected', P + 4 * D + D + D)
        self.assertNotIn('sums_2', layout.tape)

    def test_bias_is_a_row_of_the_matrix(self):
        layout = layout_of(cell_of('projecting'))
        product, = layout.products
        self.assertEqual([(part.kind, part.width) for part in product.parts],
                         [('sequence', 3), ('state', D), ('one', 1)])
        self.assertEqual(product.depth, 3 + 1 + D)

    def test_prediction_keeps_nothing(self):
        # Without a tape, buffers of two steps are enough.
        for name in 'lstm', 'gru', 'layer_norm', 'dropout':
            cells = STEPS[name].cells('float64')[0]
            cell = cells.skipping or cells.general
            kept = forward_source(cell, True)
            source = forward_source(cell, False)
            self.assertIn('[row, ', kept.text)
            self.assertNotIn('[row, ', source.text)
            self.assertNotIn('following', source.text)
            buffers = [[name for kind, name in one.parameters
                        if kind == 'buffer'] for one in (kept, source)]
            self.assertLess(len(buffers[1]), len(buffers[0]) + 1)
        self.assertNotIn('kept', forward_source(cell_of('lstm'), False).text)


class TestSource(unittest.TestCase):
    def test_source_does_not_depend_on_sizes(self):
        # Networks of another size are not compiled again.
        for name in 'lstm', 'gru', 'concatenated':
            texts = [[source.text for source in (
                forward_source(cell, True), forward_source(cell, False),
                backward_source(cell, ()))]
                for cell in (cell_of(name, dim=dim) for dim in (5, 8))]
            self.assertEqual(*texts)

    def test_reads_like_the_step(self):
        text = Explanation('it', STEPS['lstm'].cells('float64')[0]).source()
        for part in ('states', 'cells', 'p_forget', 'tanh(', 'sigmoid(',
                     'multiply_add(products, operand_1'):
            self.assertIn(part, text)
        compile(text, 'text', 'exec')

    def test_columns(self):
        for name in STEPS:
            cells = STEPS[name].cells('float64')[0]
            for cell in cells:
                if cell is None:
                    continue
                for source in forward_source(cell, True), backward_source(
                        cell, ()):
                    self.assertNotIn('\t', source.text)
                    compile(source.text, name, 'exec')


class TestNames(unittest.TestCase):
    """Arguments may have any name, even one of the generated code's."""

    def test_identifier(self):
        for name in ('lambda', 'k', 'copy', 'turn', 'exp', 'n3', 'c0', 'v_12',
                     'tanh_4', '2nd', 'places', 'multiply_add', 'sum_of'):
            self.assertEqual(identifier(name), 'the_' + name)
        self.assertEqual(identifier('states'), 'states')
        self.assertEqual(identifier('W[0].T'), 'W_0__T')

    def test_run(self):
        for names in (('exp', 'copy', 'tanh', 'turn'),
                      ('v_3', 'n0', 'tanh_7', 'c0'),
                      ('row', 'd_states', 'out_x', 'sums_1'),
                      ('tanh_5', 'tanh_6', 'tanh_8', 'v_7'),
                      ('_', '__', 'print', 'type')):
            x, h, c, q = names

            def step(**rows):
                new = tensor.tanh(rows[x] * tensor.exp(rows[h])) + rows[q]
                return [new * rows[c], tensor.tanh(rows[c] + new)]
            arguments = [Argument(kind, name, 2, 2) for kind, name in zip(
                ('sequence', 'state', 'state', 'context'), names)]
            cell = make_cells(step, arguments, [h, c], 'float64')[0].general
            with plain():
                arrays, outputs, _, _ = compute(
                    cell, (3, 2), numpy.random.RandomState(0))
            states, cells = arrays[h], arrays[c]
            for t in range(3):
                new = numpy.tanh(arrays[x].reshape(3, 2, 2)[t] * numpy.exp(
                    states)) + arrays[q]
                states, cells = new * cells, numpy.tanh(cells + new)
            numpy.testing.assert_allclose(
                outputs[c].reshape(3, 2, 2)[-1], cells, rtol=1e-12)
