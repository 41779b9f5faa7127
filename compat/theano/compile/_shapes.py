"""A cheaper tracker of the lengths of axes, for rewrites.

PyTensor keeps a symbolic length for every axis of every variable of a graph
under compilation.  For each elementwise node it records that the lengths of
all inputs are equal, so the description of a shape grows with the depth of the
graph, and the cost of updating it with the square of the depth.  For a loop it
derives the lengths of every variable in a step, and derives them again after
every rewrite of the loop.  In every reshape it allows for a length of -1, even
where the shape consists of lengths of other variables.

"""

from pytensor.graph.basic import Constant
from pytensor.graph.fg import FunctionGraph
from pytensor.graph.rewriting.basic import GraphRewriter
from pytensor.scalar.basic import Mul
from pytensor.scan.op import Scan
from pytensor.scan.utils import Validator
from pytensor.tensor.basic import MakeVector, constant
from pytensor.tensor.elemwise import Elemwise
from pytensor.tensor.rewriting.shape import ShapeFeature
from pytensor.tensor.shape import Reshape, Shape, Shape_i
from pytensor.tensor.subtensor import Subtensor

__all__ = ['ShapeOptimizer', 'Shapes']


class Shapes(ShapeFeature):
    """Symbolic lengths, each described as simply as possible."""

    def on_attach(self, fgraph):
        """Keep track of the shapes in `fgraph`."""
        # Two graphs must not share variables, not even constants.
        self._constants = {}
        super().on_attach(fgraph)

    def get_node_infer_shape(self, node):
        """Return the shapes of the outputs of a node.

        Returns
        -------
        list of (tuple or None)
            For each output, its symbolic lengths, or None if it has no shape.

        """
        if all(None not in getattr(output.type, 'shape', (None,))
               for output in node.outputs):
            return [output.type.shape for output in node.outputs]
        if type(node.op) is Elemwise:
            return self._elementwise(node)
        if isinstance(node.op, Reshape):
            lengths = self._requested(node.inputs[1])
            if lengths is not None:
                return [lengths]
        if isinstance(node.op, Scan):
            return self._loop(node)
        return super().get_node_infer_shape(node)

    def _elementwise(self, node):
        """Take each length from one of the inputs that have it.

        The inputs agree: otherwise the operation itself raises an error, and
        it broadcasts only axes whose type has length one.

        """
        inputs = [(x.type.broadcastable, self.shape_of[x])
                  for x in node.inputs]
        shape = tuple(
            min([lengths[axis] for single, lengths in inputs
                 if not single[axis]], key=_complexity,
                default=self.lscalar_one)
            for axis in range(node.outputs[0].type.ndim))
        return [shape] * len(node.outputs)

    def _requested(self, shape):
        """Return the lengths that a shape consists of.

        Returns
        -------
        tuple or None
            None if one of the lengths may be -1.

        """
        node = shape.owner
        if node is None:
            return None
        if isinstance(node.op, Shape):
            return self.shape_of[node.inputs[0]]
        if isinstance(node.op, MakeVector) and all(
                map(_is_a_length, node.inputs)):
            return tuple(node.inputs)
        return None

    def same_shape(self, x, y, dim_x=None, dim_y=None):
        """Return whether two variables, or two axes, have equal lengths."""
        # PyTensor rewrites a graph to compare even the same variables.
        lengths = [shape if shape is None or axis is None else [shape[axis]]
                   for shape, axis in ((self.shape_of[x], dim_x),
                                       (self.shape_of[y], dim_y))]
        if None not in lengths and [*map(id, lengths[0])] == [
                *map(id, lengths[1])]:
            return True
        return super().same_shape(x, y, dim_x, dim_y)

    def _loop(self, node):
        """Derive only the lengths of the outputs of a loop.

        A state has the shape of the storage passed to the loop.

        """
        op, info = node.op, node.op.info
        shape_of = self.shape_of
        states = (op.outer_mitmot(node.inputs) + op.outer_mitsot(node.inputs)
                  + op.outer_sitsot(node.inputs))
        shapes = [shape_of[state] for state in states]
        if info.n_nit_sot:
            shapes += self._collected(node, node.outputs[len(states):])
        if info.as_while:
            # The number of steps is known only at run time.
            shapes = [(Shape_i(0)(output), *shape[1:])
                      for shape, output in zip(shapes, node.outputs)]
        return shapes + [shape_of[state] for state in
                         op.outer_untraced_sit_sot(node.inputs)]

    def _collected(self, node, outputs):
        """Return the shapes of the outputs without a state."""
        op = node.op
        inner_inputs = op.inner_inputs
        constants = op.inner_non_seqs(inner_inputs)
        validator = Validator(
            valid=[length for x in node.inputs
                   for length in self.shape_of[x] or ()],
            invalid=inner_inputs,
            valid_equivalent=dict(zip(constants,
                                      op.outer_non_seqs(node.inputs))))
        inner = Shapes()
        FunctionGraph([], [], features=[inner])
        for x, shape in zip(inner_inputs, self._shapes_of_slices(node)):
            inner.set_shape(x, shape)
        for output, n_steps, result in zip(
                outputs, op.outer_nitsot(node.inputs),
                op.inner_nitsot_outs(op.inner_outputs)):
            yield (n_steps, *(
                self._outside(validator, inner, result, output, axis)
                for axis in range(1, output.type.ndim)))

    def _shapes_of_slices(self, node):
        """Return the shape of every input of a step."""
        op, info, shape_of = node.op, node.op.info, self.shape_of
        shapes = [shape_of[x][1:] for x in op.outer_seqs(node.inputs)]
        states = (op.outer_mitmot(node.inputs) + op.outer_mitsot(node.inputs)
                  + op.outer_sitsot(node.inputs))
        taps = (info.mit_mot_in_slices + info.mit_sot_in_slices
                + info.sit_sot_in_slices)
        for state, offsets in zip(states, taps):
            shapes += [shape_of[state][1:]] * len(offsets)
        return shapes + [shape_of[x] for x in (
            op.outer_untraced_sit_sot(node.inputs)
            + op.outer_non_seqs(node.inputs))]

    def _outside(self, validator, inner, result, output, axis):
        """Express the length of a result by variables outside the loop."""
        if output.type.shape[axis] is not None:
            return output.type.shape[axis]
        inner.follow(result)
        valid = validator.check(inner.shape_of[result][axis - 1])
        return Shape_i(axis)(output) if valid is None else valid[0]

    def set_shape(self, r, s, override=False):
        """Set the lengths of a variable; its type knows some of them."""
        fixed = getattr(r.type, 'shape', None)
        if s is None or fixed is None or len(s) != len(fixed):
            super().set_shape(r, s, override)  # raises errors with names
            return
        self.shape_of[r] = lengths = tuple(
            self.unpack(length, r) if number is None
            else self._constant(number)
            for number, length in zip(fixed, s))
        for length in lengths:
            self.shape_of_reverse_index.setdefault(length, set()).add(r)

    def _constant(self, number):
        """Return a length as a variable."""
        if number not in self._constants:
            self._constants[number] = constant(number, dtype='int64')
        return self._constants[number]

    def unpack(self, s_i, var):
        """Return a length as a variable that knows its source.

        In the graph of a step lengths are those of variables outside.

        """
        node = getattr(s_i, 'owner', None)
        if node is not None and isinstance(node.op, Subtensor):
            node = node.inputs[0].owner
            if node is not None and isinstance(node.op, Shape):
                self.follow(node.inputs[0])
        return super().unpack(s_i, var)

    def follow(self, variable):
        """Derive the shapes of all ancestors of `variable`."""
        waiting = [variable]
        while waiting:
            variable = waiting[-1]
            node = variable.owner
            if variable in self.shape_of:
                waiting.pop()
            elif node is None:
                self.init_r(variable)
            else:
                unknown = [x for x in node.inputs if x not in self.shape_of]
                waiting += unknown
                if not unknown:
                    self.on_import(None, node, 'follow')


class ShapeOptimizer(GraphRewriter):
    """Attach the tracker to a graph."""

    def apply(self, fgraph):
        """Keep track of the shapes in `fgraph`."""
        fgraph.attach_feature(Shapes())


def _is_a_length(variable):
    """Whether a number is computed from lengths alone and is not negative."""
    node = variable.owner
    if node is None:
        return isinstance(variable, Constant) and variable.data >= 0
    if isinstance(node.op, Subtensor):
        source = node.inputs[0].owner
        return source is not None and isinstance(source.op, Shape)
    if isinstance(node.op, Elemwise) and isinstance(node.op.scalar_op, Mul):
        return all(map(_is_a_length, node.inputs))
    return isinstance(node.op, Shape_i)


def _complexity(length):
    """Order lengths: constants, those of inputs of the graph, others."""
    if isinstance(length, Constant):
        return 0
    if length.owner is None:
        return 1
    if isinstance(length.owner.op, Shape_i):
        return 2 if length.owner.inputs[0].owner is None else 3
    return 4
