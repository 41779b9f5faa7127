"""Tests that each patch of PyTensor is still needed and works."""

import json
import subprocess
import sys
from unittest import TestCase

import numpy
import theano
from numpy.testing import assert_allclose
from theano import tensor
from theano._replacement import (
    replace_keeping_common_parts,
    sharing_replacements,
)

#: Reports what an unpatched PyTensor does. A patch whose answer becomes
#: false can be removed; answers about elements concern the linker.
QUESTIONS = '''
import json, sys, unittest.mock, warnings
import numpy
import pytensor, pytensor.tensor as pt
from pytensor.scan.op import Scan
from pytensor.graph.traversal import apply_ancestors
from pytensor.scan.utils import until
from pytensor.tensor import basic


def raises(function, error=TypeError):
    try:
        function()
    except error:
        return True
    return False


def calls(function, *args):
    number = 0

    def count(frame, event, argument):
        nonlocal number
        number += 1

    sys.setprofile(count)
    function(*args)
    sys.setprofile(None)
    return number


def repeated_nodes():
    """Count nodes of a gradient's step that compute what others do."""
    state, weights = pt.dmatrix(), pt.dmatrices(4)
    states = pytensor.scan(
        lambda x, *weights: pt.tanh(pt.add(*map(x.dot, weights))),
        outputs_info=[state], non_sequences=weights, n_steps=3,
        return_updates=False)
    cost = states[-1].sum()
    backwards = [node.op for node in apply_ancestors(
        pytensor.grad(cost, weights)) if isinstance(node.op, Scan)
        and node.op.info.n_mit_mot]
    return sum(len(op.fgraph.apply_nodes)
               - len(op.fgraph.freeze().apply_nodes) for op in backwards)


warnings.simplefilter('ignore')
x, y, z = pt.dvectors(3)
ones = numpy.ones(1000)
slow = [pt.add(x, y, z), pt.mul(x, y, z), pt.cast(x, 'float32'),
        pt.clip(x, y, z), pt.erf(x), pt.tensor_copy(x), pt.log1mexp(x),
        pt.second(x, y), pt.softplus(x)]
s, square = pytensor.scan(
    lambda x_t, s: (
        [s + x_t ** 2, x_t * z], until(s + x_t ** 2 > 6)),
    sequences=x, outputs_info=[numpy.array(0.), None], return_updates=False)
gradient = pytensor.function(
    [x, z], pytensor.grad(s[-1], x), mode='FAST_COMPILE')(
        numpy.arange(1., 6.), numpy.ones(2))
nothing = pytensor.function([x, z], square, mode='FAST_COMPILE')(
    numpy.zeros(0), numpy.ones(2))
twice = pytensor.scan(lambda a, b, z: a + b * z, n_steps=3,
                      outputs_info={'initial': y, 'taps': [-1, -2]},
                      non_sequences=z[0], return_updates=False)
rows = pt.dmatrix()
everywhere = pytensor.function([rows, z], pt.add(
    rows, pt.zeros((1, 2))[0].set(z)), mode='FAST_COMPILE')
with unittest.mock.patch.object(
        basic, 'FunctionGraph', side_effect=basic.FunctionGraph) as graph:
    pt.zeros(x.shape)
def update_known():
    m = pytensor.shared(numpy.ones(3))
    m.default_update = pt.zeros((3,))
    pytensor.function([], m.sum())


print(json.dumps({
    'truth': raises(lambda: bool(x)),
    'difference of truths': raises(lambda: (x > 0) - (x < 0)),
    'opposite of a truth': raises(lambda: (-(x > 0)).eval({x: ones})),
    'lengths': graph.called,
    'elements': [str(out.owner.op) for out in slow if calls(
        out.owner.op.perform, out.owner, [ones] * len(out.owner.inputs),
        [[None]]) < 1000],
    'reshape': raises(lambda: x.reshape((2, 2), 2)),
    'update': raises(update_known),
    'delete': pytensor.shared(1).__class__.default_update.fdel is None,
    'scan': not hasattr(Scan, 'inputs'),
    'range': raises(lambda: pytensor.function(
        [pt.bscalar()], [], on_unused_input='ignore',
        mode='FAST_COMPILE')(300), OverflowError),
    'pairs': raises(lambda: hash(pt.inc_subtensor(
        x[0], 1., tolerate_inplace_aliasing=True).owner.op)),
    'index': pt.dcol()[:, None].ndim == 3,
    'owner': raises(lambda: pt.TensorVariable(pt.dvector)),
    'c': 'pytensor.link.c.cvm' in sys.modules,
    'until': gradient.tolist() != [2, 4, 6, 0, 0],
    'no step': nothing.shape != (0, 2),
    'direction': raises(lambda: pt.pushforward(twice, z, z), Exception),
    'sparse write': everywhere(
        numpy.zeros((3, 2)), ones[:2]).tolist() != [[1., 1.]] * 3,
    'gradient': repeated_nodes() > 10}))
'''


#: Prints which objects of PyTensor differ once Theano is imported.
CHANGES = '''
import sys, types
import pytensor, pytensor.tensor


def parts():
    """Map names to the members of PyTensor's modules and classes."""
    found = {}
    for name, module in list(sys.modules.items()):
        if name.split('.')[0] != 'pytensor':
            continue
        for key, value in list(vars(module).items()):
            if not isinstance(value, (bool, int, str, types.ModuleType)):
                found[f'{name}.{key}'] = value
            if isinstance(value, type) and value.__module__ == name:
                found.update({f'{name}.{key}.{member}': item for
                              member, item in list(vars(value).items())})
    return found


before = parts()
import theano
after = parts()
print(*sorted(name for name, value in before.items()
              if after[name] is not value))
'''

#: Changed in meaning, or where graphs are built, which no linker sees.
CHANGED = '''
pytensor.compile.sharedvalue.SharedVariable.default_update
pytensor.link.vm.VMLinker.make_all
pytensor.link.vm.VMLinker.make_vm
pytensor.scan.op.Scan.make_thunk
pytensor.scan.op.Scan.pullback
pytensor.scan.op.Scan.pushforward
pytensor.scan.op.forced_replace
pytensor.tensor.basic.infer_static_shape
pytensor.tensor.random.op.infer_static_shape
pytensor.tensor.subtensor.IncSubtensor.__init__
pytensor.tensor.type.TensorType.filter
pytensor.tensor.type.TensorType.filter_variable
pytensor.tensor.variable._tensor_py_operators.__bool__
pytensor.tensor.variable._tensor_py_operators.__getitem__
pytensor.tensor.variable._tensor_py_operators.__neg__
pytensor.tensor.variable._tensor_py_operators.__sub__
pytensor.tensor.variable._tensor_py_operators.reshape
'''


class TestPatches(TestCase):
    """One test of the need for all patches, one of the effect of each."""

    def test_patches_are_needed(self):
        answers = json.loads(subprocess.run(
            [sys.executable, '-c', QUESTIONS], stdout=subprocess.PIPE,
            check=True, text=True).stdout)
        self.assertEqual(answers, {'truth': True, 'difference of truths': True,
                                   'opposite of a truth': True,
                                   'lengths': True, 'elements': [],
                                   'reshape': True, 'scan': True,
                                   'c': True, 'range': True,
                                   'pairs': True, 'index': True,
                                   'owner': True,
                                   'until': True, 'no step': True,
                                   'direction': True, 'sparse write': True,
                                   'gradient': True, 'update': True,
                                   'delete': True})

    def test_nothing_else_is_changed(self):
        changes = subprocess.run(
            [sys.executable, '-c', CHANGES], stdout=subprocess.PIPE,
            check=True, text=True).stdout
        self.assertEqual(changes.split(), CHANGED.split())

    def test_gradient_of_a_step_is_copied_once(self):
        state, matrix = tensor.matrix(), tensor.matrices(4)

        def nodes(matrices):
            states, _ = theano.scan(
                lambda x, *matrices: tensor.tanh(
                    tensor.add(*map(x.dot, matrices))),
                outputs_info=[state], non_sequences=matrices, n_steps=3)
            cost = states[-1].sum()
            loops = {node.op for gradient in theano.grad(cost, matrices)
                     for node in theano.gof.graph.io_toposort([], [gradient])
                     if getattr(node.op, 'info', None)
                     and node.op.info.n_mit_mot}
            return sum(len(op.fgraph.apply_nodes) for op in loops)

        one, two, four = (nodes(matrix[:number]) for number in (1, 2, 4))
        self.assertEqual(four - two, 2 * (two - one))

    def test_replaced_parts_remain_shared(self):
        x, y, z = tensor.dvectors('x', 'y', 'z')
        common = tensor.exp(tensor.sqr(x)) * y
        apart = y + 1
        graphs = [common + apart, common - 2]
        same = tensor.sqr(x)
        with sharing_replacements():
            first, second = (replace_keeping_common_parts(graph, same, z)
                             for graph in graphs)
        self.assertIs(first.owner.inputs[0], second.owner.inputs[0])
        self.assertIs(first.owner.inputs[1], apart)
        self.assertIs(common.owner.inputs[0].owner.inputs[0].owner.inputs[0],
                      x)
        values = {y: [3., 4.], z: [0., numpy.log(2)]}
        assert_allclose(first.eval(values), [3 + 4, 8 + 5])
        assert_allclose(second.eval(values), [1, 6])
        self.assertIs(replace_keeping_common_parts(x, x, z), z)
        self.assertIs(replace_keeping_common_parts(apart, x, z), apart)
        self.assertIsNone(replace_keeping_common_parts(None, x, z))

    def test_shapes_of_new_tensors(self):
        x = tensor.dmatrix()
        for variable, broadcastable in [
                (tensor.zeros((1, 3)), (True, False)),
                (tensor.zeros((x.shape[0], 1)), (False, True)),
                (tensor.alloc(0., x.shape[0], x.shape[1]), (False, False)),
                (tensor.repeat(x, 2, axis=0), (False, False))]:
            self.assertEqual(variable.broadcastable, broadcastable)
        for wrong in (2.5,), (tensor.dscalar(),):
            with self.assertRaises(TypeError):
                tensor.zeros(wrong)

    def test_sums_with_a_part_that_broadcasts(self):
        n, i = tensor.dscalar(), tensor.lvector()
        v, x = tensor.dvector(), tensor.dmatrix()
        two, three, ones = [1., 2.], numpy.zeros(3), numpy.ones((3, 2))
        part = tensor.set_subtensor
        for term, zeros, index, value, base, expected in [
                (n, (3, 2), 0, two, 1., [[2, 3], [1, 1], [1, 1]]),
                (x, (1, 2), 0, two, ones, [[2, 3]] * 3),
                (v, (3,), i, two, three, [2, 0, 0]),
                (v, (3,), slice(1, None), two, three, [0, 1, 2])]:
            total = term + part(tensor.zeros(zeros)[index],
                                tensor.as_tensor_variable(value))
            function = theano.function([term, i], total,
                                       on_unused_input='ignore')
            with self.subTest(total=total):
                assert_allclose(function(base, [0, 0]), expected)

    def test_increments_that_tolerate_aliasing(self):
        s, i = theano.shared(numpy.arange(4.)), theano.shared(1)
        total = tensor.inc_subtensor(s[i], s[i - 1],
                                     tolerate_inplace_aliasing=True)
        step = theano.function([], [], updates=[(s, total), (i, i + 1)])
        for _ in range(3):
            step()
        assert_allclose(s.get_value(), [0, 1, 3, 6])

    def test_variables_without_a_node(self):
        variable = theano.Variable(theano.generic)
        self.assertEqual((variable.owner, variable.name), (None, None))
        x = tensor.TensorVariable(tensor.dvector, name='x')
        self.assertEqual(x.name, 'x')
        assert_allclose((2 * x).eval({x: [1., 2.]}), [2, 4])

    def test_differences_of_comparisons(self):
        x = tensor.vector('x')
        values = numpy.array([-2, 0, 3], theano.config.floatX)
        signs = (tensor.ge(x, 1) - tensor.le(x, -1), -(-(x > 0) + (x < 0)),
                 (x > 0) - (values < 0))
        for sign in signs:
            self.assertEqual(sign.dtype, 'int8')
            numpy.testing.assert_array_equal(sign.eval({x: values}),
                                             [-1, 0, 1])
        self.assertEqual(((x > 0) - x).dtype, x.dtype)
        self.assertEqual((-x).dtype, x.dtype)

    def test_reshape_by_position(self):
        x = tensor.matrix()
        self.assertEqual(x.reshape(tensor.lvector(), 3).ndim, 3)
