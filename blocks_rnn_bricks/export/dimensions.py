"""Finding axes of a graph that have equal or known lengths.

This determines the names of the axes of inputs, and the shapes of random data
for the check: the result of a lookup has the length of its indices, and a
matrix has as many rows as the array that it multiplies has features.

"""
import numpy
from theano.tensor.subtensor import get_idx_list

from blocks_rnn_bricks.export.arrays import axes_of
from blocks_rnn_bricks.export.shapes import sources_of_scalar, vector_elements
from blocks_rnn_bricks.export.translation import as_integer, constant_of
from rnn_kernels.ops import Iterate

#: Operations whose outputs have the shapes of the inputs in that order.
_SAME = ('CheckShapes', 'CheckState', 'ReverseTime', 'CheckCostData',
         'ViewOp', 'Rebroadcast', 'PatternBroadcast', 'AddBroadcast',
         'Unbroadcast', 'SpecifyShape', 'Softmax', 'LogSoftmax')
_REDUCTIONS = ('Sum', 'Prod', 'Max', 'Min', 'Any', 'All', 'CAReduce',
               'CAReduceDtype', 'Argmax', 'MaxAndArgmax')


class Dimensions:
    """The lengths of axes, grouped into classes of equal length.

    Parameters
    ----------
    nodes : list of nodes
        The nodes of the graph.

    """

    def __init__(self, nodes):
        self._parents = {}
        self._sizes = {}
        self._labels = {}
        for node in nodes:
            kind = type(node.op).__name__
            if kind in _SAME:
                for source, output in zip(node.inputs, node.outputs):
                    self._alike(source, output)
            if kind in _REDUCTIONS:
                self._reduction(node)
            elif isinstance(node.op, Iterate):
                self._iterate(node)
            else:
                getattr(self, '_' + kind.lower(), lambda node: None)(node)

    def of(self, variable):
        """List the lengths of a variable's axes.

        Returns
        -------
        list
            For each axis, its length as an integer, or else a hashable
            object that is equal for axes of the same length.

        """
        found = []
        for axis in range(variable.ndim):
            root = self._find((variable, axis))
            size = 1 if variable.broadcastable[axis] else self._sizes.get(
                root)
            found.append(root if size is None else size)
        return found

    def label(self, root):
        """Return 'time', 'batch' or None for a class of axes."""
        return self._labels.get(root)

    def _find(self, key):
        while key in self._parents:
            key = self._parents[key]
        variable, axis = key
        data = constant_of(variable)
        if data is None and hasattr(variable, 'get_value'):
            data = variable.get_value(borrow=True)
        if data is not None and key not in self._sizes:
            self._sizes[key] = numpy.shape(data)[axis]
        return key

    def _set(self, variable, axis, size):
        self._sizes.setdefault(self._find((variable, axis)), int(size))

    def _unite(self, one, other):
        """Note that two axes have the same length."""
        for variable, axis in (one, other):
            if variable.broadcastable[axis]:
                return
        one, other = self._find(one), self._find(other)
        if one == other:
            return
        self._parents[other] = one
        for known in (self._sizes, self._labels):
            if other in known:
                known.setdefault(one, known.pop(other))

    def _alike(self, one, other):
        for axis in range(one.ndim):
            self._unite((one, axis), (other, axis))

    def _elemwise(self, node):
        for source in node.inputs:
            self._alike(source, node.outputs[0])

    def _dimshuffle(self, node):
        for place, axis in enumerate(node.op.new_order):
            if axis != 'x':
                self._unite((node.inputs[0], axis), (node.outputs[0], place))

    def _dot(self, node):
        left, right = node.inputs
        output, = node.outputs
        if left.ndim and right.ndim:
            self._unite((left, left.ndim - 1), (right, 0))
        if left.ndim == 2 and output.ndim:
            self._unite((left, 0), (output, 0))
        if right.ndim == 2 and output.ndim:
            self._unite((right, 1), (output, output.ndim - 1))

    def _join(self, node):
        joined = as_integer(node.inputs[0])
        for source in node.inputs[1:]:
            for axis in range(source.ndim):
                if joined is not None and axis != joined % source.ndim:
                    self._unite((source, axis), (node.outputs[0], axis))

    def _checkshapes(self, node):
        sequence = node.inputs[0]
        if node.op.features is not None:
            self._set(sequence, sequence.ndim - 1, node.op.features)
        for mask in node.inputs[1:]:
            for axis in range(mask.ndim):
                self._unite((sequence, axis), (mask, axis))

    def _checkstate(self, node):
        state, sequence = node.inputs
        self._set(state, 1, node.op.dim)
        self._unite((state, 0), (sequence, 1))

    def _reshape(self, node):
        self._given(node, vector_elements(node.inputs[1]) or [])

    def _alloc(self, node):
        self._given(node, node.inputs[1:])

    def _given(self, node, lengths):
        output, = node.outputs
        for axis, length in enumerate(lengths):
            found = list(sources_of_scalar(length))
            if found and found[-1][1] is not None:
                self._unite(found[-1], (output, axis))
            elif found and found[-1][0] >= 0:
                self._set(output, axis, found[-1][0])

    def _subtensor(self, node):
        indices = list(get_idx_list(node.inputs, node.op.idx_list))
        variable, output = node.inputs[0], node.outputs[0]
        place = 0
        for axis in range(variable.ndim):
            index = indices[axis] if axis < len(indices) else slice(None)
            if not isinstance(index, slice):
                continue
            if index == slice(None):
                self._unite((variable, axis), (output, place))
            place += 1

    def _reduction(self, node):
        variable = node.inputs[0]
        gone = axes_of(node.op.axis, variable.ndim)
        kept = [axis for axis in range(variable.ndim) if axis not in gone]
        for output in node.outputs:
            for place, axis in enumerate(kept):
                self._unite((variable, axis), (output, place))

    def _iterate(self, node):
        for recurrence, given, made in zip(
                node.op.recurrences, node.op.split(node.inputs),
                node.op.split_outputs(node.outputs)):
            first = given[recurrence.cells.general.of_kind(
                'sequence')[0].name]
            for argument in recurrence.arguments:
                variable = given[argument.name]
                axis = 0
                if argument.kind == 'sequence':
                    self._unite((first, 0), (variable, 0))
                    axis = 1
                if argument.kind in ('sequence', 'state', 'context'):
                    self._unite((first, 1), (variable, axis))
                    if argument.ndim == 2:
                        self._set(variable, axis + 1, argument.width)
            for output in made[:-1]:
                self._unite((first, 0), (output, 0))
                self._unite((first, 1), (output, 1))
            for axis, label in enumerate(('time', 'batch')):
                root = self._find((first, axis))
                self._labels.setdefault(root, label)
