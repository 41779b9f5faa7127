"""Kernels without a compiler: the text that was made runs as plain Python.

It is slow for each number but ready at once, so that tests can afford many
cells. Products and functions are those of NumPy.

"""
import math
from contextlib import contextmanager
from unittest import mock

import numpy

from rnn_kernels import functions, kernel
from rnn_kernels.kernel import Run, RunGradients, forward_tasks, tape_size
from rnn_kernels.layout import layout_of
from rnn_kernels.plan import make_plan
from tests.equations import sigmoid


def multiply_add(products, left, begin, count, panels, out, out_begin,
                 scratch):
    out[out_begin:out_begin + count] += left[begin:begin + count].dot(panels)


def multiply_add_matrix(products, left, begin, count, start, matrix, out,
                        out_begin, scratch):
    out[out_begin:out_begin + count] += left[
        begin:begin + count, start:start + len(matrix)].dot(matrix)


def multiply_add_transposed(products, left, begin, count, right, right_begin,
                            out, scratch):
    out += left[begin:begin + count].T.dot(
        right[right_begin:right_begin + count])


def pack(products, matrix, first_row, panels):
    panels[first_row:first_row + len(matrix)] = matrix


def pack_transposed(products, matrix, panels):
    panels[...] = matrix.T


def softplus(x):
    return numpy.logaddexp(x * 0, x)


def erf(x):
    return type(x)(math.erf(x))


FUNCTIONS = dict(
    {name: getattr(numpy, name, None) for name in functions.__all__},
    erf=erf, softplus=softplus, sigmoid=sigmoid,
    sum_of=lambda total, term: total + term, multiply_add=multiply_add,
    multiply_add_matrix=multiply_add_matrix,
    multiply_add_transposed=multiply_add_transposed, pack=pack,
    pack_transposed=pack_transposed)


def function(text, name):
    """Return a function of a text that was made."""
    lines = []
    for line in text.splitlines():
        if not line.startswith('from rnn_kernels'):
            lines.append(line)
    scope = dict(FUNCTIONS)
    exec('\n'.join(lines), scope)
    return scope[name]


@contextmanager
def plain():
    """Run kernels as plain Python inside of a ``with`` block."""
    with mock.patch.multiple(
            kernel, _function=function,
            addresses=lambda dtype, rounded=False: None,
            empty_panels=lambda depth, width, dtype: numpy.full(
                (depth if width else 0, width), numpy.nan, dtype=dtype),
            empty_scratch=lambda dtype: None), numpy.errstate(all='ignore'):
        yield


def random_arrays(cell, shape, rng):
    """Make arrays for the arguments of a cell, by name."""
    steps, batch = shape
    rows = {'sequence': steps * batch, 'state': batch, 'context': batch}
    arrays = {}
    for argument in cell.arguments:
        lengths = (argument.width,)
        if argument.kind == 'matrix':
            lengths = argument.rows, argument.width
        elif argument.kind in rows:
            lengths = rows[argument.kind], argument.width
        arrays[argument.name] = (rng.normal(size=lengths) * .7).astype(
            cell.dtype)
    return arrays


def compute(cell, shape, rng, mask=None, reverse=False, shares=1,
            arrays=None):
    """Run a cell on random arrays, forward and backward.

    Returns
    -------
    arrays : dict
        The arguments by name.
    outputs : dict
    weights : dict
        The gradient of the cost with respect to the outputs.
    gradients : dict

    """
    steps, batch = shape
    arrays = arrays or random_arrays(cell, shape, rng)
    initial = {state.name: arrays[state.name]
               for state in cell.of_kind('state')}
    run = Run(cell, make_plan(shape, mask, reverse, shares), {
        name: array for name, array in arrays.items()
        if name not in initial}, initial)
    make = layout_of(cell).make
    outputs, predicted = (
        {output.name: numpy.full((steps * batch, make.width(output.value)),
                                 numpy.nan, dtype=cell.dtype)
         for output in cell.outputs} for _ in range(2))
    tape = numpy.full(tape_size(cell, run.plan.size), numpy.nan, cell.dtype)
    for task in forward_tasks(run, outputs, tape):
        task()
    for task in forward_tasks(run, predicted):
        task()
    for name in outputs:
        numpy.testing.assert_allclose(
            outputs[name], predicted[name],
            rtol=1e-4 if cell.dtype == 'float32' else 1e-11)
    weights = {name: rng.normal(size=array.shape).astype(cell.dtype)
               for name, array in outputs.items()}
    one = RunGradients(run, weights, [
        argument.name for argument in cell.of_kind('sequence')])
    gradients = one.sum([task() for task in one.tasks(tape)])
    gradients.update(one.sequences)
    gradients.update(one.contexts)
    gradients.update(one.initial)
    return arrays, outputs, weights, gradients
