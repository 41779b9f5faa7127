"""Steps of many kinds of cells, for the tests of what is made of them."""
from collections import OrderedDict

import numpy
import theano
from theano import tensor

from rnn_kernels import iterate
from rnn_kernels.iteration import prepare

D, F, P = 5, 3, 2


class Weights:
    """Shared variables of random values, the same in each dtype."""

    def __init__(self, dtype, dim):
        self._rng = numpy.random.RandomState(3)
        self._dtype = dtype
        self.made = []
        shapes = dict(
            W=(dim, 4 * dim), W_project=(dim, P), W_projected=(P, 4 * dim),
            W_inputs=(F, 4 * dim), W_gates=(dim, 2 * dim), W_state=(dim, dim),
            W_both=(2 * dim, dim), p_in=(dim,), p_forget=(dim,),
            p_out=(dim,), bias=(4 * dim,), b=(dim,), gain=(4 * dim,),
            scale=())
        for name, shape in sorted(shapes.items()):
            setattr(self, '_' + name, self._share(name, shape))

    def _share(self, name, shape):
        return theano.shared(numpy.asarray(
            self._rng.normal(size=shape) * .6, dtype=self._dtype), name=name)

    def __getattr__(self, name):
        variable = self.__dict__['_' + name]
        if variable not in self.made:
            self.made.append(variable)
        return variable


def carried(mask, after, before):
    """Carry states over, as Blocks' bricks do."""
    if mask is None:
        return after
    mask = mask[:, None]
    return [mask * new + (1 - mask) * old for new, old in zip(after, before)]


def gates(net, dim):
    return [net[:, k * dim:(k + 1) * dim] for k in range(4)]


def standardized(rows):
    return (rows - rows.mean(axis=1, keepdims=True)) / tensor.sqrt(
        rows.var(axis=1, keepdims=True) + 1e-5)


sigmoid = tensor.nnet.sigmoid


def lstm(w, dim, inputs, states, cells, mask=None):
    """With peepholes."""
    i, j, f, o = gates(inputs + tensor.dot(states, w.W), dim)
    c = sigmoid(f + w.p_forget * cells) * cells + tensor.tanh(i) * sigmoid(
        j + w.p_in * cells)
    h = tensor.tanh(c) * sigmoid(o + w.p_out * c)
    return carried(mask, [h, c], [states, cells])


def projecting(w, dim, inputs, states, cells, mask=None):
    """Projects its inputs, and adds a bias."""
    return lstm(w, dim, tensor.dot(inputs, w.W_inputs) + w.bias, states,
                cells, mask)


def projected(w, dim, inputs, states, cells, mask=None):
    """LSTMP: the state is a projection."""
    i, j, f, o = gates(inputs + tensor.dot(states, w.W_projected), dim)
    c = sigmoid(f) * cells + tensor.tanh(i) * sigmoid(j)
    h = tensor.dot(tensor.tanh(c) * sigmoid(o), w.W_project)
    return carried(mask, [h, c], [states, cells])


def layer_norm(w, dim, inputs, states, cells, mask=None):
    net = w.gain * standardized(tensor.dot(states, w.W)) + inputs
    i, j, f, o = gates(net, dim)
    c = sigmoid(f) * cells + tensor.tanh(i) * sigmoid(j)
    h = tensor.tanh(standardized(c)) * sigmoid(o)
    return carried(mask, [h, c], [states, cells])


def gru(w, dim, inputs, gate_inputs, states, mask=None):
    """With the reset before the product, as in Blocks."""
    z = sigmoid(tensor.dot(states, w.W_gates) + gate_inputs)
    update, reset = z[:, :dim], z[:, dim:]
    new = tensor.tanh(tensor.dot(states * reset, w.W_state) + inputs)
    return carried(mask, [new * update + states * (1 - update)], [states])


def gru_after(w, dim, inputs, gate_inputs, states, mask=None):
    """With the reset after the product, as in cuDNN."""
    z = sigmoid(tensor.dot(states, w.W_gates) + gate_inputs)
    new = tensor.tanh(z[:, dim:] * (tensor.dot(states, w.W_state) + w.b)
                      + inputs)
    return carried(mask, [new + z[:, :dim] * (states - new)], [states])


def relu(w, dim, inputs, states, mask=None):
    """With the mask in a switch."""
    h = tensor.nnet.relu(tensor.dot(states, w.W_state) + inputs + w.b)
    return [h if mask is None else tensor.switch(mask[:, None], h, states)]


def simple(w, dim, inputs, states, mask=None):
    return carried(mask, [tensor.tanh(
        tensor.dot(states, w.W_state) + inputs)], [states])


def dropout(w, dim, inputs, states, factors, mask=None):
    """Of the state before it is multiplied; with an output that is none."""
    h = tensor.tanh(tensor.dot(states * factors, w.W_state) + inputs)
    y = tensor.nnet.softplus(tensor.dot(h, w.W_project))
    h, = carried(mask, [h], [states])
    return [y if mask is None else y * mask[:, None], h]


def total(w, dim, inputs, sums, mask=None):
    """The state has no axis of features."""
    new = sums * w.scale + inputs.sum(axis=1)
    return [new if mask is None else mask * new + (1 - mask) * sums]


def concatenated(w, dim, inputs, states, cells, mask=None):
    rows = tensor.concatenate([states, cells], axis=1)
    h = tensor.tanh(tensor.dot(rows, w.W_both) + inputs)
    c = tensor.concatenate(
        [h[:, :2] * cells[:, 0][:, None], tensor.exp(-h[:, 2:])], axis=1)
    return carried(mask, [h, c], [states, cells])


def elementwise(w, dim, inputs, states, mask=None):
    h = (tensor.clip(tensor.dot(states, w.W_state) * .5 + inputs, -1, 1) +
         tensor.maximum(inputs, w.b) * abs(states) ** 1.5 +
         tensor.log(1 + tensor.sqr(states)) -
         tensor.minimum(inputs, states) / (1.5 + tensor.cos(states)))
    return carried(mask, [h], [states])


class Step:
    """A step, and what it takes.

    `sequences`, `states` and `contexts` are pairs of a name and a function
    from `dim` to a width.

    """

    def __init__(self, function, sequences, states, contexts=(),
                 outputs=None):
        self.function = function
        self.sequences = OrderedDict(sequences)
        self.states = OrderedDict(states)
        self.contexts = OrderedDict(contexts)
        self.outputs = outputs or list(self.states)

    def bind(self, dtype, dim=D, masked=True):
        return BoundStep(self, dtype, dim, masked)

    def cells(self, dtype, dim=D, masked=True):
        """Make the cells; return them and what they take from outside."""
        recurrence, inputs = self.bind(dtype, dim, masked).prepare()
        return recurrence.cells, inputs


class BoundStep:
    """A step with weights and symbolic variables."""

    def __init__(self, kind, dtype, dim, masked):
        self.kind, self.dtype, self.dim = kind, dtype, dim
        self.weights = Weights(dtype, dim)
        self.widths = {name: width(dim) for group in (
            kind.sequences, kind.states, kind.contexts)
            for name, width in group.items()}
        self.widths['mask'] = 0
        self.mask = 'mask' if masked else None
        names = list(kind.sequences) + ['mask'] * masked
        self.sequences, self.states, self.contexts = (
            OrderedDict((name, self.variable(name, leading))
                        for name in group)
            for group, leading in ((names, 2), (kind.states, 1),
                                   (kind.contexts, 1)))

    def variable(self, name, leading):
        ndim = leading + bool(self.widths[name])
        return tensor.TensorType(self.dtype, (False,) * ndim)(name)

    @property
    def inputs(self):
        return [variable for group in (
            self.sequences, self.states, self.contexts)
            for variable in group.values()]

    def __call__(self, **rows):
        return self.kind.function(self.weights, self.dim, **rows)

    def prepare(self, **options):
        return prepare(
            self, self.sequences, self.states, self.contexts,
            self.kind.outputs, self.widths.__getitem__, self.mask, **options)

    def iterate(self, **options):
        return iterate(
            self, self.sequences, self.states, self.contexts,
            self.kind.outputs, self.widths.__getitem__, self.mask, **options)

    def scan(self, reverse=False):
        outputs = self.kind.outputs
        order = list(self.sequences) + [
            name for name in outputs if name in self.states] + list(
                self.contexts)

        def one(*rows):
            return self(**dict(zip(order, rows)))
        results, _ = theano.scan(
            one, sequences=list(self.sequences.values()),
            outputs_info=[self.states.get(name) for name in outputs],
            non_sequences=list(self.contexts.values()), go_backwards=reverse)
        return results if isinstance(results, list) else [results]

    def data(self, steps, batch, mask=None, seed=1):
        """Make arrays for the inputs."""
        rng = numpy.random.RandomState(seed)
        arrays = []
        for group, leading in ((self.sequences, (steps, batch)),
                               (self.states, (batch,)),
                               (self.contexts, (batch,))):
            for name in group:
                width = self.widths[name]
                shape = leading + ((width,) if width else ())
                array = rng.normal(size=shape)
                if name == 'mask':
                    array = numpy.ones(shape) if mask is None else mask
                arrays.append(numpy.asarray(array, dtype=self.dtype))
        return arrays


def _one(dim):
    return dim


def _four(dim):
    return 4 * dim


_LSTM = dict(sequences=[('inputs', _four)],
             states=[('states', _one), ('cells', _one)])
_GRU = dict(sequences=[('inputs', _one),
                       ('gate_inputs', lambda dim: 2 * dim)],
            states=[('states', _one)])
_SIMPLE = dict(sequences=[('inputs', _one)], states=[('states', _one)])

STEPS = {
    'lstm': Step(lstm, **_LSTM),
    'projecting': Step(projecting, **dict(
        _LSTM, sequences=[('inputs', lambda dim: F)])),
    'projected': Step(projected, **dict(
        _LSTM, states=[('states', lambda dim: P), ('cells', _one)])),
    'layer_norm': Step(layer_norm, **_LSTM),
    'gru': Step(gru, **_GRU),
    'gru_after': Step(gru_after, **_GRU),
    'relu': Step(relu, **_SIMPLE),
    'simple': Step(simple, **_SIMPLE),
    'dropout': Step(dropout, contexts=[('factors', _one)],
                    outputs=['outputs', 'states'], **_SIMPLE),
    'total': Step(total, [('inputs', _one)], [('sums', lambda dim: 0)]),
    'concatenated': Step(concatenated, **dict(
        _LSTM, sequences=[('inputs', _one)])),
    'elementwise': Step(elementwise, **_SIMPLE),
}
