"""Tests of compiled functions and shared variables."""

import contextlib
import copy
import io
import pickle
from unittest import TestCase

import numpy
import theano
from numpy.testing import assert_array_equal
from theano import tensor
from theano.compile.function_module import Function


class TestOutputs(TestCase):
    """Results have the structure of the outputs."""

    def setUp(self):
        self.x = tensor.dscalar('x')

    def test_one_variable_returns_an_array(self):
        value = theano.function([self.x], 2 * self.x)(3.)
        self.assertEqual((value.shape, value.dtype, float(value)),
                         ((), 'float64', 6.))

    def test_list_and_tuple_return_lists(self):
        for form in list, tuple:
            values = theano.function([self.x], form([self.x, -self.x]))(3.)
            self.assertEqual(values, [3., -3.])

    def test_no_outputs_return_a_list(self):
        self.assertEqual(theano.function([], None)(), [])

    def test_dictionary_returns_the_same_keys(self):
        function = theano.function(
            [self.x], {'square': self.x ** 2, 'double': 2 * self.x})
        self.assertEqual(function(3.), {'square': 9., 'double': 6.})
        self.assertEqual(function(3., output_subset=['square']),
                         {'square': 9.})

    def test_subset_of_a_list(self):
        for spec in self.x, theano.In(self.x, value=1.):
            function = theano.function([spec], [self.x, -self.x])
            self.assertEqual(function(3., output_subset=[1]), [-3.])

    def test_out_borrow(self):
        function = theano.function(
            [self.x], theano.Out(2 * self.x, borrow=True))
        self.assertEqual(function(3.), 6.)


class TestInputs(TestCase):
    """Tests of defaults, names, casts and errors of inputs."""

    def setUp(self):
        self.x, self.y = tensor.dscalars('x', 'y')

    def test_default_value_is_restored(self):
        function = theano.function(
            [self.x, theano.In(self.y, value=10.)], self.x + self.y)
        self.assertEqual([function(1.), function(1., 2.), function(1., y=3.),
                          function(1.)], [11., 3., 4., 11.])

    def test_name_of_an_input(self):
        function = theano.function(
            [self.x, theano.In(self.y, name='other', value=1.)],
            self.x - self.y)
        self.assertEqual(function(x=5., other=2.), 3.)

    def test_former_name_of_in(self):
        function = theano.function(
            [self.x, theano.Param(self.y, default=4.)], self.x * self.y)
        self.assertEqual(function(2.), 8.)

    def test_update_of_a_default(self):
        function = theano.function(
            [theano.In(self.y, value=0., update=self.y + 1)], self.y)
        self.assertEqual([function(), function(), function()], [0., 1., 2.])

    def test_integers_become_floats_but_not_vice_versa(self):
        n = tensor.lscalar()
        self.assertEqual(theano.function([self.x], self.x)(3), 3.)
        with self.assertRaises(TypeError):
            theano.function([n], n)(2.5)
        downcast = theano.function([n], n, allow_input_downcast=True)
        self.assertEqual(downcast(2.5), 2)

    def test_integers_out_of_range(self):
        n, v = tensor.bscalar(), tensor.bvector()
        for variable, value in (n, 300), (v, [1, -129]):
            for downcast in None, False:
                function = theano.function([variable], variable,
                                           allow_input_downcast=downcast)
                with self.assertRaisesRegex(TypeError, 'fit into .*int8'):
                    function(value)
        wraps = theano.function([v], v, allow_input_downcast=True)
        assert_array_equal(wraps([312, 1]), [56, 1])
        with self.assertRaisesRegex(TypeError, 'fit into .*int8'):
            theano.shared(numpy.int8(1)).set_value(300)

    def test_python_floats_become_float32(self):
        x = tensor.fscalar()
        with theano.config.change_flags(floatX='float32'):
            self.assertEqual(theano.function([x], x)(.5), .5)
        with self.assertRaises(TypeError):
            theano.function([x], x)(numpy.float64(.1) * numpy.ones(()))

    def test_strict_input(self):
        function = theano.function(
            [theano.In(self.x, strict=True)], self.x)
        with self.assertRaises(TypeError):
            function(3)

    def test_wrong_calls(self):
        function = theano.function([self.x, self.y], self.x + self.y)
        for args, kwargs in [((1.,), {}), ((1., 2., 3.), {}),
                             ((1.,), {'z': 2.}), ((1., 2.), {'x': 1.}),
                             (([1.], 2.), {})]:
            with self.subTest(args=args, kwargs=kwargs), \
                    self.assertRaises(TypeError):
                function(*args, **kwargs)

    def test_inputs_must_be_a_list(self):
        with self.assertRaisesRegex(TypeError, 'list'):
            theano.function(self.x, self.x)

    def test_missing_input(self):
        with self.assertRaises(theano.gof.MissingInputError):
            theano.function([self.x], self.x + self.y)

    def test_unused_input(self):
        with self.assertRaises(theano.compile.UnusedInputError):
            theano.function([self.x, self.y], self.x)
        function = theano.function([self.x, self.y], self.x,
                                   on_unused_input='ignore')
        self.assertEqual(function(1., 2.), 1.)

    def test_shared_variable_is_not_an_input(self):
        with self.assertRaises(TypeError):
            theano.function([theano.shared(1.)], self.x)


class TestUpdates(TestCase):
    """Tests of assignments to shared variables."""

    def test_updates_use_the_previous_values(self):
        a, b = theano.shared(1.), theano.shared(2.)
        for updates in [(a, b), (b, a)], {a: b, b: a}:
            a.set_value(1.)
            b.set_value(2.)
            theano.function([], [], updates=updates)()
            self.assertEqual((a.get_value(), b.get_value()), (2., 1.))

    def test_output_is_the_previous_value(self):
        a = theano.shared(1.)
        count = theano.function([], a, updates=[(a, a + 1)])
        self.assertEqual([count(), count(), a.get_value()], [1., 2., 3.])

    def test_wrong_updates(self):
        a, x = theano.shared(numpy.float32(1)), tensor.dvector()
        for updates, error in [
                ([(x, x)], TypeError),
                ([(a, x)], TypeError),
                ([(a, a + 1), (a, a + 2)], ValueError)]:
            with self.subTest(updates=updates), self.assertRaises(error):
                theano.function([x], [], updates=updates,
                                on_unused_input='ignore')

    def test_ordered_updates(self):
        a, b, c = (theano.shared(float(i)) for i in range(3))
        updates = theano.OrderedUpdates([(c, a)])
        updates[a] = b
        self.assertEqual(list(updates), [c, a])
        total = updates + {b: c}
        self.assertEqual(list(total), [c, a, b])
        self.assertEqual(list([(b, c)] + updates), [b, c, a])
        with self.assertRaises(TypeError):
            updates['a'] = b
        with self.assertRaises(KeyError):
            updates + {a: c}

    def test_givens(self):
        x, y = tensor.dscalars('x', 'y')
        function = theano.function([y], x ** 2, givens={x: y + 1})
        self.assertEqual(function(2.), 9.)
        data = theano.shared(numpy.arange(3.))
        vector = tensor.dvector()
        total = theano.function([], vector.sum(), givens=[(vector, data)])
        self.assertEqual(total(), 3.)


class TestSharedVariable(TestCase):
    """Tests of types and values of shared variables."""

    def test_types(self):
        for value, dtype, ndim in [
                (1, 'int64', 0), (1., 'float64', 0),
                (numpy.float32(1), 'float32', 0),
                (numpy.ones((2, 3), 'int8'), 'int8', 2)]:
            variable = theano.shared(value)
            self.assertEqual((variable.dtype, variable.ndim), (dtype, ndim))
            self.assertIsInstance(
                variable, tensor.sharedvar.TensorSharedVariable)
            self.assertIsInstance(variable, theano.compile.SharedVariable)

    def test_length_one_broadcasts_only_on_request(self):
        value = numpy.ones((1, 3))
        self.assertEqual(theano.shared(value).broadcastable, (False, False))
        row = theano.shared(value, broadcastable=(True, False))
        self.assertEqual(row.type, tensor.drow)

    def test_other_objects_are_generic(self):
        variable = theano.shared({'key': 1})
        self.assertEqual(variable.type, theano.generic)

    def test_values_are_copied_unless_borrowed(self):
        value = numpy.zeros(2)
        variable = theano.shared(value)
        value[0] = 1
        assert_array_equal(variable.get_value(), [0, 0])
        variable.get_value()[0] = 2
        assert_array_equal(variable.get_value(), [0, 0])
        variable.set_value(value, borrow=True)
        self.assertIs(variable.get_value(borrow=True), value)

    def test_wrong_values(self):
        variable = theano.shared(numpy.zeros(2, 'float32'))
        for value in numpy.zeros((2, 2), 'float32'), numpy.zeros(2):
            with self.subTest(value=value), self.assertRaises(TypeError):
                variable.set_value(value)
        with self.assertRaises(TypeError):
            theano.shared(tensor.dscalar())

    def test_pickle_and_copy(self):
        variable = theano.shared(numpy.arange(3.), name='v')
        variable.tag.role = 'weight'
        for again in (pickle.loads(pickle.dumps(variable)),
                      copy.deepcopy(variable)):
            self.assertEqual((again.name, again.tag.role), ('v', 'weight'))
            assert_array_equal(again.get_value(), [0, 1, 2])
            again.set_value(numpy.zeros(1))
            assert_array_equal(variable.get_value(), [0, 1, 2])


class TestFunctionObject(TestCase):
    """Tests of compiled functions as objects."""

    def test_attributes(self):
        x = tensor.dscalar('x')
        function = theano.function([x], x + 1, name='plus')
        self.assertIsInstance(function, Function)
        self.assertEqual(function.name, 'plus')
        self.assertTrue(function.maker.fgraph.toposort())
        self.assertIn('x', function)
        self.assertTrue(callable(function.fn))

    def test_pickle_keeps_values_and_structure(self):
        x, y = tensor.dscalars('x', 'y')
        total = theano.shared(0., name='total')
        function = theano.function(
            [x, theano.In(y, value=2.)], {'product': x * y},
            updates=[(total, total + x)])
        function(1.)
        again = pickle.loads(pickle.dumps(function))
        self.assertEqual(again(3.), {'product': 6.})
        self.assertEqual(again(3., 5.), {'product': 15.})
        self.assertEqual(again(3.), {'product': 6.})
        self.assertEqual([shared.get_value()
                          for shared in again.get_shared()], [10.])
        self.assertEqual(total.get_value(), 1.)

    def test_copy_swaps_shared_variables(self):
        a, b = theano.shared(1.), theano.shared(5.)
        function = theano.function([], 2 * a)
        self.assertEqual(function.copy(swap={a: b})(), 10.)

    def test_profile_counts_calls(self):
        x = tensor.dscalar()
        function = theano.function(
            [x], x + 1, profile=theano.ProfileStats(atexit_print=False))
        function(1.)
        self.assertEqual(function.profile.fct_callcount, 1)

    def test_unknown_mode(self):
        with self.assertRaises(ValueError):
            theano.function([], [], mode='SLOW_RUN')

    def test_nan_guard_mode_raises(self):
        x = tensor.dvector()
        function = theano.function([x], tensor.log(x), mode='NanGuardMode')
        function(numpy.ones(2))
        with self.assertRaises(AssertionError), \
                numpy.errstate(invalid='ignore'), self.assertLogs():
            function(numpy.array([1., -1.]))


class TestMonitorMode(TestCase):
    """Tests of a mode that calls user functions."""

    def test_calls(self):
        x = tensor.dvector('x')
        seen = []

        def before(i, node, fn):
            seen.append((i, node.inputs[0], [cell[0] for cell in fn.inputs]))

        def after(i, node, fn):
            seen.append((i, node, [cell[0] for cell in fn.outputs]))

        mode = theano.compile.MonitorMode(
            pre_func=before, post_func=after, optimizer='fast_compile')
        function = theano.function([x], tensor.exp(x).sum(), mode=mode)
        self.assertEqual(function([0., 0.]), 2.)
        self.assertEqual([i for i, _, _ in seen], [0, 0, 1, 1])
        for (_, _, found), expected in zip(
                seen, [[0., 0.], [1., 1.], [1., 1.], 2.]):
            assert_array_equal(found[0], expected)

    def test_loops_and_copies_of_the_mode(self):
        x = tensor.dvector('x')
        h, _ = theano.scan(lambda a, h: a * h, sequences=x,
                           outputs_info=tensor.ones(()))
        calls = []
        mode = theano.compile.MonitorMode(
            post_func=lambda i, node, fn: calls.append(i))
        function = theano.function([x], tensor.grad(h[-1], x),
                                   mode=mode.excluding('fusion'))
        assert_array_equal(function([2., 3., 4.]), [12, 8, 6])
        self.assertEqual(calls, sorted(calls))

    def test_detect_nan(self):
        x = tensor.dvector('x')
        function = theano.function(
            [x], tensor.log(x), mode=theano.compile.MonitorMode(
                post_func=theano.compile.monitormode.detect_nan))
        for value, number in (1., 0), (-1., 1):
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed), \
                    numpy.errstate(invalid='ignore'):
                function([value])
            self.assertEqual(printed.getvalue().count('NaN detected'), number)
