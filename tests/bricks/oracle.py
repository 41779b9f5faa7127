"""Recurrent networks in NumPy, one unpadded sequence after the other.

Written from the equations of the lecture and of the papers with nothing in
mind but that they can be read: the truth that bricks and kernels are compared
with.

"""
import numpy


def sigmoid(x):
    return 1. / (1. + numpy.exp(-x))


class LSTMOracle:
    """Forward and backward pass over one sequence without padding.

    Parameters
    ----------
    W_state : numpy.ndarray, (dim, 4 * dim)
    peepholes : numpy.ndarray, (3, dim), optional
        From the cells to j, f and o.

    """

    def __init__(self, W_state, peepholes=None):
        self.W = W_state
        self.dim = W_state.shape[0]
        self.p = numpy.zeros((3, self.dim)) if peepholes is None else peepholes

    def forward(self, x, h, c):
        """States and cells (steps, dim) of projected inputs (steps, 4*dim)."""
        self.h0, self.c0, self.steps = h, c, []
        for x_t in x:
            i, j, f, o = (x_t + h.dot(self.W)).reshape(4, self.dim)
            before = h, c
            i = numpy.tanh(i)
            j = sigmoid(j + self.p[0] * c)
            f = sigmoid(f + self.p[1] * c)
            c = f * c + i * j
            o = sigmoid(o + self.p[2] * c)
            h = numpy.tanh(c) * o
            self.steps.append(before + (i, j, f, o, c, h))
        shape = (len(x), self.dim)
        return (numpy.array([step[-1] for step in self.steps]).reshape(shape),
                numpy.array([step[-2] for step in self.steps]).reshape(shape))

    def backward(self, d_states, d_cells, d_h0, d_c0):
        """Gradients, given those of the cost for each state.

        `d_h0` and `d_c0` are what the cost sees of the initial states
        themselves.

        """
        dh, dc = numpy.zeros(self.dim), numpy.zeros(self.dim)
        dW, dp = numpy.zeros_like(self.W), numpy.zeros((3, self.dim))
        dx = numpy.zeros((len(self.steps), 4 * self.dim))
        for t in reversed(range(len(self.steps))):
            h_prev, c_prev, i, j, f, o, c, h = self.steps[t]
            dh = dh + d_states[t]
            dc = dc + d_cells[t]
            do = dh * numpy.tanh(c) * o * (1 - o)
            dc = dc + dh * o * (1 - numpy.tanh(c) ** 2) + do * self.p[2]
            di = dc * j * (1 - i ** 2)
            dj = dc * i * j * (1 - j)
            df = dc * c_prev * f * (1 - f)
            dp += numpy.array([dj * c_prev, df * c_prev, do * c])
            dx[t] = numpy.concatenate([di, dj, df, do])
            dW += numpy.outer(h_prev, dx[t])
            dh = dx[t].dot(self.W.T)
            dc = dc * f + dj * self.p[0] + df * self.p[1]
        return {'inputs': dx, 'W_state': dW, 'peepholes': dp,
                'states': dh + d_h0, 'cells': dc + d_c0}


def run_padded(W_state, inputs, mask, initial_states, initial_cells,
               projections, peepholes=None, reverse=False):
    """Run each sequence's valid steps alone and put the results in place.

    Parameters
    ----------
    W_state, peepholes
        As for :class:`LSTMOracle`.
    inputs : numpy.ndarray, (T, B, 4 * dim)
    mask : numpy.ndarray, (T, B)
    initial_states, initial_cells : numpy.ndarray, (B, dim)
    projections : pair of numpy.ndarray, (T, B, dim)
        What states and cells are multiplied with before they are summed to
        the cost, at the time of the inputs.
    reverse : bool

    Returns
    -------
    outputs : dict
        'states' and 'cells', (T, B, dim), at the time of the inputs; a
        masked step shows the state before it.
    gradients : dict
        Of 'inputs', 'W_state', 'peepholes', 'states' and 'cells'.

    """
    T, B, _ = inputs.shape
    dim = W_state.shape[0]
    outputs = {'states': numpy.zeros((T, B, dim)),
               'cells': numpy.zeros((T, B, dim))}
    gradients = {'inputs': numpy.zeros(inputs.shape),
                 'W_state': numpy.zeros(W_state.shape),
                 'peepholes': numpy.zeros((3, dim)),
                 'states': numpy.zeros((B, dim)),
                 'cells': numpy.zeros((B, dim))}
    order = numpy.arange(T)[::-1] if reverse else numpy.arange(T)
    for b in range(B):
        valid = [t for t in order if mask[t, b]]
        oracle = LSTMOracle(W_state, peepholes)
        h0, c0 = initial_states[b], initial_cells[b]
        h, c = oracle.forward(inputs[valid, b], h0, c0)
        h = numpy.concatenate([h0[None], h])
        c = numpy.concatenate([c0[None], c])
        dh, dc = numpy.zeros_like(h), numpy.zeros_like(c)
        done = 0
        for t in order:
            done += bool(mask[t, b])
            outputs['states'][t, b], outputs['cells'][t, b] = h[done], c[done]
            dh[done] += projections[0][t, b]
            dc[done] += projections[1][t, b]
        result = oracle.backward(dh[1:], dc[1:], dh[0], dc[0])
        gradients['inputs'][valid, b] = result['inputs']
        gradients['W_state'] += result['W_state']
        gradients['peepholes'] += result['peepholes']
        gradients['states'][b] = result['states']
        gradients['cells'][b] = result['cells']
    return outputs, gradients


def gru_step(p, x, h):
    """One step of a GRU that resets after the product, in PyTorch's symbols.

    Parameters
    ----------
    p : dict of str to numpy.ndarray
        By the names of the brick's parameters, as in the steps below.
    x : numpy.ndarray, (3 * dim,)
        The projected input.
    h : numpy.ndarray, (dim,)

    """
    dim = len(h)
    W_r, W_z, W_n = (p['W_state'][:, k * dim:(k + 1) * dim] for k in range(3))
    r = sigmoid(x[:dim] + h.dot(W_r))
    z = sigmoid(x[dim:2 * dim] + h.dot(W_z))
    n = numpy.tanh(x[2 * dim:] + r * (h.dot(W_n) + p['b_candidate']))
    return [(1 - z) * n + z * h]


def min_gru_step(p, x, h):
    """One step of section 3.1 of Feng et al. (2024); z, then h tilde."""
    z, candidate = sigmoid(x[:len(h)]), x[len(h):]
    return [(1 - z) * h + z * candidate]


def min_lstm_step(p, x, h):
    """One step of section 3.2 there; h tilde, the input and forget gates."""
    candidate, i, f = x.reshape(3, len(h))
    i, f = sigmoid(i), sigmoid(f)
    return [f / (f + i) * h + i / (f + i) * candidate]


def projected_lstm_step(p, x, h, c):
    """One step of an LSTM whose states W_projection makes smaller."""
    dim = len(c)
    i, j, f, o = (x + h.dot(p['W_state'])).reshape(4, dim)
    c = sigmoid(f) * c + numpy.tanh(i) * sigmoid(j)
    return [(numpy.tanh(c) * sigmoid(o)).dot(p['W_projection']), c]


def layer_norm_lstm_step(p, x, h, c, epsilon=1e-5):
    """One step of equations 20 to 22 of Ba et al. (2016)."""
    def normalised(a):
        return (a - numpy.mean(a)) / numpy.sqrt(numpy.var(a) + epsilon)
    net = (p['gain_inputs'] * normalised(x) +
           p['gain_states'] * normalised(h.dot(p['W_state'])) + p['b'])
    i, j, f, o = net.reshape(4, len(c))
    c = sigmoid(f) * c + numpy.tanh(i) * sigmoid(j)
    shown = p['gain_cells'] * normalised(c) + p['b_cells']
    return [numpy.tanh(shown) * sigmoid(o), c]


def iterated(step, p, x, states):
    """Run a step over one sequence.

    Parameters
    ----------
    step : callable
        Of parameters, one projected input and states (dim,).
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
    T, B = mask.shape
    outputs = [numpy.zeros((T, B, state.shape[1])) for state in states]
    order = numpy.arange(T)[::-1] if reverse else numpy.arange(T)
    for b in range(B):
        valid = [t for t in order if mask[t, b]]
        first = [state[b] for state in states]
        sequences = iterated(step, p, inputs[valid, b], first)
        for output, start, sequence in zip(outputs, first, sequences):
            shown = numpy.concatenate([start[None], sequence])
            done = numpy.cumsum([bool(mask[t, b]) for t in order])
            output[order, b] = shown[done]
    return outputs


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
