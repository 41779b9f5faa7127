"""Recurrent networks as loops over NumPy arrays, for comparison."""
import numpy


def sigmoid(x):
    return 1 / (1 + numpy.exp(-x))


def simple(parameters, x, states):
    """Compute one step of :class:`SimpleRecurrent` with tanh."""
    return [numpy.tanh(x['inputs'] + states[0] @ parameters['W'])]


def lstm(parameters, x, states):
    """Compute one step of :class:`LSTM`."""
    h, c = states
    to_in, to_forget, to_cells, to_out = numpy.split(
        x['inputs'] + h @ parameters['W_state'], 4, axis=-1)
    in_gate = sigmoid(to_in + c * parameters['W_cell_to_in'])
    forget_gate = sigmoid(to_forget + c * parameters['W_cell_to_forget'])
    c = forget_gate * c + in_gate * numpy.tanh(to_cells)
    out_gate = sigmoid(to_out + c * parameters['W_cell_to_out'])
    return [out_gate * numpy.tanh(c), c]


def gated(parameters, x, states):
    """Compute one step of :class:`GatedRecurrent`."""
    h, = states
    update, reset = numpy.split(
        sigmoid(x['gate_inputs'] + h @ parameters['state_to_gates']), 2,
        axis=-1)
    new = numpy.tanh(x['inputs'] + (h * reset) @ parameters['state_to_state'])
    return [update * new + (1 - update) * h]


def run(step, parameters, inputs, mask, initial, reverse=False):
    """Iterate over each sequence of a batch without its padding.

    Parameters
    ----------
    step : callable
        One of the steps above.
    parameters : dict
        Arrays by name.
    inputs : dict
        Arrays by name, ``(time, batch, features)``.
    mask : array
        ``(time, batch)``; steps where it is 0 are skipped.
    initial : list of arrays
        The initial states, ``(dim,)``.
    reverse : bool, optional
        Whether to run backward in time.

    Returns
    -------
    list of arrays
        The states, ``(time, batch, dim)``, aligned with the inputs.

    """
    times = range(len(mask))[::-1] if reverse else range(len(mask))
    results = [numpy.zeros((*mask.shape, len(state))) for state in initial]
    for batch in range(mask.shape[1]):
        states = initial
        for time in times:
            if mask[time, batch]:
                states = step(parameters, {
                    name: values[time, batch]
                    for name, values in inputs.items()}, states)
            for result, state in zip(results, states):
                result[time, batch] = state
    return results
