"""The gated recurrent unit of cuDNN, PyTorch and Keras."""
from blocks.bricks.base import application
from blocks.roles import BIAS, INITIAL_STATE, WEIGHT, add_role
from blocks.utils import shared_floatx_nans, shared_floatx_zeros
from theano import tensor

from blocks_rnn_bricks.gated import GatedTransition
from blocks_rnn_bricks.gates import GRU_GATES
from blocks_rnn_bricks.masking import carry_over
from blocks_rnn_bricks.transition import recurrent


class GatedRecurrent(GatedTransition):
    r"""Gated recurrent unit that applies the reset gate after the product.

    .. math::

        r_t &= \sigma(W_{xr} x_t + W_{hr} h_{t-1} + b_r) \\
        z_t &= \sigma(W_{xz} x_t + W_{hz} h_{t-1} + b_z) \\
        n_t &= \tanh(W_{xn} x_t + b_n +
               r_t \otimes (W_{hn} h_{t-1} + b_{hn})) \\
        h_t &= (1 - z_t) \otimes n_t + z_t \otimes h_{t-1}

    ============================ ===========================================
    symbol                       in this brick
    ============================ ===========================================
    :math:`W_{x\cdot} x_t + b`   `inputs`, computed by a separate
                                 :class:`~blocks.bricks.Linear`, where the
                                 biases are
    :math:`W_{h\cdot}`           ``W_state``, (dim, 3*dim)
    :math:`b_{hn}`               ``b_candidate``, (dim,), zero at first
    :math:`h_0`                  ``initial_state_``, (dim,), zero at first,
                                 learned
    :math:`h_t`                  `states`
    :math:`\tanh`                `activation`
    :math:`\sigma`               `gate_activation`
    ============================ ===========================================

    Axes of size 3*dim hold the gates in the order r, z, n of
    :data:`blocks_rnn_bricks.gates.GRU_GATES`, which is PyTorch's.

    Parameters
    ----------
    dim : int
        Number of units.
    activation : :class:`~blocks.bricks.Brick`, optional
        Activation of the candidate; :class:`~blocks.bricks.Tanh` by default.
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
    Blocks' own :class:`~blocks.bricks.recurrent.GatedRecurrent` applies the
    reset gate to the state before the product, as in the first paper below,
    and its update gate is :math:`1 - z_t`. This brick needs one product per
    time step instead of two, and is compatible with the weights of PyTorch and
    Keras.

    References
    ----------
    K. Cho et al., *Learning phrase representations using RNN encoder-decoder
    for statistical machine translation*, EMNLP 2014, equations 5 to 8.

    J. Chung, C. Gulcehre, K. Cho and Y. Bengio, *Empirical evaluation of
    gated recurrent neural networks on sequence modeling*, arXiv:1412.3555,
    2014.

    Examples
    --------
    >>> from theano import tensor
    >>> from blocks.initialization import Orthogonal
    >>> from blocks_rnn_bricks import GatedRecurrent
    >>> gru = GatedRecurrent(dim=3, weights_init=Orthogonal())
    >>> gru.initialize()
    >>> gru.get_dim('inputs')
    9
    >>> states = gru.apply(tensor.tensor3('x'), mask=tensor.matrix('mask'))

    """

    gates = GRU_GATES

    def _allocate(self):
        self.W_state = shared_floatx_nans(
            (self.get_dim('states'), self.get_dim('inputs')), name='W_state')
        self.b_candidate = shared_floatx_zeros((self.dim,),
                                               name='b_candidate')
        # The underscore, as in Blocks' LSTM, avoids a clash with the
        # application `initial_states`.
        self.initial_state_ = shared_floatx_zeros((self.dim,),
                                                  name='initial_state')
        add_role(self.W_state, WEIGHT)
        add_role(self.b_candidate, BIAS)
        add_role(self.initial_state_, INITIAL_STATE)
        self.parameters = [self.W_state, self.b_candidate,
                           self.initial_state_]

    @recurrent(sequences=['inputs', 'mask'], states=['states'],
               contexts=[], outputs=['states'])
    def apply(self, inputs, states, mask=None):
        """Apply the equations to one time step, or to whole sequences.

        Parameters
        ----------
        inputs : :class:`~theano.tensor.TensorVariable`
            (T, B, 3*dim), the projected inputs with their biases in the
            order r, z, n; (B, 3*dim) with ``iterate=False``.
        states : :class:`~theano.tensor.TensorVariable`, optional
            (B, dim), the initial h; learned if not given. Required with
            ``iterate=False``.
        mask : :class:`~theano.tensor.TensorVariable`, optional
            (T, B), or (B,) with ``iterate=False``: 1 for data, 0 where the
            state is to be carried over.

        Returns
        -------
        states : :class:`~theano.tensor.TensorVariable`
            (T, B, dim), or (B, dim) with ``iterate=False``.

        """
        squash, sigma = self.activation.apply, self.gate_activation.apply
        x_r, x_z, x_n = self._split(inputs)
        h_r, h_z, h_n = self._split(tensor.dot(states, self.W_state))
        r, z = sigma(x_r + h_r), sigma(x_z + h_z)
        n = squash(x_n + r * (h_n + self.b_candidate))
        return carry_over(mask, [(1 - z) * n + z * states], [states])

    @application(outputs=apply.states)
    def initial_states(self, batch_size, *args, **kwargs):
        """Return the learned h_0 for each sequence, (batch_size, dim)."""
        return tensor.repeat(self.initial_state_[None, :], batch_size, 0)
