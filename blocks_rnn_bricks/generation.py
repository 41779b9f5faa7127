"""Generation of sequences by feeding a network's outputs back to it."""
import numpy
import theano
from theano import tensor


def draw_symbols(energies, temperature, rng):
    """Draw a symbol for each sequence from a softmax.

    Parameters
    ----------
    energies : :class:`~numpy.ndarray`
        (B, K), the logarithms of unnormalised probabilities.
    temperature : float
        What the energies are divided by; 0 takes the most probable symbol.
    rng : :class:`numpy.random.RandomState`
        Where the numbers come from.

    Returns
    -------
    :class:`~numpy.ndarray` of int64
        (B,), from 0 to K - 1.

    """
    if temperature == 0:
        return energies.argmax(axis=1)
    # The largest of energies with Gumbel noise is a draw from the softmax.
    noise = rng.gumbel(size=energies.shape)
    return (energies / temperature + noise).argmax(axis=1)


def draw_notes(energies, temperature, rng):
    """Draw independent on or off for each note of each sequence.

    Parameters
    ----------
    energies : :class:`~numpy.ndarray`
        (B, K), log odds.
    temperature : float
        What the log odds are divided by; 0 takes what is more probable.
    rng : :class:`numpy.random.RandomState`
        Where the numbers come from.

    Returns
    -------
    :class:`~numpy.ndarray`
        (B, K), 0 or 1, of the dtype of the energies.

    """
    threshold = rng.logistic(size=energies.shape) if temperature else 0.
    return (energies > threshold * temperature).astype(energies.dtype)


class Sampler(object):
    """A network that generates sequences step by step.

    Parameters
    ----------
    step : callable
        Makes the graph of one step: called with the inputs, a variable like
        `inputs`, and a dictionary of the states, (B, dim) each, it returns
        the energies, (B, K), and a list of the next states in the order of
        `state_dims`.
    state_dims : dict
        Size of each state by name, in a fixed order.
    inputs : :class:`~theano.tensor.TensorVariable`, optional
        What is fed at a step: a vector of B symbols by default; a matrix
        (B, K) for notes.
    draw : callable, optional
        What makes the next input of energies: :func:`draw_symbols` by
        default, :func:`draw_notes`, or another function of their arguments.

    Examples
    --------
    A network of one LSTM that reads and writes five symbols:

    >>> from collections import OrderedDict
    >>> from blocks.bricks import Linear
    >>> from blocks.bricks.lookup import LookupTable
    >>> from blocks.initialization import Constant, IsotropicGaussian
    >>> from blocks_rnn_bricks import LSTM, Sampler, UnidirectionalStack
    >>> inits = dict(weights_init=IsotropicGaussian(0.1),
    ...              biases_init=Constant(0))
    >>> lookup = LookupTable(5, 3, weights_init=IsotropicGaussian(0.1))
    >>> stack = UnidirectionalStack([LSTM(dim=4)], input_dim=3, **inits)
    >>> readout = Linear(input_dim=4, output_dim=5, **inits)
    >>> for brick in (lookup, stack, readout):
    ...     brick.initialize()
    >>> def step(symbols, states):
    ...     embedded = lookup.apply(symbols).dimshuffle('x', 0, 1)
    ...     outputs = stack.unroll(embedded, **states)
    ...     return readout.apply(outputs[0][0]), outputs[1:]
    >>> sampler = Sampler(step, OrderedDict(
    ...     (name, stack.get_dim(name)) for name in stack.state_names))
    >>> sampler.sample([[1, 2], [3, 4]], n_steps=6, seed=1).shape
    (6, 2)

    """

    def __init__(self, step, state_dims, inputs=None, draw=draw_symbols):
        self.state_dims = state_dims
        self.draw = draw
        self._inputs = tensor.lvector('inputs') if inputs is None else inputs
        states = [tensor.matrix(name) for name in state_dims]
        energies, next_states = step(
            self._inputs, dict(zip(state_dims, states)))
        if len(next_states) != len(states):
            raise ValueError(
                'Sampler: step must return a next state for each of {}, got '
                '{} of them'.format(', '.join(state_dims), len(next_states)))
        self._step = theano.function(
            [self._inputs] + states, [energies] + list(next_states))

    def sample(self, prompt, n_steps, temperature=1., seed=None,
               states=None):
        """Feed a prompt, then what comes out.

        Parameters
        ----------
        prompt : array_like
            (P, B) symbols, or (P, B, K) notes; at least one step.
        n_steps : int
            How many steps to generate.
        temperature : float, optional
            Below 1 the probable becomes more probable; 0 leaves nothing
            to chance.
        seed : int or :class:`numpy.random.RandomState`, optional
            For the draws.
        states : dict of :class:`~numpy.ndarray`, optional
            (B, dim) each, where to start from; zero for those not given.

        Returns
        -------
        :class:`~numpy.ndarray`
            (n_steps, B) symbols, or (n_steps, B, K) notes, without the
            prompt.

        Raises
        ------
        ValueError
            If the prompt has no step or another rank, or the temperature is
            negative.

        """
        prompt = numpy.asarray(prompt, dtype=self._inputs.dtype)
        if prompt.ndim != self._inputs.ndim + 1 or not len(prompt):
            raise ValueError(
                'Sampler: the prompt must have at least one step and {} axes, '
                'time first, got shape {}'.format(
                    self._inputs.ndim + 1, prompt.shape))
        if temperature < 0:
            raise ValueError('Sampler: the temperature must not be negative, '
                             'got {}'.format(temperature))
        rng = (seed if isinstance(seed, numpy.random.RandomState)
               else numpy.random.RandomState(seed))
        states = dict(states or {})
        values = [numpy.asarray(
            states.pop(name, numpy.zeros((prompt.shape[1], dim))),
            dtype=theano.config.floatX)
            for name, dim in self.state_dims.items()]
        if states:
            raise ValueError('Sampler: no state is called {}; there are {}'
                             .format(', '.join(sorted(states)),
                                     ', '.join(self.state_dims)))
        for inputs in prompt:
            outputs = self._step(inputs, *values)
            values = outputs[1:]
        generated = []
        for _ in range(n_steps):
            inputs = self.draw(outputs[0], temperature, rng)
            generated.append(inputs)
            outputs = self._step(inputs.astype(self._inputs.dtype), *values)
            values = outputs[1:]
        return numpy.array(generated, dtype=prompt.dtype).reshape(
            (n_steps,) + prompt.shape[1:])
