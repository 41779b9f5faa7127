"""Initialisation schemes for concatenated gates."""
from typing import Sequence, Tuple

import numpy
import theano
from blocks.initialization import Constant, NdarrayInitialization

from blocks_rnn_bricks.gates import CHRONO, GATES, KEEPS
from blocks_rnn_bricks.settings import (
    check_number,
    check_scheme,
    check_strings,
)


def _blocks_of(who, shape, gates=GATES):
    """Check that the last axis of `shape` holds the gates."""
    if not shape or shape[-1] % len(gates):
        raise ValueError(
            '{}: expected a last axis of {}*dim, the gates {} side by side, '
            'got shape {}; use it for the input weights or biases of a brick '
            'with these gates'.format(
                who, len(gates), ', '.join(gates), shape))
    return shape[:-1] + (shape[-1] // len(gates),)


def _check_gates(who, gates, signs):
    """Check that the bias of at least one gate is set."""
    check_strings(who, 'gates', gates)
    if not any(gate in signs for gate in gates):
        raise ValueError(
            '{}: gates must name at least one of {}, got {!r}; omit it for '
            'those of an LSTM'.format(
                who, ', '.join(sorted(signs)), gates))
    return gates


class PerGate(NdarrayInitialization):
    """Apply a scheme to each gate's block separately.

    The (dim, dim) blocks of an orthogonal (dim, 4*dim) matrix are not
    orthogonal, and only the first block of an identity of that shape is an
    identity.

    Parameters
    ----------
    scheme : :class:`~blocks.initialization.NdarrayInitialization`
        The scheme of each block.
    gates : sequence of str, optional
        The gates; those of an LSTM by default.

    Raises
    ------
    TypeError
        If `scheme` is not a scheme or `gates` is not a list of names.
    ValueError
        If `gates` is empty.

    """

    def __init__(self, scheme: NdarrayInitialization,
                 gates: Sequence[str] = GATES) -> None:
        check_scheme('PerGate', 'scheme', scheme)
        check_strings('PerGate', 'gates', gates)
        if not gates:
            raise ValueError('PerGate: gates must name at least one gate, got '
                             '{!r}; omit it for the gates of an LSTM'.format(
                                 gates))
        self.scheme = scheme
        self.gates = gates

    def generate(self, rng: numpy.random.RandomState,
                 shape: Tuple[int, ...]) -> numpy.ndarray:
        """Draw the blocks one after the other.

        Parameters
        ----------
        rng : :class:`numpy.random.RandomState`
        shape : tuple of int
            (..., number of gates * dim).

        Returns
        -------
        :class:`~numpy.ndarray`
            Of this shape, in floatX.

        """
        block = _blocks_of('PerGate', tuple(shape), self.gates)
        return numpy.concatenate(
            [self.scheme.generate(rng, block) for _ in self.gates], axis=-1)

    def __repr__(self):
        return 'PerGate({!r})'.format(self.scheme)


class ForgetGateBias(NdarrayInitialization):
    """Input biases with which an LSTM's cells initially remember.

    The block of the forget gate is set to `forget`, and the others to zero,
    as recommended by Jozefowicz et al. (2015, section 2.2).

    Parameters
    ----------
    forget : float, optional
        Bias of the forget gates.  1 by default.
    gates : sequence of str, optional
        The gates in the order of the brick, those of an LSTM by default; see
        :class:`ChronoBias`.  Update gates get the bias that keeps the same
        share of the state: ``z`` gets `forget`, ``u`` its negative.

    Raises
    ------
    TypeError
        If `forget` is not a number or `gates` is not a list of names.
    ValueError
        If `forget` is not finite, or none of the gates keeps a state.

    Examples
    --------
    >>> from blocks_rnn_bricks import ForgetGateBias
    >>> [float(b) for b in ForgetGateBias().generate(None, (4,))]
    [0.0, 0.0, 1.0, 0.0]

    """

    def __init__(self, forget: float = 1.,
                 gates: Sequence[str] = GATES) -> None:
        check_number('ForgetGateBias', 'forget', forget)
        self.forget = forget
        self.gates = _check_gates('ForgetGateBias', gates, KEEPS)

    def generate(self, rng: numpy.random.RandomState,
                 shape: Tuple[int, ...]) -> numpy.ndarray:
        """Fill the blocks of all gates.

        Parameters
        ----------
        rng : :class:`numpy.random.RandomState`
            Not used.
        shape : tuple of int
            (number of gates * dim,), possibly after other axes.

        Returns
        -------
        :class:`~numpy.ndarray`
            Of this shape, in floatX.

        """
        block = _blocks_of('ForgetGateBias', tuple(shape), self.gates)
        return numpy.concatenate(
            [Constant(KEEPS.get(gate, 0) * float(self.forget)).generate(
                rng, block) for gate in self.gates], axis=-1)

    def __repr__(self):
        return 'ForgetGateBias({!r})'.format(self.forget)


class ChronoBias(NdarrayInitialization):
    r"""Biases of a gated layer's input projection for long memory.

    A unit whose gate keeps :math:`\sigma(b)` of its state at each step
    remembers for about :math:`1 + e^b` steps.  To spread the memory of the
    units over all times between 2 and T_max steps,

    .. math::

        b_f \sim \log\, \mathcal{U}[1, T_{max} - 1], \quad b_j = -b_f

    for the gates that keep and the gates that write, with one draw per unit;
    all other biases are zero.

    Parameters
    ----------
    T_max : float
        The longest time to remember, in steps; usually the length of the
        sequences.
    gates : sequence of str, optional
        The gates in the order of the brick:
        :data:`~blocks_rnn_bricks.gates.GATES`, the default, for an LSTM,
        with or without peepholes;
        :data:`~blocks_rnn_bricks.gates.GRU_GATES` for
        :class:`~blocks_rnn_bricks.GatedRecurrent`,
        :data:`~blocks_rnn_bricks.gates.BLOCKS_GRU_GATES` for ``gate_inputs``
        of :class:`blocks.bricks.recurrent.GatedRecurrent`,
        :data:`~blocks_rnn_bricks.gates.MIN_GRU_GATES` and
        :data:`~blocks_rnn_bricks.gates.MIN_LSTM_GATES`.  ``f`` and ``z``
        keep, ``j`` and ``u`` write.

    Raises
    ------
    TypeError
        If `T_max` is not a number or `gates` is not a list of names.
    ValueError
        If `T_max` is less than 2 or not finite, or none of the gates keeps
        or writes a state.

    Notes
    -----
    Pass it as the `biases_init` of the :class:`~blocks.bricks.Linear` that
    projects the inputs of the brick, or of a
    :class:`~blocks_rnn_bricks.UnidirectionalStack`.

    References
    ----------
    C. Tallec and Y. Ollivier, *Can recurrent neural networks warp time?*,
    ICLR 2018, equation 16.

    Examples
    --------
    >>> import numpy
    >>> from blocks_rnn_bricks import ChronoBias
    >>> b = ChronoBias(400).generate(numpy.random.RandomState(1), (12,))
    >>> i, j, f, o = b.reshape(4, 3)
    >>> bool((f >= 0).all() and (f <= numpy.log(399)).all())
    True
    >>> bool((j == -f).all() and not i.any() and not o.any())
    True

    """

    def __init__(self, T_max, gates=GATES):
        check_number('ChronoBias', 'T_max', T_max)
        if T_max < 2:
            raise ValueError('ChronoBias: T_max must be at least 2, got {}; '
                             'it is the longest time to remember, in steps'
                             .format(T_max))
        self.T_max = T_max
        self.gates = _check_gates('ChronoBias', gates, CHRONO)

    def generate(self, rng, shape):
        """Draw one bias per unit and fill the blocks of all gates.

        Parameters
        ----------
        rng : :class:`numpy.random.RandomState`
        shape : tuple of int
            (number of gates * dim,), possibly after other axes.

        Returns
        -------
        :class:`~numpy.ndarray`
            Of this shape, in floatX.

        """
        block = _blocks_of('ChronoBias', tuple(shape), self.gates)
        keep = numpy.log(rng.uniform(1, self.T_max - 1, block))
        return numpy.concatenate(
            [CHRONO.get(gate, 0) * keep for gate in self.gates],
            axis=-1).astype(theano.config.floatX)

    def __repr__(self):
        return 'ChronoBias({!r})'.format(self.T_max)
