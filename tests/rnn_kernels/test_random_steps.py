"""Tests of random steps of all supported operations.

The generated kernel of each step runs as plain Python; it must equal the step
in NumPy, and its gradient must equal finite differences. A few kernels are
compiled and compared with a scan.

"""
import unittest

import numpy
import theano
from hypothesis import HealthCheck, given, settings, strategies
from numpy.testing import assert_allclose
from theano import tensor

from rnn_kernels import iterate
from rnn_kernels.cell import make_cells
from rnn_kernels.tracing import Argument
from tests.equations import sigmoid
from tests.rnn_kernels.plain import compute, plain
from tests.rnn_kernels.test_iteration import HOLES, cost_of

T, B = HOLES.shape
WIDTHS = 2, 3
NAMES = {'sequence': ('x', 'y'), 'state': ('h', 'c'), 'context': ('k', 'q'),
         'vector': ('b', 'g')}
ROWS = sum(NAMES.values(), ())


class InNumpy:
    """The operations of a program on NumPy arrays."""

    dot = staticmethod(numpy.dot)
    tanh, exp, sqrt, log, sin, cos = (
        numpy.tanh, numpy.exp, numpy.sqrt, numpy.log, numpy.sin, numpy.cos)
    maximum, minimum, where, clip = (
        numpy.maximum, numpy.minimum, numpy.where, numpy.clip)
    concatenate = staticmethod(numpy.concatenate)

    sigmoid = staticmethod(sigmoid)

    @staticmethod
    def softplus(x):
        return numpy.logaddexp(0, x)


class InTheano:
    """The operations of a program on Theano variables."""

    dot = staticmethod(tensor.dot)
    tanh, exp, sqrt, log, sin, cos = (
        tensor.tanh, tensor.exp, tensor.sqrt, tensor.log, tensor.sin,
        tensor.cos)
    maximum, minimum, where, clip = (
        tensor.maximum, tensor.minimum, tensor.switch, tensor.clip)
    concatenate = staticmethod(tensor.concatenate)
    sigmoid, softplus = tensor.nnet.sigmoid, tensor.nnet.softplus


#: Operations on one row, by name. They are bounded or grow slowly, and are
#: differentiable where values are drawn.
UNARY = {
    'tanh': lambda m, a: m.tanh(a),
    'sigmoid': lambda m, a: m.sigmoid(a),
    'softplus': lambda m, a: m.softplus(a),
    'exp': lambda m, a: m.exp(-a * a),
    'sqrt': lambda m, a: m.sqrt(1 + a ** 2),
    'log': lambda m, a: m.log(a * a + 2.),
    'sin': lambda m, a: m.sin(a),
    'cos': lambda m, a: m.cos(1 - a),
    'negative': lambda m, a: -a,
    'power': lambda m, a: abs(a) ** 1.5,
    'abs': lambda m, a: abs(a),
    'clip': lambda m, a: m.clip(a, -.6, .7),
    'scale': lambda m, a: a * .5 + 0 * a,
    'shift': lambda m, a: a - 1.25,
    'mean': lambda m, a: a - a.mean(axis=1)[:, None],
    'sum': lambda m, a: .3 * a.sum(axis=1, keepdims=True) + a,
    'norm': lambda m, a: a / m.sqrt((a ** 2).sum(axis=1) + 1)[:, None],
    'first': lambda m, a: a[:, 0][:, None] * a,
    'reversed halves': lambda m, a: m.concatenate(
        [a[:, 1:], a[:, :1]], axis=1),
    'repeat': lambda m, a: m.concatenate([a[:, -1:], m.tanh(a)[:, :-1]],
                                         axis=1),
}
BINARY = {
    'add': lambda m, a, b: a + b,
    'subtract': lambda m, a, b: a - b,
    'multiply': lambda m, a, b: a * b,
    'divide': lambda m, a, b: a / (1.5 + b ** 2),
    'maximum': lambda m, a, b: m.maximum(a, b),
    'minimum': lambda m, a, b: m.minimum(a, b),
    'where': lambda m, a, b: m.where(a > b, a * b, b),
    'between': lambda m, a, b: m.where((a > 0) & (b <= .2), a, m.tanh(b)),
    'mix': lambda m, a, b: m.sigmoid(a) * a + (1 - m.sigmoid(a)) * b,
}


@strategies.composite
def programs(draw, most=9):
    """Draw a program: instructions that each push a value onto a stack.

    Values 0 to 7 are the rows of the arguments :data:`ROWS`, of widths 2 and
    3 in turn.

    """
    widths = list(WIDTHS) * 4
    program = []
    for _ in range(draw(strategies.integers(2, most))):
        # A lone vector is not a row of a sequence.
        rows = [number for number in range(len(widths))
                if number not in (6, 7)]
        kind = draw(strategies.sampled_from(
            ['unary', 'binary', 'binary', 'product', 'product', 'slice',
             'concatenate', 'add vector']))
        one = draw(strategies.sampled_from(rows))
        width = widths[one]
        if kind == 'unary':
            program.append((kind, draw(strategies.sampled_from(
                sorted(UNARY))), one))
        elif kind == 'binary':
            other = draw(strategies.sampled_from(
                [row for row in rows if widths[row] == width]))
            program.append((kind, draw(strategies.sampled_from(
                sorted(BINARY))), one, other))
        elif kind == 'product':
            result = draw(strategies.sampled_from(WIDTHS))
            program.append((kind, one, width, result))
            width = result
        elif kind == 'slice':
            # Only rows of more than three features are sliced.
            if width <= 3:
                program.append(('unary', 'tanh', one))
            else:
                start = draw(strategies.sampled_from(
                    range(0, width - 1)))
                width = draw(strategies.sampled_from(
                    [n for n in WIDTHS if start + n <= width]))
                program.append((kind, one, start, width))
        elif kind == 'concatenate':
            other = draw(strategies.sampled_from(rows))
            if width + widths[other] > 6:
                program.append(('unary', 'sigmoid', one))
            else:
                program.append((kind, one, other))
                width += widths[other]
        elif width in WIDTHS:
            program.append((kind, one, 6 + WIDTHS.index(width)))
        else:
            program.append(('unary', 'norm', one))
        widths.append(width)
    outputs = []
    for width in WIDTHS:
        last = [number for number in range(len(widths)) if number not in (
            6, 7) and widths[number] == width][-2:]
        outputs.append(draw(strategies.sampled_from(last)))
    return program, outputs


def run(program, outputs, mode, rows, matrices):
    """Run a program in NumPy or Theano; return h and c."""
    stack = [rows[name] for name in ROWS]
    for kind, *rest in program:
        if kind == 'unary':
            value = UNARY[rest[0]](mode, stack[rest[1]])
        elif kind == 'binary':
            value = BINARY[rest[0]](mode, stack[rest[1]], stack[rest[2]])
        elif kind == 'product':
            value = mode.dot(stack[rest[0]], matrices[tuple(rest[1:])])
        elif kind == 'slice':
            value = stack[rest[0]][:, rest[1]:rest[1] + rest[2]]
        elif kind == 'concatenate':
            value = mode.concatenate([stack[rest[0]], stack[rest[1]]], axis=1)
        else:
            value = stack[rest[0]] + stack[rest[1]]
        stack.append(value)
    # Bounded, so that states do not grow from step to step.
    return [mode.tanh(stack[output]) * .9 for output in outputs]


class Case:
    """A program with its variables and random values."""

    def __init__(self, program, outputs):
        self.program, self.outputs = program, outputs
        rng = numpy.random.RandomState(len(program))
        self.matrices = {}
        for kind, *rest in program:
            if kind == 'product':
                self.matrices.setdefault(
                    tuple(rest[1:]), rng.normal(size=rest[1:]) * .7)
        self.vectors = {name: rng.normal(size=width) for name, width in zip(
            NAMES['vector'], WIDTHS)}
        self.shared = {key: theano.shared(matrix, name='M{}{}'.format(*key))
                       for key, matrix in self.matrices.items()}
        self.shared_vectors = {
            name: theano.shared(vector, name=name)
            for name, vector in self.vectors.items()}
        self.arguments = [
            Argument(kind, name, width, 2)
            for kind in ('sequence', 'state', 'context')
            for name, width in zip(NAMES[kind], WIDTHS)]

    def step(self, mask=None, **rows):
        after = run(self.program, self.outputs, InTheano,
                    dict(rows, **self.shared_vectors), self.shared)
        if mask is None:
            return after
        mask = mask[:, None]
        return [mask * new + (1 - mask) * rows[name]
                for new, name in zip(after, NAMES['state'])]

    def loop(self, arrays, mask, reverse):
        """Iterate the program in NumPy; return outputs by name."""
        matrices = {key: arrays.get(variable.name, self.matrices[key])
                    for key, variable in self.shared.items()}
        rows = {name: arrays.get(name, self.vectors.get(name))
                for name in ROWS}
        states = [arrays[name] for name in NAMES['state']]
        results = [[None] * T for _ in states]
        for t in range(T)[::-1] if reverse else range(T):
            now = dict(rows, **{name: rows[name].reshape(T, B, -1)[t]
                                for name in NAMES['sequence']})
            now.update(zip(NAMES['state'], states))
            states = [numpy.where(mask[t][:, None], new, old)
                      for new, old in zip(run(
                          self.program, self.outputs, InNumpy, now,
                          matrices), states)]
            for result, state in zip(results, states):
                result[t] = state
        return {name: numpy.reshape(result, (T * B, -1))
                for name, result in zip(NAMES['state'], results)}


QUICK = dict(deadline=None, derandomize=True, database=None,
             suppress_health_check=list(HealthCheck))


class TestRandomSteps(unittest.TestCase):
    @settings(max_examples=120, **QUICK)
    @given(programs(), strategies.booleans(), strategies.integers(1, 3))
    def test_kernels_equal_numpy(self, program, reverse, shares):
        case = Case(*program)
        cells, _ = make_cells(
            case.step, case.arguments + [Argument('sequence', 'mask', 1, 1)],
            list(NAMES['state']), 'float64', 'mask')
        rng = numpy.random.RandomState(8)
        with plain():
            arrays, outputs, weights, gradients = compute(
                cells.skipping, (T, B), rng, HOLES, reverse, shares)
        expected = case.loop(arrays, HOLES, reverse)
        for name in NAMES['state']:
            assert_allclose(outputs[name], expected[name], rtol=1e-11,
                            atol=1e-12)

        def cost(sign):
            moved = {name: array + sign * 1e-6 * direction[name]
                     for name, array in arrays.items()}
            result = case.loop(moved, HOLES, reverse)
            return sum((weights[name] * result[name]).sum()
                       for name in result)
        direction = {name: rng.normal(size=array.shape)
                     for name, array in arrays.items()}
        slope = sum(
            (gradients[name] * direction[name].reshape(gradients[name].shape)
             ).sum() for name in gradients if name != 'mask')
        difference = (cost(1) - cost(-1)) / 2e-6
        scale = sum(numpy.abs(gradient).max(initial=0)
                    for gradient in gradients.values())
        assert_allclose(slope, difference, atol=2e-6 * (1 + scale))

    @settings(max_examples=2, **QUICK)
    @given(programs(most=14))
    def test_kernels_equal_scan(self, program):
        case = Case(*program)
        widths = {argument.name: argument.width
                  for argument in case.arguments}
        groups = [
            {name: tensor.TensorType('float64', (False,) * ndim)(name)
             for name in NAMES[kind]}
            for kind, ndim in (('sequence', 3), ('state', 2), ('context', 2))]
        sequences, states, contexts = groups
        mask = tensor.matrix('mask', dtype='float64')
        fused = iterate(case.step, dict(sequences, mask=mask), states,
                        contexts, list(NAMES['state']), widths.__getitem__,
                        mask='mask', threads=1)

        def one(*rows):
            names = ('mask',) + NAMES['sequence'] + NAMES['state'] + NAMES[
                'context']
            return case.step(**dict(zip(names, rows)))
        scanned, _ = theano.scan(
            one, sequences=[mask] + list(sequences.values()),
            outputs_info=list(states.values()),
            non_sequences=list(contexts.values()))
        inputs = [variable for group in groups for variable in group.values()]
        wrt = inputs + list(case.shared.values()) + list(
            case.shared_vectors.values())
        rng = numpy.random.RandomState(5)
        data = [rng.normal(size=shape + (width,)) * .8 for shape in (
            (T, B), (B,), (B,)) for width in WIDTHS]
        results = []
        for outputs, mode in (fused, None), (scanned, 'FAST_COMPILE'):
            function = theano.function([mask] + inputs, outputs + theano.grad(
                cost_of(outputs), wrt, disconnected_inputs='ignore'),
                mode=mode, on_unused_input='ignore')
            results.append(function(HOLES, *data))
        for value, expected in zip(*results):
            assert_allclose(value, expected, rtol=1e-10, atol=1e-11)
