"""Kernels on NumPy arrays: a cell applied to a batch of sequences."""
from functools import lru_cache
from typing import Any, NamedTuple

import numpy

from . import rounded
from .buffers import buffers
from .compiled import load
from .layout import layout_of
from .linking import addresses
from .passes import SHARE
from .source import backward_source, forward_source
from .tiles import BLOCK, empty_panels, empty_scratch

#: Up to this number of steps, packing matrices into panels does not pay.
FEW_STEPS = 4


class Run(NamedTuple):
    """A cell and the arrays that it is applied to.

    Attributes
    ----------
    cell : :class:`~rnn_kernels.cell.Cell`
    plan : :class:`~rnn_kernels.plan.Plan`
    arguments : dict
        Arrays by name: sequences (T * B, width), contexts (B, width),
        vectors (width,), matrices (rows, width), of the cell's dtype,
        C-contiguous. A mask is not among them.
    initial : dict
        The initial states by name, (B, width).

    """

    cell: Any
    plan: Any
    arguments: dict
    initial: dict


def tape_size(cell, steps):
    """Return the number of elements of the tape for packed steps."""
    layout = layout_of(cell)
    return steps * sum(layout.buffers[name] for name in layout.tape)


def forward_tasks(run, outputs, tape=None):
    """Return the functions that compute the outputs of a run.

    Parameters
    ----------
    run : :class:`Run`
    outputs : dict
        Arrays (T * B, width) by name, to be filled. Steps that are not in the
        plan are left unchanged.
    tape : numpy.ndarray, shape (tape_size(cell, plan.size),), optional
        Output: the values that :class:`RunGradients` needs.

    Returns
    -------
    list of callable
        One for each share of the plan; they can be called in any order and
        from any threads.

    """
    source = forward_source(run.cell, tape is not None)
    tapes = _tapes(run, tape)
    return [_forward_task(source, run, share, cut, outputs)
            for share, cut in zip(run.plan.shares, tapes)]


def _forward_task(source, run, share, tape, outputs):
    def task():
        layout = source.layout
        dtype = run.cell.dtype

        def find(kind, name):
            if kind == 'argument':
                return run.arguments[name]
            if kind == 'initial':
                return run.initial[name]
            if kind == 'output':
                return outputs[name]
            if kind == 'buffer':
                return tape[name] if name in tape else numpy.empty(
                    (2 * len(share.rows), layout.buffers[name]), dtype)
            if kind == 'panels':
                product = layout.products[int(name) - 1]
                width = product.width if len(share.counts) > FEW_STEPS else 0
                return _panels(run.cell, product.depth, width)
            if kind == 'work':
                return numpy.empty(dict(source.work)[name], dtype)
            return _scratch(run.cell)
        _call(source, run.cell, run.plan.stride, share, find)
    return task


def _tapes(run, tape):
    """Split a vector into the buffers of each share, by name."""
    layout = layout_of(run.cell)
    cut, begin = [], 0
    for share in run.plan.shares:
        parts = {}
        for name in layout.tape if tape is not None else ():
            width = layout.buffers[name]
            end = begin + share.size * width
            parts[name] = tape[begin:end].reshape(share.size, width)
            begin = end
        cut.append(parts)
    return cut


class RunGradients:
    """The gradients of a run, computed by shares.

    Parameters
    ----------
    run : :class:`Run`
    gradients : dict
        Arrays (T * B, width) by the name of an output, for those outputs on
        which the cost depends.
    wanted : collection of str
        The sequences with respect to which gradients are needed.

    Attributes
    ----------
    sequences : dict
        Gradients with respect to the wanted sequences.
    contexts, initial : dict
        Gradients with respect to contexts and initial states, (B, width).

    """

    def __init__(self, run, gradients, wanted):
        cell = run.cell
        dtype = cell.dtype
        self.run, self.gradients = run, gradients
        self.source = backward_source(cell, tuple(
            output.name for output in cell.outputs
            if output.state is None and output.name in gradients))
        steps = next(iter(gradients.values())).shape[0]
        batch = sum(len(share.rows) for share in run.plan.shares)
        self.sequences = {
            argument.name: buffers.zeros((steps, argument.width), dtype)
            for argument in cell.of_kind('sequence')
            if argument.name in wanted}
        self.contexts = {
            argument.name: numpy.zeros((batch, argument.width), dtype)
            for argument in cell.of_kind('context')}
        self.initial = {
            state.name: numpy.empty((batch, state.width), dtype)
            for state in cell.of_kind('state')}

    def tasks(self, tape):
        """Return the functions that compute the gradients.

        Parameters
        ----------
        tape : numpy.ndarray
            The tape of the forward pass.

        Returns
        -------
        list of callable
            One for each share; each returns a part for :meth:`sum`.

        """
        return [self._task(share, cut) for share, cut in zip(
            self.run.plan.shares, _tapes(self.run, tape))]

    def _task(self, share, tape):
        source, run = self.source, self.run
        layout, cell = source.layout, run.cell
        dtype = cell.dtype
        widths = {argument.name: argument.width
                  for argument in cell.arguments}

        def task():
            results = {}

            def product_part(name):
                number, position = map(int, name.split('_'))
                product = layout.products[number - 1]
                part = next(part for part in product.parts
                            if part.position == position - 1)
                return product, part

            def find(kind, name):
                if kind == 'argument':
                    return run.arguments[name]
                if kind == 'buffer':
                    return tape[name]
                if kind == 'gradient':
                    given = self.gradients.get(name)
                    if given is None:
                        width = layout.make.width(next(
                            output.value for output in cell.outputs
                            if output.name == name))
                        return numpy.empty((0, width), dtype)
                    return given
                if kind == 'carried':
                    return numpy.zeros((2 * len(share.rows), widths[name]),
                                       dtype)
                if kind == 'sums gradient':
                    width = layout.buffers[name]
                    return buffers.empty(
                        (max(BLOCK, len(share.rows)), width), dtype)
                if kind == 'row gradient':
                    return numpy.empty(
                        (len(share.rows), product_part(name)[1].width), dtype)
                if kind == 'panels':
                    product, part = product_part(name)
                    return _panels(cell, product.width, part.width)
                if kind == 'result':
                    if name in self.sequences:
                        return self.sequences[name]
                    if name in self.contexts:
                        return self.contexts[name]
                    if cell_kinds[name] == 'sequence':
                        return numpy.zeros((1, widths[name]), dtype)
                    results[kind, name] = numpy.zeros(widths[name], dtype)
                    return results[kind, name]
                if kind == 'initial result':
                    return self.initial[name]
                if kind == 'matrix result':
                    product = layout.products[int(name) - 1]
                    results[kind, name] = buffers.zeros(
                        (product.depth, product.width), dtype)
                    return results[kind, name]
                if kind == 'wanted':
                    return int(name in self.sequences)
                if kind == 'block':
                    return numpy.empty((BLOCK, widths[name]), dtype)
                if kind == 'work':
                    return numpy.empty(dict(source.work)[name], dtype)
                return _scratch(cell)

            cell_kinds = {argument.name: argument.kind
                          for argument in cell.arguments}
            _call(source, cell, run.plan.stride, share, find)
            return results
        return task

    def sum(self, parts):
        """Sum the results of the shares.

        Parameters
        ----------
        parts : list of dict

        Returns
        -------
        dict
            The gradients with respect to vectors and matrices, by name.

        """
        first, *rest = parts
        for part in rest:
            for key, array in part.items():
                first[key] += array
        cell, layout = self.run.cell, self.source.layout
        totals = {}

        def add(name, gradient):
            totals[name] = (totals[name] + gradient if name in totals
                            else gradient)

        for (kind, name), array in first.items():
            if kind == 'result':
                add(name, array)
                continue
            for part in layout.products[int(name) - 1].parts:
                rows = array[part.start:part.start + part.width]
                add(part.matrix, rows[0] if part.kind == 'one' else rows)
        for argument in cell.of_kind('vector', 'matrix'):
            if argument.name not in totals:
                shape = ((argument.width,) if argument.kind == 'vector' else
                         (argument.rows, argument.width))
                totals[argument.name] = numpy.zeros(shape, cell.dtype)
        return totals


@lru_cache(maxsize=None)
def _function(text, name):
    return getattr(load(text), name)


def _panels(cell, depth, width):
    """Allocate the packed form of a matrix of a cell."""
    if cell.rounded:
        return rounded.empty_panels(depth, width)
    return empty_panels(depth, width, cell.dtype)


def _scratch(cell):
    """Allocate the scratch memory of the products of a cell."""
    if cell.rounded:
        products = layout_of(cell).products
        return rounded.empty_scratch(
            max((product.depth for product in products), default=0),
            max((product.width for product in products), default=0))
    return empty_scratch(cell.dtype)


def _call(source, cell, stride, share, find):
    """Call a generated function."""
    _function(source.text, source.name)(
        *(getattr(share, field) for field in SHARE), stride,
        # Unsigned, since the compiler can vectorise more loops if sizes cannot
        # be negative (measured: 0.45 of the time of an LSTM with zoneout).
        numpy.array(source.sizes, dtype=numpy.uint32),
        addresses(cell.dtype, cell.rounded),
        *(find(kind, name) for kind, name in source.parameters))
