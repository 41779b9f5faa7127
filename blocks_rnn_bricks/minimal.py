"""Recurrent units whose gates do not read the state: minGRU and minLSTM."""
from abc import abstractmethod

from blocks.bricks import Identity
from blocks.bricks.base import application
from blocks.roles import INITIAL_STATE, add_role
from blocks.utils import shared_floatx_zeros
from theano import tensor

from blocks_rnn_bricks.gated import GatedTransition
from blocks_rnn_bricks.gates import MIN_GRU_GATES, MIN_LSTM_GATES
from blocks_rnn_bricks.masking import carry_over
from blocks_rnn_bricks.transition import recurrent


class LinearRecurrence(GatedTransition):
    r"""Base class of :class:`MinGRU` and :class:`MinLSTM`.

    .. math:: h_t = a_t \otimes h_{t-1} + b_t

    where :math:`a_t` and :math:`b_t` depend only on the inputs of the step.
    There is no product with :math:`h_{t-1}`.

    Parameters
    ----------
    dim, activation, gate_activation, mask_outputs, fused, \*\*kwargs
        See :class:`MinGRU`.

    """

    default_activation = Identity

    @abstractmethod
    def coefficients(self, gates):
        """Compute a and b for some steps.

        Parameters
        ----------
        gates : list of :class:`~theano.tensor.TensorVariable`
            The inputs split into the gates, (..., dim) each.

        Returns
        -------
        a, b : :class:`~theano.tensor.TensorVariable`
            (..., dim).

        """

    def _allocate(self):
        # The underscore, as in Blocks' LSTM, avoids a clash with the
        # application `initial_states`.
        self.initial_state_ = shared_floatx_zeros(
            (self.get_dim('states'),), name='initial_state')
        add_role(self.initial_state_, INITIAL_STATE)
        self.parameters = [self.initial_state_]

    def _initialize(self):
        """Leave the initial state, the only parameter, at zero."""

    @recurrent(sequences=['inputs', 'mask'], states=['states'],
               contexts=[], outputs=['states'])
    def apply(self, inputs, states, mask=None):
        """Apply the equations to one step, or to whole sequences.

        Parameters
        ----------
        inputs : :class:`~theano.tensor.TensorVariable`
            (T, B, gates*dim), the projected inputs with their biases, gates
            side by side; (B, gates*dim) with ``iterate=False``.
        states : :class:`~theano.tensor.TensorVariable`, optional
            (B, dim), h before the first step; learned if not given.
            Required with ``iterate=False``.
        mask : :class:`~theano.tensor.TensorVariable`, optional
            (T, B), or (B,) with ``iterate=False``: 1 for data, 0 where the
            state is carried over.

        Returns
        -------
        states : :class:`~theano.tensor.TensorVariable`
            (T, B, dim), or (B, dim) with ``iterate=False``.

        """
        a, b = self.coefficients(self._split(inputs))
        return carry_over(mask, [a * states + b], [states])

    @application(outputs=apply.states)
    def initial_states(self, batch_size, *args, **kwargs):
        """Return the learned h_0, repeated for a batch, (batch_size, dim)."""
        return tensor.repeat(self.initial_state_[None, :], batch_size, 0)


class MinGRU(LinearRecurrence):
    r"""The gated recurrent unit without gates that read the state.

    .. math::

        u_t &= \sigma(W_u x_t + b_u) \\
        n_t &= W_n x_t + b_n \\
        h_t &= (1 - u_t) \otimes h_{t-1} + u_t \otimes n_t

    ============================ ===========================================
    symbol                       in this brick
    ============================ ===========================================
    :math:`W_{\cdot} x_t + b`    `inputs`, computed by a separate
                                 :class:`~blocks.bricks.Linear`, which has
                                 all weights and biases
    :math:`h_0`                  ``initial_state_``, (dim,), zero at first,
                                 learned
    :math:`h_t`                  `states`
    :math:`\sigma`               `gate_activation`
    ============================ ===========================================

    Axes of size 2*dim hold the gates in the order
    u, n of :data:`blocks_rnn_bricks.gates.MIN_GRU_GATES`. The paper calls
    them :math:`z` and :math:`\tilde h`.

    Parameters
    ----------
    dim : int
        Number of units.
    activation : :class:`~blocks.bricks.Brick`, optional
        Activation of the candidate; :class:`~blocks.bricks.Identity` by
        default, as in the paper.
    gate_activation : :class:`~blocks.bricks.Brick`, optional
        Activation of the gate; :class:`~blocks.bricks.Logistic` by default.
    mask_outputs, fused : bool, optional
        See :class:`Transition`.

    Raises
    ------
    TypeError, ValueError
        As for :class:`~blocks_rnn_bricks.LSTM`.

    Notes
    -----
    Unlike in a GRU, the gates of a single layer do not depend on its state;
    those of the next layer do. A training step takes about a fifth of the
    time of an LSTM's, since no product waits for the previous time step.

    The paper trains in log space, so that a cumulative sum over time can
    replace the loop, and makes :math:`h_t` positive for that purpose. The
    kernels here compute the recurrence itself and need neither.

    References
    ----------
    L. Feng, F. Tung, M. O. Ahmed, Y. Bengio and H. Hajimirsadeghi, *Were RNNs
    all we needed?*, arXiv:2410.01201, 2024, section 3.1.

    Examples
    --------
    >>> from theano import tensor
    >>> from blocks.initialization import Constant, Orthogonal
    >>> from blocks_rnn_bricks import MinGRU, UnidirectionalStack
    >>> MinGRU(dim=3).get_dim('inputs')
    6
    >>> stack = UnidirectionalStack(
    ...     [MinGRU(dim=3), MinGRU(dim=3)], input_dim=2,
    ...     weights_init=Orthogonal(), biases_init=Constant(0))
    >>> stack.initialize()
    >>> outputs = stack.apply(tensor.tensor3('x'), mask=tensor.matrix('mask'))

    """

    gates = MIN_GRU_GATES

    def coefficients(self, gates):
        """Return 1 - u, and u times the candidate."""
        u, n = gates
        u = self.gate_activation.apply(u)
        return 1 - u, u * self.activation.apply(n)


class MinLSTM(LinearRecurrence):
    r"""The LSTM without gates that read the state.

    .. math::

        i_t &= W_i x_t + b_i \\
        j_t &= \sigma(W_j x_t + b_j) \\
        f_t &= \sigma(W_f x_t + b_f) \\
        h_t &= \frac{f_t}{f_t + j_t} \otimes h_{t-1} +
               \frac{j_t}{f_t + j_t} \otimes i_t

    in the lecture's symbols: the paper calls the block input :math:`i`
    :math:`\tilde h` and the input gate :math:`j` :math:`i`. There is no
    output gate, and the state is the cell. The two gates are normalized to
    sum to one, so that the scale of the state does not depend on the length
    of the sequence.

    Axes of size 3*dim hold the gates in the order
    i, j, f of :data:`blocks_rnn_bricks.gates.MIN_LSTM_GATES`.

    Parameters
    ----------
    dim : int
        Number of units.
    activation : :class:`~blocks.bricks.Brick`, optional
        Activation of the block input; :class:`~blocks.bricks.Identity` by
        default, as in the paper.
    gate_activation : :class:`~blocks.bricks.Brick`, optional
        Activation of the gates; :class:`~blocks.bricks.Logistic` by default.
    mask_outputs, fused : bool, optional
        See :class:`Transition`.

    Raises
    ------
    TypeError, ValueError
        As for :class:`~blocks_rnn_bricks.LSTM`.

    Notes
    -----
    :math:`10^{-18}` is added to both gates, so that two closed gates keep
    half of the state instead of dividing zero by zero.

    References
    ----------
    L. Feng, F. Tung, M. O. Ahmed, Y. Bengio and H. Hajimirsadeghi, *Were RNNs
    all we needed?*, arXiv:2410.01201, 2024, section 3.2.

    Examples
    --------
    >>> from blocks_rnn_bricks import MinLSTM
    >>> MinLSTM(dim=3).get_dim('inputs')
    9

    """

    gates = MIN_LSTM_GATES

    def coefficients(self, gates):
        """Return f / (f + j), and j / (f + j) times the block input."""
        i, j, f = gates
        # The gradient divides by its square, which is still a normal number
        # in float32.
        j, f = [self.gate_activation.apply(gate) + 1e-18 for gate in (j, f)]
        a = f / (f + j)
        return a, (1 - a) * self.activation.apply(i)
