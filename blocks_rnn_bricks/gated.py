"""Base class of recurrent bricks with gates."""
from typing import Tuple, Type

from blocks.bricks import Brick, Logistic, Tanh
from blocks.bricks.base import lazy

from blocks_rnn_bricks.initialization import PerGate
from blocks_rnn_bricks.settings import (
    add_children,
    check_brick,
    check_dim,
    check_flag,
    check_scheme,
    describe,
    dim_of,
    naming,
)
from blocks_rnn_bricks.transition import Transition


class GatedTransition(Transition):
    """A transition whose inputs are the gates of `dim` units, side by side.

    Parameters
    ----------
    dim : int
        Number of units.
    activation : :class:`~blocks.bricks.Brick`, optional
        Activation of the new content; :class:`~blocks.bricks.Tanh` by default.
    gate_activation : :class:`~blocks.bricks.Brick`, optional
        Activation of the gates; :class:`~blocks.bricks.Logistic` by default.
    mask_outputs, fused : bool, optional
        See :class:`~blocks_rnn_bricks.LSTM`.

    Attributes
    ----------
    gates : sequence of str
        The names of the gates in their order; set by the class.

    Raises
    ------
    TypeError
        If `dim` is not an integer, an activation is not a brick, or a flag is
        neither True nor False.
    ValueError
        If `dim` is not positive; on allocation, if it is not set.

    """

    gates: Tuple[str, ...] = ()
    #: The class of the default activation.
    default_activation: Type[Brick] = Tanh

    @lazy(allocation=['dim'])
    def __init__(self, dim, activation=None, gate_activation=None,
                 mask_outputs=False, fused=True, **kwargs):
        who = naming(self, kwargs)
        self.dim = check_dim(who, 'dim', dim)
        self.activation = check_brick(
            who, 'activation',
            self.default_activation() if activation is None else activation)
        self.gate_activation = check_brick(
            who, 'gate_activation',
            Logistic() if gate_activation is None else gate_activation,
            'Logistic()')
        self.mask_outputs = check_flag(who, 'mask_outputs', mask_outputs)
        self.fused = check_flag(who, 'fused', fused)
        add_children(self, kwargs, [self.activation, self.gate_activation])
        super().__init__(**kwargs)

    def get_dim(self, name):
        """Return the features of an argument or output; 0 for a mask."""
        if name == 'inputs':
            return len(self.gates) * dim_of(self, 'dim')
        if name in self.apply.states:
            return dim_of(self, 'dim')
        if name == 'mask':
            return 0
        return super().get_dim(name)

    def remedy(self, name):
        """Return the remedy for inputs with the wrong number of features."""
        return ('they are the gates {} side by side: apply '
                'Linear(output_dim={}) first'.format(
                    ', '.join(self.gates), self.get_dim('inputs')))

    def _initialize(self):
        check_scheme(describe(self), 'weights_init', self.weights_init)
        PerGate(self.weights_init, self.gates).initialize(self.W_state,
                                                          self.rng)

    def _split(self, rows):
        """Split (B, gates * dim) into the gates, (B, dim) each."""
        return [rows[:, k * self.dim:(k + 1) * self.dim]
                for k in range(len(self.gates))]
