"""The simple recurrent network of the lecture."""
from blocks.bricks import Identity, Initializable, Linear, Tanh
from blocks.bricks.base import application, lazy
from blocks.bricks.recurrent import SimpleRecurrent
from theano import tensor

from blocks_rnn_bricks.checks import check_sequence
from blocks_rnn_bricks.masking import carry_over, zero_padding
from blocks_rnn_bricks.sequence import reverse_time
from blocks_rnn_bricks.settings import (
    add_children,
    check_brick,
    check_dim,
    check_flag,
    describe,
    dim_of,
    naming,
)
from blocks_rnn_bricks.transition import recurrent


class _Transition(SimpleRecurrent):
    """Blocks' simple recurrent network, with kernels on either stack."""

    @recurrent(sequences=['inputs', 'mask'], states=['states'],
               contexts=[], outputs=['states'])
    def apply(self, inputs, states, mask=None):
        """Compute one time step, or iterate over whole sequences."""
        activation, = self.children
        return carry_over(mask, [activation.apply(
            inputs + tensor.dot(states, self.W))], [states])


class SimpleRNN(Initializable):
    r"""A simple recurrent network with its input and output projections.

    .. math::

        h_t &= q(W_{xh} x_t + W_{hh} h_{t-1} + b_h) \\
        y_t &= r(W_{hy} h_t + b_y)

    ============================== =========================================
    symbol                         in this brick
    ============================== =========================================
    :math:`W_{xh}, b_h`            ``input_projection.W``, (input_dim, dim),
                                   and ``input_projection.b``, (dim,)
    :math:`W_{hh}`                 ``transition.W``, (dim, dim)
    :math:`W_{hy}, b_y`            ``output_projection.W``,
                                   (dim, output_dim), and
                                   ``output_projection.b``, (output_dim,)
    :math:`h_0`                    learned, (dim,), zero at first
    :math:`q, r`                   `activation`, `output_activation`
    ============================== =========================================

    Parameters
    ----------
    input_dim : int
        Features of x.
    dim : int
        Size of the hidden state h.
    output_dim : int
        Features of y.
    activation : :class:`~blocks.bricks.Brick`, optional
        q; :class:`~blocks.bricks.Tanh` by default.
    output_activation : :class:`~blocks.bricks.Brick`, optional
        r, applied to a matrix (rows, output_dim), so that a
        :class:`~blocks.bricks.Softmax` works; :class:`~blocks.bricks.Identity`
        by default.
    mask_outputs : bool, optional
        Whether y is zero where the mask is 0. By default it is computed from
        the carried-over state.

    Notes
    -----
    Only the recurrence is iterated: each projection is a single matrix product
    for all time steps.

    """

    @lazy(allocation=['input_dim', 'dim', 'output_dim'])
    def __init__(self, input_dim, dim, output_dim, activation=None,
                 output_activation=None, mask_outputs=False, **kwargs):
        who = naming(self, kwargs)
        self.input_dim = check_dim(who, 'input_dim', input_dim)
        self.dim = check_dim(who, 'dim', dim)
        self.output_dim = check_dim(who, 'output_dim', output_dim)
        self.mask_outputs = check_flag(who, 'mask_outputs', mask_outputs)
        self.input_projection = Linear(name='input_projection')
        self.transition = _Transition(
            activation=check_brick(
                who, 'activation',
                Tanh() if activation is None else activation),
            name='transition')
        self.output_projection = Linear(name='output_projection')
        self.output_activation = check_brick(
            who, 'output_activation',
            Identity() if output_activation is None else output_activation,
            'Softmax()')
        add_children(self, kwargs, [
            self.input_projection, self.transition, self.output_projection,
            self.output_activation])
        super().__init__(**kwargs)

    def _push_allocation_config(self):
        input_dim, dim, output_dim = [
            dim_of(self, name) for name in ('input_dim', 'dim', 'output_dim')]
        self.input_projection.input_dim = input_dim
        self.input_projection.output_dim = dim
        self.transition.dim = dim
        self.output_projection.input_dim = dim
        self.output_projection.output_dim = output_dim

    def get_dim(self, name):
        """Return the features of an input, state or output; 0 for a mask."""
        dims = {'inputs': 'input_dim', 'states': 'dim',
                'outputs': 'output_dim'}
        if name in dims:
            return dim_of(self, dims[name])
        if name == 'mask':
            return 0
        return super().get_dim(name)

    @application(inputs=['inputs', 'mask', 'states'],
                 outputs=['outputs', 'states'])
    def apply(self, inputs, mask=None, states=None, iterate=True,
              reverse=False):
        """Iterate over sequences, or compute one time step.

        Parameters
        ----------
        inputs : :class:`~theano.tensor.TensorVariable`
            x, (T, B, input_dim), or (B, input_dim) with ``iterate=False``.
            The contents of the padding, even NaN, have no effect.
        mask : :class:`~theano.tensor.TensorVariable`, optional
            (T, B), or (B,) with ``iterate=False``.
        states : :class:`~theano.tensor.TensorVariable`, optional
            (B, dim), the initial h; learned if not given. Required with
            ``iterate=False``.
        iterate : bool, optional
            Whether to iterate over the first axis.
        reverse : bool, optional
            Whether to process the sequence backwards. Unlike those of Blocks'
            transitions, the outputs are always in the order of time.

        Returns
        -------
        outputs : :class:`~theano.tensor.TensorVariable`
            y, (T, B, output_dim), or (B, output_dim).
        states : :class:`~theano.tensor.TensorVariable`
            h, (T, B, dim), or (B, dim).

        Raises
        ------
        ValueError
            If a rank is wrong; when the function runs, if a shape is wrong.
        TypeError
            If the dtype of the mask would upcast the inputs.

        """
        for name, flag in [('iterate', iterate), ('reverse', reverse)]:
            check_flag(describe(self), name, flag)
        if states is None and not iterate:
            raise TypeError('{}: states is missing; a single time step '
                            '(iterate=False) needs the previous states'
                            .format(describe(self)))
        inputs, mask = check_sequence(
            describe(self), inputs, mask, self.input_dim, iterate,
            'set input_dim to the number of features')
        if iterate:
            inputs = zero_padding(inputs, mask)
            controls = {'reverse': reverse}
        else:
            controls = {'iterate': False}
        hidden = self.transition.apply(
            inputs=self.input_projection.apply(inputs), mask=mask,
            states=states, **controls)
        if iterate and reverse:
            hidden = reverse_time(hidden)
        outputs = self._activate(self.output_projection.apply(hidden))
        if self.mask_outputs and iterate:
            outputs = zero_padding(outputs, mask)
        return outputs, hidden

    def _activate(self, net):
        """Apply r to all rows at once, since a softmax requires two axes."""
        rows = net.reshape((-1, self.output_dim))
        return self.output_activation.apply(rows).reshape(
            net.shape, ndim=net.ndim)

    @application(outputs=['states'])
    def initial_states(self, batch_size):
        """Return the learned h_0 for each sequence, (batch_size, dim)."""
        return self.transition.initial_states(
            tensor.as_tensor_variable(batch_size))
