"""Recurrent networks in NumPy, one unpadded sequence after the other.

Written from the equations of the lecture and of the papers with nothing in
mind but that they can be read: the truth that bricks, kernels and exported
models are compared with.

A step takes the parameters `p` by the names that the brick gives them, the
projected inputs `x` and the states of one sequence, ``(features,)``, or of
a batch, ``(batch, features)``, and returns the list of new states.

"""
import numpy


def sigmoid(x):
    return 1. / (1. + numpy.exp(-x))


def relu(x):
    return numpy.maximum(x, 0)


def _split(x, parts):
    return numpy.split(x, parts, axis=-1)


def simple_step(p, x, h, squash=numpy.tanh):
    """One step of a simple recurrent network."""
    return [squash(x + h.dot(p['W']))]


def _lstm_gates(p, x, h, c, squash=numpy.tanh, sigma=sigmoid, gates='ijfo'):
    """Block input, gates, cells and states of :func:`lstm_step`."""
    net = dict(zip(gates, _split(x + h.dot(p['W_state']), 4)))
    i = squash(net['i'])
    j = sigma(net['j'] + p.get('W_cell_to_in', 0) * c)
    f = sigma(net['f'] + p.get('W_cell_to_forget', 0) * c)
    c = f * c + i * j
    o = sigma(net['o'] + p.get('W_cell_to_out', 0) * c)
    return i, j, f, o, c, squash(c) * o


def lstm_step(p, x, h, c, **kwargs):
    """One step of the lecture's LSTM, with peepholes if `p` has any.

    Parameters
    ----------
    squash, sigma : callable, optional
        The activations of cells and gates.
    gates : str, optional
        The order in `x` and `W_state` of the block input i, the input gate j,
        the forget gate f and the output gate o.

    """
    _, _, _, _, c, h = _lstm_gates(p, x, h, c, **kwargs)
    return [h, c]


def blocks_lstm_step(p, x, h, c):
    """One step of the LSTM of Blocks: in, forget, cells, out."""
    return lstm_step(p, x, h, c, gates='jfio')


def projected_lstm_step(p, x, h, c):
    """One step of an LSTM whose states W_projection makes smaller."""
    h, c = lstm_step(p, x, h, c)
    return [h.dot(p['W_projection']), c]


def layer_norm_lstm_step(p, x, h, c, epsilon=1e-5):
    """One step of equations 20 to 22 of Ba et al. (2016)."""
    def normalised(a):
        return (a - a.mean(-1, keepdims=True)) / numpy.sqrt(
            a.var(-1, keepdims=True) + epsilon)

    net = (p['gain_inputs'] * normalised(x) +
           p['gain_states'] * normalised(h.dot(p['W_state'])) + p['b'])
    i, j, f, o = _split(net, 4)
    c = sigmoid(f) * c + numpy.tanh(i) * sigmoid(j)
    shown = p['gain_cells'] * normalised(c) + p['b_cells']
    return [numpy.tanh(shown) * sigmoid(o), c]


def gru_step(p, x, h, squash=numpy.tanh, gates='rzn'):
    """One step of a GRU that resets after the product, in PyTorch's symbols.

    Parameters
    ----------
    squash : callable, optional
        The activation of the candidate.
    gates : str, optional
        The order in `x` and `W_state` of the reset gate r, the update gate z
        and the candidate n.

    """
    x = dict(zip(gates, _split(x, 3)))
    product = dict(zip(gates, _split(h.dot(p['W_state']), 3)))
    r, z = (sigmoid(x[gate] + product[gate]) for gate in 'rz')
    n = squash(x['n'] + r * (product['n'] + p['b_candidate']))
    return [(1 - z) * n + z * h]


def blocks_gru_step(p, x, h):
    """One step of the GRU of Blocks, which resets before the product.

    In `x`, the candidate's inputs come before those of the gates.

    """
    n, z, r = _split(x, 3)
    product_z, product_r = _split(h.dot(p['state_to_gates']), 2)
    z, r = sigmoid(z + product_z), sigmoid(r + product_r)
    n = numpy.tanh(n + (r * h).dot(p['state_to_state']))
    return [z * n + (1 - z) * h]


def min_gru_step(p, x, h):
    """One step of section 3.1 of Feng et al. (2024); z, then h tilde."""
    z, candidate = _split(x, 2)
    z = sigmoid(z)
    return [(1 - z) * h + z * candidate]


def min_lstm_step(p, x, h):
    """One step of section 3.2 there; h tilde, the input and forget gates."""
    candidate, i, f = _split(x, 3)
    i, f = sigmoid(i), sigmoid(f)
    return [f / (f + i) * h + i / (f + i) * candidate]


def iterated(step, p, x, states):
    """Run a step over one sequence.

    Parameters
    ----------
    step : callable
        One of the above.
    p : dict of str to numpy.ndarray
    x : numpy.ndarray, (steps, features)
    states : list of numpy.ndarray, (dim,)

    Returns
    -------
    list of numpy.ndarray, (steps, dim)

    """
    sequences = [numpy.zeros((len(x), len(state))) for state in states]
    for t, x_t in enumerate(x):
        states = step(p, x_t, *states)
        for sequence, state in zip(sequences, states):
            sequence[t] = state
    return sequences


def _times(mask, b, reverse):
    """All times of a sequence, the valid ones, and their number so far."""
    order = numpy.arange(len(mask))[::-1 if reverse else 1]
    valid = mask[order, b] != 0
    return order, order[valid], numpy.cumsum(valid)


def iterated_padded(step, p, inputs, mask, states, reverse=False):
    """Run each sequence's valid steps alone and put the results in place.

    Parameters
    ----------
    step, p
        As for :func:`iterated`.
    inputs : numpy.ndarray, (T, B, features)
    mask : numpy.ndarray, (T, B)
    states : list of numpy.ndarray, (B, dim)
        Before the first step.
    reverse : bool

    Returns
    -------
    list of numpy.ndarray, (T, B, dim)
        At the time of the inputs; a masked step shows the state before it.

    """
    outputs = [numpy.zeros((*mask.shape, state.shape[1])) for state in states]
    for b in range(mask.shape[1]):
        order, valid, done = _times(mask, b, reverse)
        first = [state[b] for state in states]
        sequences = iterated(step, p, inputs[valid, b], first)
        for output, start, sequence in zip(outputs, first, sequences):
            output[order, b] = numpy.concatenate([start[None], sequence])[done]
    return outputs


def initial_states_of(p, batch):
    """Repeat the learned initial states for each sequence of a batch.

    Returns
    -------
    list of numpy.ndarray, (batch, dim)

    """
    return [numpy.tile(p[name], (batch, 1))
            for name in ('initial_state', 'initial_cells') if name in p]


def lstm_gradients(p, x, h, c, d_states, d_cells):
    """Backpropagate through an LSTM over one sequence without padding.

    Parameters
    ----------
    p : dict of str to numpy.ndarray
        As for :func:`lstm_step`.
    x : numpy.ndarray, (steps, 4 * dim)
    h, c : numpy.ndarray, (dim,)
    d_states, d_cells : numpy.ndarray, (steps + 1, dim)
        The gradients of the cost with respect to the states and cells
        before the first step and after each one.

    Returns
    -------
    dict of str to numpy.ndarray
        The gradients with respect to each parameter, to 'inputs', 'states'
        and 'cells'.

    """
    steps = []
    for x_t in x:
        now = _lstm_gates(p, x_t, h, c)
        steps.append((h, c) + now)
        c, h = now[4:]
    gradients = {name: numpy.zeros_like(array) for name, array in p.items()}
    gradients['inputs'] = dx = numpy.zeros(x.shape)
    dh, dc = d_states[-1], d_cells[-1]
    for t in reversed(range(len(x))):
        h_before, c_before, i, j, f, o, c, h = steps[t]
        do = dh * numpy.tanh(c) * o * (1 - o)
        dc = (dc + dh * o * (1 - numpy.tanh(c) ** 2) +
              do * p.get('W_cell_to_out', 0))
        di = dc * j * (1 - i ** 2)
        dj = dc * i * j * (1 - j)
        df = dc * c_before * f * (1 - f)
        for name, gate, cells in [('W_cell_to_in', dj, c_before),
                                  ('W_cell_to_forget', df, c_before),
                                  ('W_cell_to_out', do, c)]:
            if name in p:
                gradients[name] += gate * cells
        dx[t] = numpy.concatenate([di, dj, df, do])
        gradients['W_state'] += numpy.outer(h_before, dx[t])
        dh = dx[t].dot(p['W_state'].T) + d_states[t]
        dc = (dc * f + dj * p.get('W_cell_to_in', 0) +
              df * p.get('W_cell_to_forget', 0) + d_cells[t])
    gradients.update(states=dh, cells=dc)
    return gradients


def lstm_gradients_padded(p, inputs, mask, states, weights, reverse=False):
    """Backpropagate through an LSTM over each sequence's valid steps.

    Parameters
    ----------
    p, inputs, mask, states, reverse
        As for :func:`iterated_padded`.
    weights : pair of numpy.ndarray, (T, B, dim)
        By what states and cells are multiplied before they are summed to
        the cost, at the time of the inputs.

    Returns
    -------
    dict of str to numpy.ndarray
        As of :func:`lstm_gradients`.

    """
    gradients = {name: numpy.zeros_like(array) for name, array in p.items()}
    gradients.update(inputs=numpy.zeros(inputs.shape), **{
        name: numpy.zeros(state.shape)
        for name, state in zip(('states', 'cells'), states)})
    for b in range(mask.shape[1]):
        order, valid, done = _times(mask, b, reverse)
        seen = numpy.zeros((2, len(valid) + 1, states[0].shape[1]))
        for t, count in zip(order, done):
            seen[:, count] += [weight[t, b] for weight in weights]
        found = lstm_gradients(p, inputs[valid, b], states[0][b],
                               states[1][b], *seen)
        gradients['inputs'][valid, b] = found['inputs']
        for name in ('states', 'cells'):
            gradients[name][b] = found[name]
        for name in p:
            gradients[name] += found[name]
    return gradients


def slopes(cost, array, step=1e-6):
    """The gradient of a cost by central differences.

    Parameters
    ----------
    cost : callable
        Of nothing; it reads `array`, which is changed for each call.
    array : numpy.ndarray

    Returns
    -------
    numpy.ndarray, of the shape of `array`

    """
    gradient = numpy.zeros(array.shape)
    for index in numpy.ndindex(*array.shape):
        kept = array[index]
        array[index] = kept + step
        above = cost()
        array[index] = kept - step
        gradient[index] = (above - cost()) / (2 * step)
        array[index] = kept
    return gradient


def random_mask(rng, T, B, kind):
    """A mask (T, B).

    Parameters
    ----------
    kind : {'full', 'lengths', 'holes'}
        Of 'lengths' one is 0 and one 1, if there are as many sequences;
        'holes' are anywhere.

    """
    if kind == 'full':
        return numpy.ones((T, B))
    if kind == 'holes':
        return (rng.uniform(size=(T, B)) < 0.6).astype('float64')
    lengths = rng.randint(0, T + 1, size=B)
    lengths[:2] = (0, 1)[:B]
    return (numpy.arange(T)[:, None] < lengths).astype('float64')
