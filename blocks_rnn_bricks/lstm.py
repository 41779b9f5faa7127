"""The LSTM of the lecture, and the peephole LSTM."""
from blocks.bricks.base import application, lazy
from blocks.initialization import Constant
from blocks.roles import INITIAL_STATE, WEIGHT, add_role
from blocks.utils import shared_floatx_nans, shared_floatx_zeros
from theano import tensor

from blocks_rnn_bricks.gated import GatedTransition
from blocks_rnn_bricks.gates import GATES
from blocks_rnn_bricks.masking import carry_over
from blocks_rnn_bricks.settings import check_scheme, naming
from blocks_rnn_bricks.transition import recurrent

_SIGNATURE = dict(sequences=['inputs', 'mask'], states=['states', 'cells'],
                  contexts=[], outputs=['states', 'cells'])


class LSTM(GatedTransition):
    r"""Long short-term memory, as in the lecture.

    .. math::

        i_t &= \tanh(W_{xi} x_t + W_{hi} h_{t-1} + b_i) \\
        j_t &= \sigma(W_{xj} x_t + W_{hj} h_{t-1} + b_j) \\
        f_t &= \sigma(W_{xf} x_t + W_{hf} h_{t-1} + b_f) \\
        o_t &= \sigma(W_{xo} x_t + W_{ho} h_{t-1} + b_o) \\
        c_t &= f_t \otimes c_{t-1} + i_t \otimes j_t \\
        h_t &= \tanh(c_t) \otimes o_t

    ============================ ===========================================
    symbol                       in this brick
    ============================ ===========================================
    :math:`W_{x\cdot} x_t + b`   `inputs`, computed by a separate
                                 :class:`~blocks.bricks.Linear` or
                                 :class:`~blocks.bricks.parallel.Fork`,
                                 which has the biases
    :math:`W_{h\cdot}`           ``W_state``, (dim, 4*dim)
    :math:`h_0, c_0`             ``initial_state_`` and ``initial_cells``,
                                 (dim,), zero at first, learned
    :math:`h_t, c_t`             `states` and `cells`
    :math:`\tanh`                `activation`
    :math:`\sigma`               `gate_activation`
    ============================ ===========================================

    Axes of size 4*dim hold the gates in the order i, j, f, o of
    :data:`blocks_rnn_bricks.gates.GATES`.

    Parameters
    ----------
    dim : int
        Number of cells.
    activation : :class:`~blocks.bricks.Brick`, optional
        Activation of the block input and the cells;
        :class:`~blocks.bricks.Tanh` by default.
    gate_activation : :class:`~blocks.bricks.Brick`, optional
        Activation of the gates; :class:`~blocks.bricks.Logistic` by default.
    mask_outputs : bool, optional
        If true, the outputs of `apply` for whole sequences are zero where the
        mask is 0; by default, as everywhere in Blocks, they repeat the state
        of the previous step. The states themselves are always carried over.
    fused : bool, optional
        If true, the default, kernels made from the step compute sequences; if
        false, a scan does.

    Raises
    ------
    TypeError
        If `dim` is not an integer, an activation is not a brick, or a flag is
        neither True nor False.
    ValueError
        If `dim` is not positive; on allocation, if it is not set.

    Notes
    -----
    `weights_init` is applied to each gate's (dim, dim) block of ``W_state``,
    so :class:`~blocks.initialization.Orthogonal` and
    :class:`~blocks.initialization.Identity` work for each gate.

    Where the mask is between 0 and 1, the old and new states are mixed.

    References
    ----------
    P. Brakel, *Recurrent Neural Networks in Theano*, Deep Learning Summer
    School, Montréal, 2015.

    R. Jozefowicz, W. Zaremba and I. Sutskever, *An empirical exploration of
    recurrent network architectures*, ICML 2015, section 2.1.

    Examples
    --------
    >>> import numpy
    >>> import theano
    >>> from theano import tensor
    >>> from blocks.initialization import Orthogonal
    >>> from blocks_rnn_bricks import LSTM
    >>> lstm = LSTM(dim=3, weights_init=Orthogonal())
    >>> lstm.initialize()
    >>> x = tensor.tensor3('x')
    >>> states, cells = lstm.apply(x)
    >>> run = theano.function([x], states)
    >>> run(numpy.ones((5, 2, 12), dtype=theano.config.floatX)).shape
    (5, 2, 3)

    """

    gates = GATES

    def _allocate(self):
        self.W_state = shared_floatx_nans(
            tuple(self.get_dims(['states', 'inputs'])), name='W_state')
        # The underscore, as in Blocks' LSTM, avoids a clash with the
        # application `initial_states`.
        self.initial_state_ = shared_floatx_zeros(
            (self.get_dim('states'),), name='initial_state')
        self.initial_cells = shared_floatx_zeros(
            (self.get_dim('cells'),), name='initial_cells')
        add_role(self.W_state, WEIGHT)
        add_role(self.initial_state_, INITIAL_STATE)
        add_role(self.initial_cells, INITIAL_STATE)
        self.parameters = [self.W_state, self.initial_state_,
                           self.initial_cells]

    def _gates(self, inputs, states):
        """Split W_x x_t + b + W_h h_{t-1} into the gates i, j, f, o."""
        return self._split(inputs + tensor.dot(states, self.W_state))

    @recurrent(**_SIGNATURE)
    def apply(self, inputs, states, cells, mask=None):
        """Apply the equations to one time step, or to whole sequences.

        Parameters
        ----------
        inputs : :class:`~theano.tensor.TensorVariable`
            (T, B, 4*dim), the projected inputs with their biases in the
            order i, j, f, o; (B, 4*dim) with ``iterate=False``.
        states : :class:`~theano.tensor.TensorVariable`, optional
            (B, dim), the initial h; learned if not given. Required with
            ``iterate=False``.
        cells : :class:`~theano.tensor.TensorVariable`, optional
            (B, dim), the initial c; likewise.
        mask : :class:`~theano.tensor.TensorVariable`, optional
            (T, B), or (B,) with ``iterate=False``, of the dtype of the
            inputs: 1 for data, 0 where the state is to be carried over.
        iterate : bool, optional
            Whether to iterate over the first axis. True by default.
        reverse : bool, optional
            Whether to process the sequence backwards; the outputs are in the
            order of processing. False by default.
        return_initial_states : bool, optional
            Whether to prepend the initial states to the outputs.

        Returns
        -------
        states : :class:`~theano.tensor.TensorVariable`
            (T, B, dim), or (B, dim) with ``iterate=False``.
        cells : :class:`~theano.tensor.TensorVariable`
            Likewise.

        Raises
        ------
        ValueError
            If a rank is wrong; when the function runs, if a shape is wrong.
        TypeError
            If the dtype of the mask would upcast the inputs.

        """
        squash, sigma = self.activation.apply, self.gate_activation.apply
        i, j, f, o = self._gates(inputs, states)
        next_cells = sigma(f) * cells + squash(i) * sigma(j)
        next_states = squash(next_cells) * sigma(o)
        return carry_over(mask, [next_states, next_cells], [states, cells])

    @application(outputs=apply.states)
    def initial_states(self, batch_size, *args, **kwargs):
        """Return the learned h_0 and c_0, repeated for each sequence.

        Parameters
        ----------
        batch_size : int or scalar :class:`~theano.tensor.TensorVariable`

        Returns
        -------
        list of :class:`~theano.tensor.TensorVariable`
            `states` and `cells`, (batch_size, dim).

        """
        return [tensor.repeat(initial[None, :], batch_size, 0)
                for initial in (self.initial_state_, self.initial_cells)]


class PeepholeLSTM(LSTM):
    r"""Long short-term memory with peepholes: the gates also read the cells.

    .. math::

        i_t &= \tanh(W_{xi} x_t + W_{hi} h_{t-1} + b_i) \\
        j_t &= \sigma(W_{xj} x_t + W_{hj} h_{t-1} +
               w_{cj} \otimes c_{t-1} + b_j) \\
        f_t &= \sigma(W_{xf} x_t + W_{hf} h_{t-1} +
               w_{cf} \otimes c_{t-1} + b_f) \\
        c_t &= f_t \otimes c_{t-1} + i_t \otimes j_t \\
        o_t &= \sigma(W_{xo} x_t + W_{ho} h_{t-1} +
               w_{co} \otimes c_t + b_o) \\
        h_t &= \tanh(c_t) \otimes o_t

    These are equations 7 to 11 of Graves (2013) in the lecture's symbols:
    Graves' input gate :math:`i` is the lecture's :math:`j`.  The peephole
    weights are diagonal: ``W_cell_to_in`` (:math:`w_{cj}`),
    ``W_cell_to_forget`` (:math:`w_{cf}`) and ``W_cell_to_out``
    (:math:`w_{co}`), (dim,) each.  With zero peepholes this is
    :class:`LSTM`.

    Parameters
    ----------
    dim : int
        Number of cells.
    peephole_init : :class:`~blocks.initialization.NdarrayInitialization`
        Scheme for the peepholes, which are vectors; zero by default, so that
        training starts as with :class:`LSTM`.
    \*\*kwargs
        As for :class:`LSTM`.

    References
    ----------
    A. Graves, *Generating sequences with recurrent neural networks*,
    arXiv:1308.0850, 2013.

    """

    @lazy(allocation=['dim'])
    def __init__(self, dim, peephole_init=None, **kwargs):
        self.peephole_init = check_scheme(
            naming(self, kwargs), 'peephole_init',
            Constant(0.) if peephole_init is None else peephole_init)
        super().__init__(dim=dim, **kwargs)

    def _allocate(self):
        super()._allocate()
        self.W_cell_to_in, self.W_cell_to_forget, self.W_cell_to_out = [
            shared_floatx_nans((self.dim,), name=name)
            for name in ('W_cell_to_in', 'W_cell_to_forget', 'W_cell_to_out')]
        for peephole in self.peepholes:
            add_role(peephole, WEIGHT)
            self.parameters.append(peephole)

    def _initialize(self):
        super()._initialize()
        for peephole in self.peepholes:
            self.peephole_init.initialize(peephole, self.rng)

    @property
    def peepholes(self):
        """Return the peephole vectors w_cj, w_cf and w_co, (dim,) each."""
        return (self.W_cell_to_in, self.W_cell_to_forget, self.W_cell_to_out)

    @recurrent(**_SIGNATURE)
    def apply(self, inputs, states, cells, mask=None):
        """Apply the equations, with the arguments of :meth:`LSTM.apply`."""
        squash, sigma = self.activation.apply, self.gate_activation.apply
        i, j, f, o = self._gates(inputs, states)
        next_cells = (sigma(f + self.W_cell_to_forget * cells) * cells +
                      squash(i) * sigma(j + self.W_cell_to_in * cells))
        next_states = squash(next_cells) * sigma(
            o + self.W_cell_to_out * next_cells)
        return carry_over(mask, [next_states, next_cells], [states, cells])
