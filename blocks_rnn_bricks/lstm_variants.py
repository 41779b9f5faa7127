"""LSTMs with layer normalisation and with projected states."""
from blocks.bricks.base import lazy
from blocks.initialization import Constant
from blocks.roles import BIAS, WEIGHT, add_role
from blocks.utils import shared_floatx_nans
from theano import tensor

from blocks_rnn_bricks.lstm import LSTM
from blocks_rnn_bricks.masking import carry_over
from blocks_rnn_bricks.settings import check_dim, check_number, dim_of, naming
from blocks_rnn_bricks.transition import recurrent

_SIGNATURE = dict(sequences=['inputs', 'mask'], states=['states', 'cells'],
                  contexts=[], outputs=['states', 'cells'])


class LayerNormLSTM(LSTM):
    r"""Long short-term memory with layer normalisation.

    .. math::

        [z^i_t, z^j_t, z^f_t, z^o_t] &= \alpha_x \otimes N(W_x x_t) +
            \alpha_h \otimes N(W_h h_{t-1}) + b \\
        c_t &= \sigma(z^f_t) \otimes c_{t-1} +
            \tanh(z^i_t) \otimes \sigma(z^j_t) \\
        h_t &= \tanh(\alpha_c \otimes N(c_t) + b_c) \otimes \sigma(z^o_t)

    where :math:`N(a) = (a - \mu) / \sqrt{s^2 + \epsilon}`, with the mean
    :math:`\mu` and the variance :math:`s^2` of the features of :math:`a`, all
    four gates together. These are equations 20 to 22 of Ba et al. (2016) in
    the lecture's symbols, with one bias instead of the sum of theirs.

    The gains :math:`\alpha_x, \alpha_h` are ``gain_inputs`` and
    ``gain_states``, (4*dim,), :math:`\alpha_c` is ``gain_cells``, (dim,), all
    initially one; :math:`b, b_c` are ``b``, (4*dim,), and ``b_cells``, (dim,),
    initially zero. Since the inputs are normalised, their projection needs no
    bias: use ``Linear(use_bias=False)``.

    Parameters
    ----------
    dim : int
        Number of cells.
    epsilon : float, optional
        Added to the variances, 1e-5 by default.
    \*\*kwargs
        As for :class:`LSTM`.

    References
    ----------
    J. L. Ba, J. R. Kiros and G. E. Hinton, *Layer normalization*,
    arXiv:1607.06450, 2016.

    Examples
    --------
    >>> from blocks.initialization import Orthogonal
    >>> from blocks_rnn_bricks import LayerNormLSTM
    >>> lstm = LayerNormLSTM(dim=3, weights_init=Orthogonal())
    >>> lstm.initialize()
    >>> lstm.gain_cells.get_value().tolist()
    [1.0, 1.0, 1.0]
    >>> lstm.explain().fused
    True

    """

    @lazy(allocation=['dim'])
    def __init__(self, dim, epsilon=1e-5, **kwargs):
        who = naming(self, kwargs)
        check_number(who, 'epsilon', epsilon, 0, 1, 'omit it for 1e-5')
        if not epsilon:
            raise ValueError('{}: epsilon must be above 0, got {!r}; omit it '
                             'for 1e-5'.format(who, epsilon))
        self.epsilon = epsilon
        super().__init__(dim=dim, **kwargs)

    def _allocate(self):
        super()._allocate()
        wide, dim = self.get_dim('inputs'), self.dim
        for name, size, role in [
                ('gain_inputs', wide, WEIGHT), ('gain_states', wide, WEIGHT),
                ('b', wide, BIAS), ('gain_cells', dim, WEIGHT),
                ('b_cells', dim, BIAS)]:
            parameter = shared_floatx_nans((size,), name=name)
            add_role(parameter, role)
            setattr(self, name, parameter)
            self.parameters.append(parameter)

    def _initialize(self):
        super()._initialize()
        for gain in (self.gain_inputs, self.gain_states, self.gain_cells):
            Constant(1.).initialize(gain, self.rng)
        for bias in (self.b, self.b_cells):
            Constant(0.).initialize(bias, self.rng)

    def _normalised(self, rows, gain):
        centred = rows - rows.mean(axis=1, keepdims=True)
        variance = tensor.sqr(centred).mean(axis=1, keepdims=True)
        return gain * centred / tensor.sqrt(variance + self.epsilon)

    @recurrent(**_SIGNATURE)
    def apply(self, inputs, states, cells, mask=None):
        """Apply the equations, with the arguments of :meth:`LSTM.apply`."""
        squash, sigma = self.activation.apply, self.gate_activation.apply
        i, j, f, o = self._split(
            self._normalised(inputs, self.gain_inputs) + self._normalised(
                tensor.dot(states, self.W_state), self.gain_states) + self.b)
        next_cells = sigma(f) * cells + squash(i) * sigma(j)
        next_states = squash(
            self._normalised(next_cells, self.gain_cells) + self.b_cells
            ) * sigma(o)
        return carry_over(mask, [next_states, next_cells], [states, cells])


class ProjectedLSTM(LSTM):
    r"""Long short-term memory whose states are projected.

    The equations are those of :class:`LSTM`, except the last,

    .. math:: h_t = W_r (\tanh(c_t) \otimes o_t),

    so that a layer can have many cells but few recurrent weights. This is the
    LSTMP of Sak et al. (2014) without its non-recurrent projection, as with
    ``proj_size`` in PyTorch. :math:`W_r` is ``W_projection``, (dim, proj_dim),
    and ``W_state`` is (proj_dim, 4*dim).

    Parameters
    ----------
    dim : int
        Number of cells.
    proj_dim : int
        Size of the states.
    \*\*kwargs
        As for :class:`LSTM`.

    References
    ----------
    H. Sak, A. Senior and F. Beaufays, *Long short-term memory recurrent
    neural network architectures for large scale acoustic modeling*,
    Interspeech 2014, equations 7 to 13.

    Examples
    --------
    >>> from blocks.initialization import IsotropicGaussian
    >>> from blocks_rnn_bricks import ProjectedLSTM
    >>> lstm = ProjectedLSTM(dim=8, proj_dim=3,
    ...                      weights_init=IsotropicGaussian(0.1))
    >>> lstm.initialize()
    >>> lstm.get_dim('states'), lstm.get_dim('cells')
    (3, 8)

    """

    @lazy(allocation=['dim', 'proj_dim'])
    def __init__(self, dim, proj_dim, **kwargs):
        self.proj_dim = check_dim(naming(self, kwargs), 'proj_dim', proj_dim)
        super().__init__(dim=dim, **kwargs)

    def get_dim(self, name):
        """Return the features of an input, state or output; 0 for a mask."""
        if name == 'states':
            return dim_of(self, 'proj_dim')
        return super().get_dim(name)

    def _allocate(self):
        super()._allocate()
        self.W_projection = shared_floatx_nans(
            (self.dim, self.proj_dim), name='W_projection')
        add_role(self.W_projection, WEIGHT)
        self.parameters.append(self.W_projection)

    def _initialize(self):
        super()._initialize()
        self.weights_init.initialize(self.W_projection, self.rng)

    @recurrent(**_SIGNATURE)
    def apply(self, inputs, states, cells, mask=None):
        """Apply the equations, with the arguments of :meth:`LSTM.apply`."""
        squash, sigma = self.activation.apply, self.gate_activation.apply
        i, j, f, o = self._gates(inputs, states)
        next_cells = sigma(f) * cells + squash(i) * sigma(j)
        next_states = tensor.dot(squash(next_cells) * sigma(o),
                                 self.W_projection)
        return carry_over(mask, [next_states, next_cells], [states, cells])
