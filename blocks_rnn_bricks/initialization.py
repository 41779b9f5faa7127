"""Initialisation schemes for concatenated gates."""
import numpy
from blocks.initialization import Constant, NdarrayInitialization

from blocks_rnn_bricks.gates import GATES
from blocks_rnn_bricks.settings import (
    check_number, check_scheme, check_strings)


def _blocks_of(who, shape, gates=GATES):
    """Check that the last axis of `shape` holds the gates."""
    if not shape or shape[-1] % len(gates):
        raise ValueError(
            '{}: expected a last axis of {}*dim, the gates {} side by side, '
            'got shape {}; use it for the input weights or biases of a brick '
            'with these gates'.format(
                who, len(gates), ', '.join(gates), shape))
    return shape[:-1] + (shape[-1] // len(gates),)


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

    def __init__(self, scheme, gates=GATES):
        check_scheme('PerGate', 'scheme', scheme)
        check_strings('PerGate', 'gates', gates)
        if not gates:
            raise ValueError('PerGate: gates must name at least one gate, got '
                             '{!r}; omit it for the gates of an LSTM'.format(
                                 gates))
        self.scheme = scheme
        self.gates = gates

    def generate(self, rng, shape):
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
    """Biases of an LSTM's inputs that let the cells remember at first.

    The block of the forget gate is set to `forget`, the others are zero, as
    Jozefowicz et al. (2015, section 2.2) recommend.

    Parameters
    ----------
    forget : float, optional
        Bias of the forget gates.  1 by default.

    Raises
    ------
    TypeError, ValueError
        If `forget` is not a finite number.

    Examples
    --------
    >>> from blocks_rnn_bricks import ForgetGateBias
    >>> [float(b) for b in ForgetGateBias().generate(None, (4,))]
    [0.0, 0.0, 1.0, 0.0]

    """

    def __init__(self, forget=1.):
        check_number('ForgetGateBias', 'forget', forget)
        self.forget = forget

    def generate(self, rng, shape):
        """Fill the four blocks.

        Parameters
        ----------
        rng : :class:`numpy.random.RandomState`
            Not used.
        shape : tuple of int
            (4*dim,), or (..., 4*dim).

        Returns
        -------
        :class:`~numpy.ndarray`
            Of this shape, in floatX.

        """
        block = _blocks_of('ForgetGateBias', tuple(shape))
        return numpy.concatenate(
            [Constant(self.forget if gate == 'f' else 0.).generate(rng, block)
             for gate in GATES], axis=-1)

    def __repr__(self):
        return 'ForgetGateBias({!r})'.format(self.forget)
