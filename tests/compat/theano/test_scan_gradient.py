"""Tests of gradients of loops of every form, also stopped, truncated, empty.

The reference is a loop in NumPy with central differences.

"""

from unittest import TestCase

import numpy
import theano
from numpy.testing import assert_allclose
from theano import tensor
from theano.gradient import verify_grad

DIM = 2


class Loop:
    """A loop whose step combines all its arguments.

    Parameters
    ----------
    states : list of list of int
        Offsets at which the step reads each state.
    others : int
        Number of outputs that the step does not read.
    sequences : list of list of int
        Offsets at which the step reads each sequence.
    length : int
        Number of steps that the sequences allow.
    stop : int, optional
        Number of steps after which ``until`` ends the loop.
    backwards : bool
        Whether to iterate backward.
    truncate : int
        Number of steps that the gradient goes back, or -1.
    costly : list of int, optional
        Outputs that the cost depends on, by default all.

    """

    def __init__(self, states, others, sequences, length, stop=None,
                 backwards=False, truncate=-1, costly=None):
        rng = numpy.random.RandomState(7)
        self.states, self.others, self.sequences = states, others, sequences
        self.length, self.stop, self.backwards = length, stop, backwards
        self.truncate = truncate
        number = len(states) + others
        self.costly = range(number) if costly is None else costly
        self.factors = rng.uniform(.3, 1, size=12)
        self.cost_weights = rng.normal(size=(number, length, DIM))
        self.values = [
            rng.normal(size=(length + max(taps + [0]) - min(taps + [0]), DIM))
            for taps in sequences]
        self.values += [rng.normal(size=(-min(taps), DIM)) for taps in states]
        self.values.append(rng.normal(size=(DIM, DIM)))

    def step(self, library, slices, weights):
        """Compute the outputs of one step on arrays or variables."""
        mixed = sum(factor * library.tanh(vector) for factor, vector
                    in zip(self.factors, slices))
        return [library.tanh(library.dot(mixed, weights) + .2 * k * mixed)
                for k in range(len(self.states) + self.others)]

    def outputs(self, values, first=0, before=()):
        """Loop in NumPy; steps before `first` are taken from `before`."""
        number = len(self.sequences)
        sequences, initial = values[:number], values[number:-1]
        outputs = [[] for _ in range(len(self.states) + self.others)]
        for step in range(min(self.length, self.stop or self.length)):
            time = self.length - 1 - step if self.backwards else step
            slices = [x[time + tap - min(taps + [0])]
                      for x, taps in zip(sequences, self.sequences)
                      for tap in taps]
            for state, start, taps in zip(outputs, initial, self.states):
                history = [*start, *state]
                slices += [history[len(history) + tap] for tap in taps]
            for output, value in zip(outputs, before if step < first else
                                     self.step(numpy, slices, values[-1])):
                output.append(value[step] if step < first else value)
        return [numpy.reshape(output, (-1, DIM)) for output in outputs]

    def gradients(self):
        """Differentiate the cost of the last steps by central differences."""
        before = self.outputs(self.values)
        first = (max(0, len(before[0]) - self.truncate)
                 if self.truncate >= 0 else 0)

        def cost(values):
            outputs = self.outputs(values, first, before)
            return sum((self.cost_weights[k, first:len(outputs[k])]
                        * outputs[k][first:]).sum() for k in self.costly)

        for position, value in enumerate(self.values):
            gradient = numpy.zeros_like(value)
            for index in numpy.ndindex(value.shape):
                sides = []
                for change in 1e-6, -1e-6:
                    values = [x.copy() for x in self.values]
                    values[position][index] += change
                    sides.append(cost(values))
                gradient[index] = (sides[0] - sides[1]) / 2e-6
            yield gradient

    def function(self):
        """Compile the loop, which returns its outputs, then the gradients."""
        variables = [tensor.dmatrix() for _ in self.values]
        number = len(self.sequences)
        sequences = [{'input': x, 'taps': taps}
                     for x, taps in zip(variables, self.sequences)]
        count = tensor.arange(1, self.length + 1)
        sequences.append(count[::-1] if self.backwards else count)
        taken = sum(map(len, self.sequences))

        def step(*args):
            slices, count, states = (args[:taken], args[taken],
                                     args[taken + 1:-1])
            outputs = self.step(tensor, [*slices, *states], args[-1])
            if self.stop is None:
                return outputs
            return outputs, theano.scan_module.until(
                tensor.ge(count, self.stop))

        starts = [{'initial': x if taps != [-1] else x[0], 'taps': taps}
                  for x, taps in zip(variables[number:], self.states)]
        outputs, _ = theano.scan(
            step, sequences=sequences, outputs_info=starts + [
                None] * self.others, non_sequences=variables[-1],
            go_backwards=self.backwards, truncate_gradient=self.truncate,
            return_list=True)
        weights = tensor.as_tensor_variable(self.cost_weights)
        cost = sum((weights[k][:outputs[k].shape[0]] * outputs[k]).sum()
                   for k in self.costly)
        return theano.function(
            variables, outputs + tensor.grad(cost, variables))


class TestGradients(TestCase):
    """Values and gradients by sequences, initial states and weights."""

    def check(self, mode='FAST_COMPILE', **loops):
        for name, loop in loops.items():
            with self.subTest(loop=name), \
                    theano.config.change_flags(mode=mode):
                found = loop.function()(*loop.values)
                expected = loop.outputs(loop.values)
                expected += loop.gradients()
                self.assertEqual([x.shape for x in found],
                                 [x.shape for x in expected])
                for x, y in zip(found, expected):
                    assert_allclose(x, y, atol=1e-7)

    def test_until(self):
        self.check(
            one_state=Loop([[-1]], 0, [[0]], length=5, stop=3),
            first_step=Loop([[-1]], 0, [[0]], length=4, stop=1),
            never=Loop([[-1]], 0, [[0]], length=3, stop=9),
            no_state=Loop([], 1, [[0]], length=5, stop=3),
            no_sequence=Loop([[-1]], 0, [], length=5, stop=3),
            state_and_output=Loop([[-1]], 1, [[0], [0]], length=6, stop=4),
            output_only=Loop([[-1]], 1, [[0]], length=6, stop=4, costly=[1]),
            two_states=Loop([[-1], [-1]], 0, [[0]], length=5, stop=3,
                            costly=[1]),
            several_taps=Loop([[-3, -1]], 0, [[-1, 0, 2]], length=6, stop=4),
            all_forms=Loop([[-3, -2], [-2], [-1]], 1, [[0], [-1, 1]],
                           length=6, stop=4))

    def test_rewritten(self):
        self.check(
            mode='FAST_RUN',
            until=Loop([[-3, -2], [-2], [-1]], 1, [[0], [-1, 1]],
                       length=6, stop=4),
            truncated=Loop([[-2, -1], [-1]], 1, [[0]], length=6, stop=4,
                           truncate=2),
            no_step=Loop([[-2, -1], [-1]], 1, [[0]], length=0))

    def test_until_backwards(self):
        self.check(
            one_state=Loop([[-1]], 0, [[0]], length=5, stop=3,
                           backwards=True),
            several_taps=Loop([[-2, -1]], 1, [[-1, 0, 2]], length=6, stop=4,
                              backwards=True))

    def test_truncation(self):
        for stop in None, 4:
            self.check(
                some=Loop([[-1]], 1, [[0]], length=6, stop=stop, truncate=2),
                several_taps=Loop([[-3, -1]], 0, [[0]], length=6, stop=stop,
                                  truncate=3),
                backwards=Loop([[-1]], 0, [[0]], length=6, stop=stop,
                               truncate=2, backwards=True))

    def test_truncation_after_the_first_step(self):
        self.check(all=Loop([[-1]], 1, [[0]], length=6, stop=4, truncate=5))

    def test_zero_steps(self):
        for stop in None, 1:
            self.check(
                one_state=Loop([[-1]], 0, [[0]], length=0, stop=stop),
                all_forms=Loop([[-2, -1], [-1]], 1, [[0]], length=0,
                               stop=stop),
                truncated=Loop([[-1]], 1, [[0]], length=0, stop=stop,
                               truncate=2))

    def test_until_depends_on_values(self):
        x, s0 = tensor.dvector(), tensor.dscalar()
        s, _ = theano.scan(
            lambda x_t, s: (s + x_t ** 2,
                            theano.scan_module.until(s + x_t ** 2 > 6)),
            sequences=x, outputs_info=s0)
        f = theano.function([x, s0], [s] + tensor.grad(s[-1], [x, s0]))
        states, by_x, by_s0 = f(numpy.arange(1., 6.), 0.)
        assert_allclose(states, [1, 5, 14])
        assert_allclose(by_x, [2, 4, 6, 0, 0])
        self.assertEqual(by_s0, 1.)

    def test_second_derivatives_of_until(self):
        rng = numpy.random.RandomState(3)
        point = [rng.normal(size=(4, DIM)), rng.normal(size=(2, DIM)),
                 rng.normal(size=(DIM, DIM))]
        point[0][2, 0] = 6.

        def cost(x, start, w):
            (h, y), _ = theano.scan(
                lambda a, h1, h2: (
                    [tensor.tanh(tensor.dot(h1 + .5 * h2, w) + a),
                     h1 * h2 * a], theano.scan_module.until(a[0] > 5)),
                sequences=x, outputs_info=[
                    {'initial': start, 'taps': [-1, -2]}, None])
            return h.sum() + (y ** 2).sum() + h[-1][0] * h[-1][1]

        def gradients(*variables):
            return tensor.concatenate([
                gradient.flatten() for gradient
                in tensor.grad(cost(*variables), variables)])

        verify_grad(gradients, point, n_tests=1)

        variables = tensor.dmatrices(3)
        direction = tensor.dmatrix()
        along = theano.Rop(cost(*variables), variables[0], direction)
        dot = (tensor.grad(cost(*variables), variables[0]) * direction).sum()
        assert_allclose(*theano.function(
            [*variables, direction], [along, dot])(*point, point[0] + 1))


class TestNoStep(TestCase):
    """Tests of loops over zero steps."""

    def test_shapes(self):
        x, w = tensor.dmatrices('x', 'w')
        streams = theano.sandbox.rng_mrg.MRG_RandomStreams(1)
        outputs, updates = theano.scan(
            lambda a, h: [h + a, tensor.outer(a, w[0]),
                          tensor.concatenate([h, a]), a.sum(),
                          streams.normal(a.shape),
                          tensor.zeros((w.shape[0], a.shape[0]), 'int8')],
            sequences=x, outputs_info=[w[0]] + 5 * [None])
        shapes = [(0, 2), (0, 2, 2), (0, 4), (0,), (0, 2), (0, 3, 2)]
        for mode in 'FAST_COMPILE', 'FAST_RUN':
            f = theano.function([x, w], outputs, updates=updates, mode=mode)
            for rows in 0, 2, 0:
                found = f(numpy.ones((rows, 2)), numpy.ones((3, 2)))
                self.assertEqual(
                    [(value.shape, value.dtype.name) for value in found],
                    [((rows, *shape[1:]), output.dtype)
                     for shape, output in zip(shapes, outputs)])

    def test_rest_of_a_sequence(self):
        x, w = tensor.dmatrices('x', 'w')
        h, _ = theano.scan(lambda x_t, h, w: tensor.dot(h, w) + x_t,
                           sequences=x[1:], outputs_info=x[0],
                           non_sequences=w)
        last = tensor.concatenate([x[:1], h])[-1].sum()
        f = theano.function([x, w], tensor.grad(last, [x, w]))
        by_x, by_w = f(numpy.ones((1, 2)), numpy.eye(2))
        assert_allclose(by_x, numpy.ones((1, 2)))
        assert_allclose(by_w, numpy.zeros((2, 2)))
        by_x, by_w = f(numpy.ones((2, 2)), numpy.eye(2))
        assert_allclose(by_x, numpy.ones((2, 2)))
        assert_allclose(by_w, numpy.ones((2, 2)))

    def test_reductions(self):
        x = tensor.dmatrix()
        squares, _ = theano.map(lambda a: tensor.outer(a, a), x)
        f = theano.function([x], [squares.sum(axis=0), tensor.grad(
            squares.sum(), x)])
        total, gradient = f(numpy.ones((0, 3)))
        assert_allclose(total, numpy.zeros((3, 3)))
        self.assertEqual(gradient.shape, (0, 3))
