"""Changes to PyTensor's loops, each with its reason.

:mod:`theano._pytensor_patches` installs them with the others.

"""

import dataclasses
import functools

import numpy
import pytensor
from pytensor import tensor
from pytensor.gradient import DisconnectedType
from pytensor.graph.traversal import applys_between
from pytensor.scan.op import Scan
from pytensor.tensor.type import TensorType

_pullback = Scan.pullback
_pushforward = Scan.pushforward
_make_thunk = Scan.make_thunk


def _taps(info):
    """Return the offsets at which each state of a loop is read."""
    return (info.mit_mot_in_slices + info.mit_sot_in_slices
            + info.sit_sot_in_slices)


def _steps_taken(loop, outs):
    """Return the number of steps of a loop, from its results."""
    if loop.info.n_nit_sot:
        return loop.outer_nitsot_outs(outs)[0].shape[0]
    return outs[0].shape[0] + min(_taps(loop.info)[0])


def _padded(gradient, whole):
    """Add rows of zeros until `gradient` is as long as `whole`."""
    rows = whole.shape[0] - gradient.shape[0]
    lengths = [gradient.shape[axis] for axis in range(1, gradient.ndim)]
    return tensor.concatenate(
        [gradient, tensor.zeros([rows, *lengths], dtype=gradient.dtype)])


@functools.wraps(_pullback)
def _pullback_of_steps_taken(self, inputs, outs, dC_douts):
    """Differentiate ``until`` as a loop with a known number of steps.

    Such a loop over the first parts of the sequences has the same results, so
    the existing results replace its own and it is not computed again.

    """
    info = self.info
    if not info.as_while:
        return _pullback(self, inputs, outs, dC_douts)
    steps = _steps_taken(self, outs)
    rows = [0] * info.n_seqs + [-min(offsets) for offsets in _taps(info)]
    sliced = range(1, 1 + len(rows))
    parts = list(inputs)
    parts[0] = steps
    for position in sliced:
        parts[position] = inputs[position][:steps + rows[position - 1]]
    counts = slice(self.nit_sot_arg_offset,
                   self.nit_sot_arg_offset + info.n_nit_sot)
    parts[counts] = [steps] * info.n_nit_sot
    counted = Scan(
        self.inner_inputs, self.inner_outputs[:-1],
        dataclasses.replace(info, as_while=False), mode=self.mode,
        truncate_gradient=self.truncate_gradient, name=self.name,
        profile=self.profile, allow_gc=self.allow_gc, strict=self.strict)
    stand_ins = counted.make_node(*parts).outputs
    gradients = _pullback(counted, parts, stand_ins, dC_douts)
    results = dict(zip(stand_ins, outs))
    for node in applys_between([*inputs, *outs, *stand_ins, *dC_douts],
                               gradients):
        node.inputs[:] = [results.get(x, x) for x in node.inputs]
    for position in sliced:
        if isinstance(gradients[position].type, TensorType):
            gradients[position] = _padded(gradients[position],
                                          inputs[position])
    return gradients


@functools.wraps(_pushforward)
def _pushforward_of_several_taps(self, inputs, outputs, eval_points):
    """Use zeros as directions of initial states that have none."""
    first = self.seqs_arg_offset + self.info.n_mit_mot
    directions = list(eval_points)
    for position in range(first, first + self.info.n_mit_sot):
        if isinstance(directions[position].type, DisconnectedType):
            directions[position] = inputs[position].zeros_like()
    return _pushforward(self, inputs, outputs, directions)


def _any_step(loop, values):
    """Return values of the inputs of some step, zeros for its slices.

    Parameters
    ----------
    loop : Scan
    values : list
        Of the inputs of the loop.

    Returns
    -------
    list

    """
    states = values[loop.seqs_arg_offset:loop.untraced_sit_sot_arg_offset]
    slices = values[1:loop.seqs_arg_offset] + [
        state for state, offsets in zip(states, _taps(loop.info))
        for _ in offsets]
    return ([numpy.zeros(value.shape[1:], value.dtype) for value in slices]
            + loop.outer_untraced_sit_sot(values)
            + loop.outer_non_seqs(values))


def _shapes_of_results(loop, positions):
    """Compile a function from the inputs of a step to shapes of results."""
    step = loop._frozen_fgraph.unfreeze()
    results = loop.inner_nitsot_outs(step.outputs)
    return pytensor.function(
        step.inputs, [results[position].shape for position in positions],
        mode='FAST_COMPILE', on_unused_input='ignore')


@functools.wraps(_make_thunk)
def _thunk_of_no_step(self, node, storage_map, compute_map, no_recycling,
                      impl=None):
    """Give the results of a loop without steps their shapes."""
    thunk = _make_thunk(self, node, storage_map, compute_map, no_recycling,
                        impl)
    results = self.outer_nitsot_outs(node.outputs)
    matrices = [position for position, result in enumerate(results)
                if result.type.ndim > 1]
    if not matrices:
        return thunk
    inputs = [storage_map[x] for x in node.inputs]
    cells = [storage_map[results[position]] for position in matrices]
    dtypes = [results[position].type.dtype for position in matrices]
    steps = inputs[0]
    shapes_of = None

    def repaired():
        nonlocal shapes_of
        thunk()
        if steps[0] == 0:
            shapes_of = shapes_of or _shapes_of_results(self, matrices)
            shapes = shapes_of(*_any_step(self, [x[0] for x in inputs]))
            for cell, shape, dtype in zip(cells, shapes, dtypes):
                cell[0] = numpy.empty((0, *shape), dtype)

    vars(repaired).update(vars(thunk))
    return repaired


def apply_all():
    """Install every patch of loops."""
    # The gradient of a loop with until and a state is shifted.
    Scan.pullback = _pullback_of_steps_taken
    # A directional derivative requires one of every initial state.
    Scan.pushforward = _pushforward_of_several_taps
    # After no steps, matrices and their gradients have no columns.
    Scan.make_thunk = _thunk_of_no_step
