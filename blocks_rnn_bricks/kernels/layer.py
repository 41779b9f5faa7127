"""A layer of one or two directions: projection, sequence and gradients.

Functions over plain arrays that share their work between threads, each
taking all time steps of some rows in one direction.

"""
from itertools import repeat
from typing import NamedTuple, Optional

import numpy

from . import lstm
from .buffers import buffers
from .threads import run


class Direction(NamedTuple):
    """The parameters of one direction, all of one floating point dtype.

    Attributes
    ----------
    W_state : numpy.ndarray, shape (dim, 4 * dim)
    initial_states, initial_cells : numpy.ndarray, shape (B, dim)
        Not needed by the gradient.
    peepholes : numpy.ndarray, shape (3, dim) or (0, dim)
        Of the gates j, f and o; no row for an LSTM without.
    W_input : numpy.ndarray, shape (F, 4 * dim), optional
        The projection of the inputs; without it they are projected already
        and F is ``4 * dim``.
    bias : numpy.ndarray, shape (4 * dim,), optional
        Of the projection.

    """

    W_state: numpy.ndarray
    initial_states: Optional[numpy.ndarray]
    initial_cells: Optional[numpy.ndarray]
    peepholes: numpy.ndarray
    W_input: Optional[numpy.ndarray] = None
    bias: Optional[numpy.ndarray] = None

    @property
    def sizes(self):
        """The dimension, and the number of features or None."""
        return (len(self.W_state),
                None if self.W_input is None else len(self.W_input))

    @property
    def weights(self):
        """All weights, as :func:`.lstm.forward` takes them."""
        if self.W_input is None:
            return [self.W_state]
        return [self.W_state, self.W_input, self.bias[None]]


class Gradients(NamedTuple):
    """The gradients with respect to one :class:`Direction`.

    Attributes
    ----------
    W_state, initial_states, initial_cells, peepholes, W_input, bias
        As there.
    d_z : numpy.ndarray, shape (N, 4 * dim), or None
        With respect to the projected inputs of the packed steps.

    """

    W_state: numpy.ndarray
    initial_states: numpy.ndarray
    initial_cells: numpy.ndarray
    peepholes: numpy.ndarray
    W_input: Optional[numpy.ndarray]
    bias: Optional[numpy.ndarray]
    d_z: Optional[numpy.ndarray]


def forward(x, directions, plans, states, cells, tapes, threads):
    """Compute the states and cells of every direction.

    Parameters
    ----------
    x : numpy.ndarray, shape (T, B, F)
        The inputs.
    directions : list of :class:`Direction`
    plans : list of :class:`.plan.Plan`
        One for each direction.
    states, cells : list of numpy.ndarray, shape (T, B, dim)
        One for each direction; get the outputs. Where the plan writes
        nothing, they stay as they are.
    tapes : list of (numpy.ndarray or None)
        One vector of :func:`.lstm.tape_size` elements for each direction;
        gets what :func:`backward` needs. None if that is not called.
    threads : int
        The most threads to use.

    """
    run([
        _forward_task(_flat(x), direction, share, plan.stride,
                      _flat(states_), _flat(cells_), tape)
        for direction, plan, states_, cells_, buffer in zip(
            directions, plans, states, cells, tapes)
        for share, tape in zip(
            plan.shares, repeat(None) if buffer is None else lstm.tapes(
                buffer, plan, *direction.sizes))], threads)


def _forward_task(x, direction, share, stride, states, cells, tape):
    def task():
        lstm.forward(share, stride, tape, x, direction.weights,
                     direction.initial_states, direction.initial_cells,
                     direction.peepholes, states, cells)
    return task


def backward(shape, directions, plans, tapes, d_states, d_cells, threads,
             keep=None):
    """Compute the gradients with respect to the parameters.

    Parameters
    ----------
    shape : tuple of int
        ``(T, B)``.
    directions, plans, tapes
        As for :func:`forward`, after it.
    d_states, d_cells : list of numpy.ndarray, shape (T, B, dim) or None
        The gradients with respect to the outputs of each direction; None
        for zero.
    threads : int
        The most threads to use.
    keep : list of bool, optional
        For each direction, whether its ``d_z`` is wanted; all if not given.
        Without it, they go from the cache into the gradient of the weights
        and nowhere else.

    Returns
    -------
    list of :class:`Gradients`

    """
    tasks = []
    results = []
    for direction, plan, buffer, d_states_, d_cells_, kept in zip(
            directions, plans, tapes, d_states, d_cells,
            keep or repeat(True)):
        dim = len(direction.W_state)
        like = direction.W_state.dtype
        d_z = buffers.empty((plan.size, 4 * dim), like) if kept else None
        d_initial = numpy.empty((2, shape[1], dim), dtype=like)
        none = numpy.empty((0, dim), dtype=like)
        tasks += [
            _backward_task(
                direction, share, plan.stride, tape,
                none if d_states_ is None else _flat(d_states_),
                none if d_cells_ is None else _flat(d_cells_), part,
                *d_initial)
            for share, tape, part in zip(
                plan.shares, lstm.tapes(buffer, plan, *direction.sizes),
                repeat(None) if d_z is None else shares_of(d_z, plan))]
        results.append((d_initial, d_z))
    parts = iter(run(tasks, threads))
    gradients = []
    for direction, plan, (d_initial, d_z) in zip(directions, plans, results):
        d_weights, d_peepholes = next(parts)
        for _ in plan.shares[1:]:
            for total, part in zip((d_weights, d_peepholes), next(parts)):
                total += part
        dim, features = direction.sizes
        gradients.append(Gradients(
            d_weights[:dim], *d_initial, d_peepholes,
            None if features is None else d_weights[dim:-1],
            None if features is None else d_weights[-1], d_z))
    return gradients


def _backward_task(direction, share, stride, tape, d_states, d_cells, d_z,
                   d_initial_states, d_initial_cells):
    def task():
        return lstm.backward(
            share, stride, tape, direction.W_state, direction.peepholes,
            d_states, d_cells, d_z, d_initial_states, d_initial_cells)
    return task


def input_gradient(shape, plans, d_z, threads, W_input=None):
    """Compute the gradient with respect to the inputs.

    Parameters
    ----------
    shape : tuple of int
        ``(T, B)``.
    plans : list of :class:`.plan.Plan`
    d_z : list of numpy.ndarray, shape (N, 4 * dim)
        From :func:`backward`.
    threads : int
        The most threads to use.
    W_input : list of numpy.ndarray, shape (F, 4 * dim), optional
        The projections; None if the inputs were projected already.

    Returns
    -------
    numpy.ndarray, shape (T, B, F)
        Zero where no direction reads.

    """
    def task(share, part, total, weights):
        def scatter():
            if weights is None:
                total[share.reads] = part
            else:
                lstm.input_gradient(share, part, weights, total)
        return scatter

    if W_input is None:
        W_input = [None] * len(plans)
    width = d_z[0].shape[1] if W_input[0] is None else len(W_input[0])
    totals = [buffers.zeros((shape[0] * shape[1], width), d_z[0].dtype)
              for _ in plans]
    run([task(share, part, total, weights)
         for plan, d_z_, total, weights in zip(plans, d_z, totals, W_input)
         for share, part in zip(plan.shares, shares_of(d_z_, plan))], threads)
    for total in totals[1:]:
        totals[0] += total
    return totals[0].reshape(*shape, width)


def shares_of(packed, plan):
    """Cut an array of packed steps into the parts of the shares."""
    ends = numpy.cumsum([share.size for share in plan.shares])
    return numpy.split(packed, ends[:-1])


def _flat(array):
    """Merge the axes of time and batch."""
    return array.reshape(-1, array.shape[-1])
