import pickle
import unittest
from unittest import mock

import numpy
import theano
from theano import tensor

from rnn_kernels import iterate, kernel
from rnn_kernels.ops import Iterate, IterateGradient
from tests.rnn_kernels.plain import plain
from tests.rnn_kernels.steps import STEPS
from tests.rnn_kernels.test_iteration import HOLES, cost_of, nodes_of

T, B = HOLES.shape


class TestNodes(unittest.TestCase):
    def setUp(self):
        self.bound = STEPS['gru'].bind('float64')

    def test_pickle_and_equality(self):
        node = self.bound.iterate(threads=2)[0].owner
        copy = pickle.loads(pickle.dumps(node.op))
        self.assertEqual(copy, node.op)
        self.assertEqual(hash(copy), hash(node.op))
        again = self.bound.iterate(threads=2)[0].owner.op
        self.assertEqual(again, node.op)
        for name, other in (
                ('reverse', self.bound.iterate(threads=2, reverse=True)),
                ('threads', self.bound.iterate(threads=1)),
                ('cell', STEPS['gru_after'].bind('float64').iterate(
                    threads=2)),
                ('mask', STEPS['gru'].bind('float64', masked=False).iterate(
                    threads=2))):
            self.assertNotEqual(other[0].owner.op, node.op, name)

    def test_gradients_pickle(self):
        states, = self.bound.iterate(threads=2)
        function = theano.function(
            self.bound.inputs, theano.grad(
                states.sum(), list(self.bound.sequences.values())[0]))
        node, = nodes_of(function, IterateGradient)
        self.assertEqual(pickle.loads(pickle.dumps(node.op)), node.op)

    def test_equal_nodes_become_one(self):
        outputs = [self.bound.iterate(threads=1)[0] for _ in range(2)]
        gradients = [theano.grad(output.sum(), self.bound.weights.made[0])
                     for output in outputs]
        function = theano.function(self.bound.inputs, outputs + gradients)
        self.assertEqual(len(nodes_of(function, IterateGradient)), 1)
        self.assertEqual(len(nodes_of(function, Iterate)), 1)

    def test_compiled_function_pickles(self):
        function = theano.function(self.bound.inputs,
                                   self.bound.iterate(threads=1))
        data = self.bound.data(T, B, HOLES)
        with plain():
            expected, = function(*data)
            again, = pickle.loads(pickle.dumps(function))(*data)
        numpy.testing.assert_array_equal(again, expected)

    def test_shapes_without_computing(self):
        for name in 'lstm', 'total', 'dropout':
            bound = STEPS[name].bind('float64')
            outputs = bound.iterate(threads=1)
            inputs = bound.inputs
            wrt = [variable for variable in inputs
                   if variable.name != 'mask'] + bound.weights.made
            gradients = theano.grad(cost_of(outputs), wrt)
            function = theano.function(
                inputs, [output.shape for output in outputs] +
                [gradient.shape for gradient in gradients],
                on_unused_input='ignore', mode='FAST_RUN')
            self.assertEqual(nodes_of(function, (Iterate, IterateGradient)),
                             [], name)
            data = bound.data(4, 3)
            values = theano.function(inputs, outputs + gradients,
                                     on_unused_input='ignore')
            with plain():
                self.assertEqual(
                    [tuple(shape) for shape in function(*data)],
                    [value.shape for value in values(*data)], name)

    def test_connection(self):
        cell = STEPS['lstm'].bind('float64')
        node = cell.iterate(threads=1)[0].owner
        self.assertEqual(node.op.connection_pattern(node),
                         [[True, True, False]] * len(node.inputs))
        # The cost depends on one of the outputs.
        gradient = theano.grad(node.outputs[1].sum(), cell.inputs[0])
        self.assertEqual(gradient.ndim, 3)

    def test_cost_of_cells_alone(self):
        bound = STEPS['lstm'].bind('float64')
        outputs, scanned = bound.iterate(threads=1), bound.scan()
        wrt = bound.inputs + bound.weights.made
        data = bound.data(T, B, HOLES)
        results = []
        for cells in outputs[1], scanned[1]:
            function = theano.function(
                bound.inputs, theano.grad((cells ** 2).sum(), wrt),
                mode=None if cells is outputs[1] else 'FAST_COMPILE')
            with plain():
                results.append(function(*data))
        for variable, value, expected in zip(wrt, *results):
            numpy.testing.assert_allclose(value, expected, rtol=1e-9,
                                          atol=1e-11,
                                          err_msg=str(variable.name))


class TestWork(unittest.TestCase):
    """Nothing that is not read is computed."""

    def setUp(self):
        self.bound = STEPS['projecting'].bind('float64')
        self.outputs = self.bound.iterate(threads=1)
        self.data = self.bound.data(T, B, HOLES)

    def forward_calls(self, function):
        with plain(), mock.patch.object(
                kernel, 'forward_tasks', wraps=kernel.forward_tasks) as spy:
            function(*self.data)
        return [call[0] for call in spy.call_args_list]

    def wanted(self, wrt):
        function = theano.function(
            self.bound.inputs, theano.grad(cost_of(self.outputs), wrt))
        with plain(), mock.patch.object(
                kernel, 'RunGradients', wraps=kernel.RunGradients) as spy:
            function(*self.data)
        return [call[0][2] for call in spy.call_args_list]

    def test_no_tape_without_a_gradient(self):
        function = theano.function(self.bound.inputs, self.outputs)
        (_, _, tape), = self.forward_calls(function)
        self.assertIsNone(tape)
        function = theano.function(
            self.bound.inputs, self.outputs + [theano.grad(
                cost_of(self.outputs), self.bound.weights.made[0])])
        (run, _, tape), = self.forward_calls(function)
        self.assertEqual(len(tape), kernel.tape_size(run.cell,
                                                     HOLES.sum()))

    def test_gradients_of_sequences_if_read(self):
        weights = self.bound.weights.made
        wanted, = self.wanted(weights)
        self.assertNotIn('inputs', wanted)
        wanted, = self.wanted(weights + [self.bound.sequences['inputs']])
        self.assertIn('inputs', wanted)

    def test_gradient_of_the_mask_is_computed_only_if_read(self):
        function = theano.function(
            self.bound.inputs, theano.grad(cost_of(self.outputs),
                                           self.bound.weights.made))
        self.assertEqual(len(nodes_of(function, Iterate)), 1)
        function = theano.function(
            self.bound.inputs, theano.grad(self.outputs[0].sum(),
                                           self.bound.sequences['mask']),
            mode='FAST_RUN')
        self.assertEqual([node.op.recurrences[0].mask
                          for node in nodes_of(function, Iterate)], [None])

    def test_memory_is_not_shared_between_calls(self):
        # Large arrays come from a pool.
        bound = STEPS['simple'].bind('float64', masked=False, dim=60)
        inputs = bound.sequences['inputs']
        outputs = bound.iterate(threads=1)
        function = theano.function(bound.inputs, outputs + theano.grad(
            cost_of(outputs), [inputs]))
        with mock.patch.object(kernel, '_function', lambda text, name: (
                lambda *arguments: None)), mock.patch.object(
                kernel, 'addresses'):
            calls = [function(*bound.data(50, 40)) for _ in range(3)]
        arrays = sum(calls, [])
        self.assertGreater(arrays[0].nbytes, 2 ** 16)
        for number, array in enumerate(arrays):
            for other in arrays[:number]:
                self.assertFalse(numpy.shares_memory(array, other))


class TestErrors(unittest.TestCase):
    def test_second_derivative(self):
        bound = STEPS['simple'].bind('float64', masked=False)
        gradient = theano.grad(bound.iterate(threads=1)[0].sum(),
                               bound.weights.made[0])
        with self.assertRaisesRegex(
                Exception, '(?s)kernels have first derivatives only.*'
                'RNN_KERNELS=0'):
            theano.grad(gradient.sum(), bound.weights.made[0])

    def test_shapes(self):
        bound = STEPS['dropout'].bind('float64')
        function = theano.function(
            bound.inputs, bound.iterate(threads=1, who="Net 'enc'"))
        good = bound.data(T, B)
        labels = [variable.name for variable in bound.inputs]

        def refuse(message, **wrong):
            data = [numpy.ones(wrong.get(name, array.shape))
                    for name, array in zip(labels, good)]
            with self.assertRaisesRegex(ValueError, message):
                function(*data)

        refuse(r"Net 'enc': the sequence 'mask' must have the shape \(6, 4\),"
               r" since 'inputs' has \(6, 4, 5\); got \(5, 4\)", mask=(5, 4))
        refuse(r"the sequence 'mask' .* got \(4, 6\); transpose "
               "batch-major data to time-major", mask=(4, 6))
        refuse(r"the sequence 'inputs' must have the shape \(6, 4, 5\).* got "
               r"\(6, 4, 7\)", inputs=(6, 4, 7))
        refuse(r"the state 'states' must have the shape \(4, 5\).* got "
               r"\(3, 5\)", states=(3, 5))
        refuse(r"the context 'factors' must have the shape \(4, 5\).* got "
               r"\(4, 1\)", factors=(4, 1))
        with plain():
            function(*good)

    def test_changed_shape_of_weights_is_refused(self):
        for name in 'W_state', 'b':
            bound = STEPS['relu'].bind('float64', masked=False)
            function = theano.function(bound.inputs,
                                       bound.iterate(threads=1))
            weights = getattr(bound.weights, name)
            weights.set_value(numpy.ones((6,) * weights.ndim))
            with self.assertRaisesRegex(
                    ValueError, r"'{}' must have the shape \(5,".format(
                        name)):
                function(*bound.data(T, B))


class TestLayouts(unittest.TestCase):
    """Arrays may have any memory layout."""

    def test_noncontiguous_arrays(self):
        bound = STEPS['gru'].bind('float64')
        function = theano.function(bound.inputs, bound.iterate(threads=1))
        data = bound.data(T, B, HOLES)
        other = [numpy.asfortranarray(array) for array in data]
        other[0] = numpy.repeat(data[0], 2, axis=2)[:, :, ::2]
        other[1] = data[1][::-1].copy()[::-1]
        other[0].setflags(write=False)
        with plain():
            expected, = function(*data)
            values, = function(*other)
        numpy.testing.assert_allclose(values, expected, rtol=1e-13)

    def test_inside_an_outer_loop(self):
        bound = STEPS['simple'].bind('float64', masked=False)
        inputs = bound.sequences['inputs']
        states = bound.states['states']

        def turn(before):
            return iterate(bound, {'inputs': inputs}, {'states': before}, {},
                           ['states'], lambda name: 5, threads=1)[0][-1]
        turns, _ = theano.scan(turn, outputs_info=states, n_steps=3)
        function = theano.function(bound.inputs, turns[-1])
        data = bound.data(T, B)
        W = bound.weights.made[0].get_value()
        expected = data[1]
        for _ in range(3):
            for row in data[0]:
                expected = numpy.tanh(expected.dot(W) + row)
        with plain():
            numpy.testing.assert_allclose(function(*data), expected,
                                          rtol=1e-11)

    def test_broadcastable_initial_state(self):
        bound = STEPS['simple'].bind('float64', masked=False)
        row = tensor.row('row', dtype='float64')
        output, = iterate(
            bound, bound.sequences, {'states': row}, {}, ['states'],
            lambda name: 5, threads=1)
        gradient = theano.grad(output.sum(), row)
        self.assertEqual(gradient.broadcastable, (True, False))
        function = theano.function([bound.inputs[0], row], [output, gradient])
        data = bound.data(T, 1)
        with plain():
            self.assertEqual(function(*data)[1].shape, (1, 5))
