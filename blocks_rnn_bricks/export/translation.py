"""Translating a Theano graph to ONNX, operation by operation."""
from typing import Callable, Dict

import numpy
import theano

from blocks_rnn_bricks.export.refusal import (
    RANDOM,
    is_random,
    operation_of,
    parameter_name,
    refuse,
)
from rnn_kernels.absorption import absorbed
from rnn_kernels.ops import Iterate

#: The translators of nodes, by the class name of the operation. A translator
#: takes the :class:`Translation` and the node, and returns the name of the
#: output in the ONNX graph, or a list of names if there are several.
TRANSLATORS: Dict[str, Callable] = {}


def translates(*operations):
    """Register a function as the translator of some operations."""
    def register(function):
        TRANSLATORS.update(dict.fromkeys(operations, function))
        return function
    return register


class Translation:
    """Translates a graph.

    Parameters
    ----------
    graph : :class:`~blocks_rnn_bricks.export.nodes.OnnxGraph`
    inputs : dict
        Names by variable.
    outputs : list of variables
    dtype : str or None
        The dtype of floating-point numbers; unchanged if None.
    masks : {'prefix', 'any'}
        See :func:`~blocks_rnn_bricks.export.to_onnx`.

    Attributes
    ----------
    ends : dict
        For variables with only one end translated, a pair of names, of the
        first row and of the last row; the other one is None.
    notes : dict
        State that translators share between nodes.

    """

    def __init__(self, graph, inputs, outputs, dtype=None, masks='prefix'):
        self.graph = graph
        self.outputs = outputs
        self.masks = masks
        self.ends = {}
        self.notes = {}
        self.floats = dtype
        self._values = dict(inputs)
        self._replaced = {}
        self.order = self._ordered()
        self._readers = {}
        self._originals = {}
        for node in self.order:
            made = self.replacement(node)
            self._originals.update(zip(made.outputs, node.outputs))
            for variable in made.inputs:
                self._readers.setdefault(variable, []).append(node)

    def run(self):
        """Translate the graph, and return the names of the outputs."""
        for node in self.order:
            self._translate(node)
        return [self.value(output) for output in self.outputs]

    def _ordered(self):
        """List the nodes between inputs and outputs in topological order."""
        found, seen = [], set()
        stack = [(output, False) for output in reversed(self.outputs)]
        while stack:
            variable, expanded = stack.pop()
            node = variable.owner
            if node is None or variable in self._values:
                continue
            if expanded:
                if node not in seen:
                    seen.add(node)
                    found.append(node)
            elif node not in seen:
                stack.append((variable, True))
                stack.extend((inside, False) for inside in reversed(
                    self.replacement(node).inputs))
        return found

    def replacement(self, node):
        """Return the node to translate in place of a node.

        A kernel computes the projection of its inputs itself, as the ONNX
        nodes do.

        """
        if node not in self._replaced:
            made = node
            if isinstance(node.op, Iterate) and not any(
                    variable.owner for variable in self._values):
                made = node.clone_with_new_inputs(
                    [_unchecked(variable) for variable in node.inputs])
                outputs = absorbed(made)
                made = made if outputs is None else outputs[0].owner
            self._replaced[node] = made
        return self._replaced[node]

    def readers(self, variable):
        """List the nodes that read a variable, None for an output."""
        variable = self._originals.get(variable, variable)
        return self._readers.get(variable, []) + [
            None for output in self.outputs if output is variable]

    def _translate(self, node):
        if is_random(node):
            self.refuse(node, *RANDOM)
        translator = TRANSLATORS.get(type(node.op).__name__)
        if translator is None:
            self.refuse(node, 'is not translated to ONNX',
                        'remove it from the exported graph')
        names = translator(self, self.replacement(node))
        if isinstance(names, str):
            names = [names]
        for variable, made, name in zip(
                node.outputs, self.replacement(node).outputs, names):
            for one in (variable, made):
                if name is not None:
                    self._values[one] = name
                elif made in self.ends:
                    self.ends[one] = self.ends[made]

    def refuse(self, node, why, remedy):
        """Raise ValueError about a node."""
        first = node.outputs[0]
        node = self._originals.get(first, first).owner
        refuse(node, self.outputs, why, remedy)

    def dtype(self, variable):
        """Return the dtype of a variable in the ONNX graph."""
        if self.floats is not None and variable.dtype.startswith('float'):
            return self.floats
        return variable.dtype

    def known(self, variable):
        """Return the fixed value of a variable as an array, or None.

        Constants, shared variables, and anything computed only from these
        have a fixed value.

        """
        data = constant_of(variable)
        if data is None and hasattr(variable, 'get_value'):
            data = variable.get_value(borrow=True)
        if data is None:
            if variable.owner is None or self._depends(variable):
                return None
            data = theano.function([], variable, mode='FAST_COMPILE')()
        return numpy.asarray(data, dtype=self.dtype(variable))

    def _depends(self, variable):
        """Return whether a variable depends on an input."""
        stack, seen = [variable], set()
        while stack:
            one = stack.pop()
            if one in seen:
                continue
            seen.add(one)
            if one.owner is None and constant_of(one) is None and (
                    not hasattr(one, 'get_value')):
                return True
            if one.owner is not None:
                stack.extend(one.owner.inputs)
        return False

    def value(self, variable):
        """Return the name of a variable in the ONNX graph."""
        data = array_of(variable)
        if data is not None:
            return self.graph.constant(data, self.dtype(variable))
        if variable not in self._values:
            data = self.known(variable) if variable.owner is None else None
            if data is None:
                self._refuse_missing(variable)
            self._values[variable] = self.graph.initializer(
                parameter_name(variable), data)
        return self._values[variable]

    def has(self, variable):
        """Return whether a variable is, or can be, in the ONNX graph."""
        return variable in self._values or (variable.owner is None and (
            constant_of(variable) is not None or
            hasattr(variable, 'get_value')))

    def _refuse_missing(self, variable):
        if variable.owner is not None:
            self.refuse(variable.owner, 'has an output without an '
                        'equivalent in ONNX', 'leave {} out'.format(variable))
        raise ValueError(
            'to_onnx: the outputs depend on {!r}, which is not among the '
            'inputs; add it'.format(variable.name or str(variable)))

    def cast(self, variable, dtype):
        """Return the name of a variable, cast to a dtype."""
        data = array_of(variable)
        if data is not None:
            return self.graph.constant(data, dtype)
        name = self.value(variable)
        if self.dtype(variable) == dtype:
            return name
        return self.graph.cast(name, dtype)

    def scalars(self, variables):
        """Join scalar variables or integers into a vector of int64."""
        parts = []
        for variable in variables:
            number = as_integer(variable)
            if number is None:
                parts.append(self.graph.unsqueeze(
                    self.cast(variable, 'int64'), 0))
            elif parts and isinstance(parts[-1], list):
                parts[-1].append(number)
            else:
                parts.append([number])
        if not parts:
            return self.graph.constant([])
        return self.graph.concat([
            self.graph.constant(part) if isinstance(part, list) else part
            for part in parts], axis=0)


def _unchecked(variable):
    """Return the variable behind any shape checks."""
    while operation_of(variable.owner) in ('CheckShapes', 'Identity'):
        variable = variable.owner.inputs[
            variable.owner.outputs.index(variable)]
    return variable


def constant_of(variable):
    """Return the array of a constant variable, or None."""
    if hasattr(variable, 'get_value'):
        return None
    return getattr(variable, 'data', None)


def array_of(variable):
    """Return the array of a constant, even broadcast or cast, or None."""
    node = variable.owner
    if node is None:
        return constant_of(variable)
    kind = operation_of(node)
    if kind not in ('DimShuffle', 'Cast', 'Identity'):
        return None
    data = array_of(node.inputs[0])
    if data is None:
        return None
    if kind != 'DimShuffle':
        return numpy.asarray(data).astype(variable.dtype)
    order = node.op.new_order
    if [axis for axis in order if axis != 'x'] != list(
            range(numpy.ndim(data))):
        return None
    return numpy.reshape(data, [1 if axis == 'x' else numpy.shape(data)[axis]
                                for axis in order])


def as_integer(part):
    """Return the value of a part of an index as an integer, or None."""
    if isinstance(part, (int, numpy.integer)):
        return int(part)
    while part.owner is not None and operation_of(part.owner) in (
            'ScalarFromTensor', 'TensorFromScalar', 'Cast', 'Identity'):
        part = part.owner.inputs[0]
    data = constant_of(part)
    return None if data is None else int(data)
