"""Generation of sequences by feeding a network's outputs back to it."""
import threading
from typing import TYPE_CHECKING, Callable, Dict, Optional, Union

import numpy
import theano
from theano import tensor

from blocks_rnn_bricks.settings import (
    check_callable,
    check_count,
    check_mapping,
    check_number,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def draw_symbols(energies: numpy.ndarray, temperature: float,
                 rng: numpy.random.RandomState) -> numpy.ndarray:
    """Draw a symbol for each sequence from a softmax.

    Parameters
    ----------
    energies : :class:`~numpy.ndarray`
        (B, K), the logarithms of unnormalised probabilities.
    temperature : float
        Divisor of the energies; 0 chooses the most probable symbol.
    rng : :class:`numpy.random.RandomState`
        The random number generator.

    Returns
    -------
    :class:`~numpy.ndarray` of int64
        (B,), from 0 to K - 1.

    Raises
    ------
    ValueError
        If the temperature is negative or not finite, the energies have the
        wrong rank or contain NaN, or no symbol has a finite energy.
    TypeError
        If the temperature is not a number, or `rng` is not a generator.

    """
    energies = _check_draw('draw_symbols', energies, temperature, rng)
    impossible = (energies == -numpy.inf).all(axis=1)
    if impossible.any():
        raise ValueError('draw_symbols: each sequence needs a possible '
                         'symbol, but all energies of row {} are -infinity'
                         .format(impossible.argmax()))
    if temperature == 0:
        return energies.argmax(axis=1)
    # The argmax of energies with Gumbel noise is a sample from the softmax.
    noise = rng.gumbel(size=energies.shape)
    return (energies / temperature + noise).argmax(axis=1)


def draw_notes(energies: numpy.ndarray, temperature: float,
               rng: numpy.random.RandomState) -> numpy.ndarray:
    """Draw independently whether each note of each sequence is on.

    Parameters
    ----------
    energies : :class:`~numpy.ndarray`
        (B, K), log-odds.
    temperature : float
        Divisor of the log-odds; 0 chooses the more probable value.
    rng : :class:`numpy.random.RandomState`
        The random number generator.

    Returns
    -------
    :class:`~numpy.ndarray`
        (B, K), 0 or 1, of the dtype of the energies.

    Raises
    ------
    ValueError
        If the temperature is negative or not finite, or the energies have the
        wrong rank or contain NaN.
    TypeError
        If the temperature is not a number, or `rng` is not a generator.

    """
    energies = _check_draw('draw_notes', energies, temperature, rng)
    threshold = rng.logistic(size=energies.shape) if temperature else 0.
    return (energies > threshold * temperature).astype(energies.dtype)


def _check_temperature(who, temperature):
    return check_number(who, 'temperature', temperature, 0, remedy='use 0 for '
                        'the most probable output, 1 for the learned '
                        'distribution')


def _check_draw(who, energies, temperature, rng):
    """Check the arguments of a draw; return the energies as an array."""
    _check_temperature(who, temperature)
    if not hasattr(rng, 'gumbel') or isinstance(rng, type):
        raise TypeError('{}: rng must be a numpy.random.RandomState, got {!r}'
                        .format(who, rng))
    energies = numpy.asarray(energies)
    if energies.ndim != 2 or energies.dtype.kind not in 'fiu':
        raise ValueError(
            '{}: energies must be numbers of shape (batch, K), got an array '
            'of {} and shape {}; draw for one time step at a time'.format(
                who, energies.dtype, energies.shape))
    if not energies.shape[1]:
        raise ValueError('{}: energies must have at least one symbol or note, '
                         'got shape {}'.format(who, energies.shape))
    if numpy.isnan(energies).any():
        raise ValueError(
            '{}: energies must be numbers, got NaN in row {}; the network '
            'may have diverged in training'.format(
                who, numpy.isnan(energies).any(axis=1).argmax()))
    return energies


class Sampler:
    """A compiled network that generates sequences step by step.

    Parameters
    ----------
    step : callable
        Function that builds the graph of one step. It is called with the
        inputs, a variable like `inputs`, and a dictionary of the states, (B,
        dim) each, and returns the energies, (B, K), and a list of the next
        states in the order of `state_dims`.
    state_dims : dict
        Size of each state by name, in a fixed order.
    inputs : :class:`~theano.tensor.TensorVariable`, optional
        The input of a step: by default a vector of B symbols; for notes, a
        matrix (B, K).
    draw : callable, optional
        Function that draws the next input from the energies:
        :func:`draw_symbols` by default, :func:`draw_notes`, or another
        function with the same arguments.

    Raises
    ------
    TypeError
        If `step` or `draw` is not a function, `state_dims` is not a
        dictionary, or `step` returns something else.
    ValueError
        If `step` returns the wrong number of states, or energies that do not
        have two axes.

    Notes
    -----
    Several threads may share a sampler; they take turns at computing steps.

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

    def __init__(self, step: Callable, state_dims: Dict[str, int],
                 inputs: Optional[tensor.TensorVariable] = None,
                 draw: Callable = draw_symbols) -> None:
        check_callable('Sampler', 'step', step,
                       'step(inputs, states) -> energies, next states')
        check_callable('Sampler', 'draw', draw,
                       'such as draw_symbols or draw_notes')
        check_mapping('Sampler', 'state_dims', state_dims,
                      'the size of each state by name')
        for name, dim in state_dims.items():
            check_count('Sampler', 'the size of the state {!r}'.format(name),
                        dim)
        self.state_dims = state_dims
        self.draw = draw
        self._inputs = tensor.lvector('inputs') if inputs is None else inputs
        if getattr(self._inputs, 'ndim', None) not in (1, 2):
            raise TypeError(
                "Sampler: inputs must be a vector of symbols, lvector('x'), or"
                " a matrix of notes, matrix('x'), got {!r}".format(inputs))
        states = [tensor.matrix(name) for name in state_dims]
        returned = step(self._inputs, dict(zip(state_dims, states)))
        if not isinstance(returned, (list, tuple)) or len(returned) != 2 or (
                not isinstance(returned[1], (list, tuple))):
            raise TypeError(
                'Sampler: step must return the energies and a list of the '
                'next states, got {!r}'.format(returned))
        energies, next_states = returned
        if len(next_states) != len(states):
            raise ValueError(
                'Sampler: step must return a next state for each of {}, got '
                '{} of them'.format(', '.join(state_dims), len(next_states)))
        for name, variable in zip(['energies'] + list(state_dims),
                                  [energies] + list(next_states)):
            if getattr(variable, 'ndim', None) != 2:
                raise ValueError(
                    'Sampler: step must return {} of one step, a variable of '
                    'shape (batch, features), got {!r} with {} axes'.format(
                        name, variable, getattr(variable, 'ndim', 'no')))
        self._step = theano.function(
            [self._inputs] + states, [energies] + list(next_states))
        self._lock = threading.Lock()

    def __getstate__(self):
        """Return all except the lock, which cannot be copied or pickled."""
        state = self.__dict__.copy()
        del state['_lock']
        return state

    def __setstate__(self, state):
        self.__dict__.update(state)
        self._lock = threading.Lock()

    def sample(self, prompt: 'ArrayLike', n_steps: int,
               temperature: float = 1.,
               seed: Union[int, numpy.random.RandomState, None] = None,
               states: Optional[Dict[str, numpy.ndarray]] = None
               ) -> numpy.ndarray:
        """Feed a prompt, then the network's own outputs.

        Parameters
        ----------
        prompt : array_like
            (P, B) symbols, or (P, B, K) notes; at least one step.
        n_steps : int
            Number of time steps to generate.
        temperature : float, optional
            Below 1, probable outputs become more probable; 0 makes sampling
            deterministic.
        seed : int or :class:`numpy.random.RandomState`, optional
            The seed of the draws.
        states : dict of :class:`~numpy.ndarray`, optional
            Initial states, (B, dim) each; zero for those not given.

        Returns
        -------
        :class:`~numpy.ndarray`
            (n_steps, B) symbols, or (n_steps, B, K) notes, without the
            prompt.

        Raises
        ------
        ValueError
            If the prompt has no time steps, the wrong rank, or symbols that
            are negative, not integers, or refused by `step`; if the
            temperature is negative or not finite, `n_steps` is negative, or a
            state has the wrong name or shape.
        TypeError
            If an argument is of the wrong type.

        """
        check_count('Sampler', 'n_steps', n_steps, least=0)
        _check_temperature('Sampler', temperature)
        prompt = self._check_prompt(prompt)
        rng = (seed if isinstance(seed, numpy.random.RandomState)
               else numpy.random.RandomState(seed))
        values = self._check_states(states, prompt.shape[1])
        for inputs in prompt:
            outputs = self._run(inputs, values)
            values = outputs[1:]
        generated = []
        for _ in range(n_steps):
            inputs = self.draw(outputs[0], temperature, rng)
            generated.append(inputs)
            outputs = self._run(inputs.astype(self._inputs.dtype), values)
            values = outputs[1:]
        return numpy.array(generated, dtype=prompt.dtype).reshape(
            (n_steps,) + prompt.shape[1:])

    def _run(self, inputs, values):
        """Compute one step; raise ValueError for unknown symbols."""
        try:
            # Functions of the original Theano are not thread-safe.
            with self._lock:
                return self._step(inputs, *values)
        except IndexError as error:
            raise ValueError(
                'Sampler: step cannot look up the symbols {}: {}; they must '
                'be below the number of rows of its table'.format(
                    inputs.tolist(), str(error).split('\n')[0])) from error

    def _check_prompt(self, prompt):
        """Check the prompt; return it as an array of the inputs' dtype."""
        given = numpy.asarray(prompt)
        ndim = self._inputs.ndim + 1
        if given.ndim != ndim or not given.size:
            raise ValueError(
                'Sampler: the prompt must have at least one time step and {} '
                'axes, the first of them time, got shape '
                '{}'.format(ndim, given.shape))
        if given.dtype.kind not in 'fiub':
            raise TypeError('Sampler: the prompt must hold numbers, got an '
                            'array of {}'.format(given.dtype))
        if self._inputs.dtype.startswith('float'):
            wrong = ~numpy.isfinite(given)
            expected = 'the prompt must hold finite numbers'
        else:
            # NaN and infinity are not integers, either.
            wrong = ~((given >= 0) & numpy.isfinite(given) &
                      (given == numpy.floor(given)))
            expected = ('the prompt must hold symbols, integers of at least 0')
        if wrong.any():
            where = tuple(int(index) for index in numpy.argwhere(wrong)[0])
            raise ValueError('Sampler: {}, got {} at {}'.format(
                expected, given[where], where))
        return given.astype(self._inputs.dtype)

    def _check_states(self, states, batch):
        """Return the initial states as a list of arrays, zero by default."""
        states = {} if states is None else dict(check_mapping(
            'Sampler', 'states', states, 'an array (batch, dim) by name'))
        values = []
        for name, dim in self.state_dims.items():
            value = numpy.asarray(states.pop(name, numpy.zeros((batch, dim))))
            if value.shape != (batch, dim):
                raise ValueError(
                    'Sampler: the state {!r} must have the shape (batch, dim)'
                    ' = {}, got {}'.format(name, (batch, dim), value.shape))
            values.append(value.astype(theano.config.floatX))
        if states:
            raise ValueError('Sampler: unknown states {}; the states are {}'
                             .format(', '.join(sorted(map(str, states))),
                                     ', '.join(self.state_dims)))
        return values
