"""Noise for recurrent networks, drawn before the first time step."""
from blocks.bricks import Random
from blocks.bricks.base import application
from theano import tensor
from theano.sandbox.rng_mrg import MRG_RandomStreams

from blocks_rnn_bricks.checks import as_variable
from blocks_rnn_bricks.masking import carry_over
from blocks_rnn_bricks.settings import (
    add_children,
    check_rate,
    check_transition,
    naming,
)
from blocks_rnn_bricks.transition import Transition, option, recurrent


def dropout_mask(theano_rng: MRG_RandomStreams, shape: tuple, rate: float,
                 dtype: str) -> tensor.TensorVariable:
    """Draw random factors that drop units and preserve the expectation.

    Parameters
    ----------
    theano_rng : :class:`~theano.sandbox.rng_mrg.MRG_RandomStreams`
        Source of the random numbers.
    shape : tuple
        Integers or scalar variables.
    rate : float
        Probability of a 0, at least 0 and below 1.
    dtype : str
        A floating-point dtype.

    Returns
    -------
    :class:`~theano.tensor.TensorVariable`
        0 or 1 / (1 - rate).

    Raises
    ------
    TypeError
        If `theano_rng` is not a random stream, or `dtype` is not floating
        point.
    ValueError
        If `rate` is out of bounds or NaN.

    """
    rate = check_rate('dropout_mask', 'rate', rate)
    _check_rng('dropout_mask', theano_rng)
    if not str(dtype).startswith('float'):
        raise TypeError("dropout_mask: dtype must be floating point, got "
                        "{!r}; pass the dtype of the variable to which "
                        "dropout is applied".format(dtype))
    kept = theano_rng.binomial(shape, p=1. - rate, dtype=dtype)
    return kept * tensor.constant(1. / (1. - rate), dtype=dtype)


def variational_dropout(sequence: tensor.TensorVariable, rate: float,
                        theano_rng: MRG_RandomStreams
                        ) -> tensor.TensorVariable:
    """Drop the same features of a sequence at all its time steps.

    Parameters
    ----------
    sequence : :class:`~theano.tensor.TensorVariable`
        (T, B, F).
    rate : float
        Probability that a feature of a sequence is dropped, at least 0 and
        below 1.
    theano_rng : :class:`~theano.sandbox.rng_mrg.MRG_RandomStreams`
        The source of the random numbers.

    Returns
    -------
    :class:`~theano.tensor.TensorVariable`
        (T, B, F), the rest scaled by 1 / (1 - rate).

    Raises
    ------
    TypeError
        If the sequence is not floating point, or `theano_rng` is not a random
        stream.
    ValueError
        If the sequence does not have 3 axes, or `rate` is out of bounds or
        NaN.

    References
    ----------
    Y. Gal and Z. Ghahramani, *A theoretically grounded application of
    dropout in recurrent neural networks*, NIPS 2016, section 4.

    """
    rate = check_rate('variational_dropout', 'rate', rate)
    sequence = as_variable('variational_dropout', 'sequence', sequence)
    if sequence.ndim != 3:
        raise ValueError('variational_dropout: sequence must have 3 axes, '
                         '(time, batch, features), got {}; add the missing '
                         "ones with dimshuffle('x', 0, 1)".format(
                             sequence.ndim))
    factors = dropout_mask(theano_rng, (sequence.shape[1], sequence.shape[2]),
                           rate, sequence.dtype)
    return sequence * factors[None, :, :]


def _check_rng(who, theano_rng):
    if not hasattr(theano_rng, 'binomial') or isinstance(theano_rng, type):
        raise TypeError('{}: theano_rng must be random streams such as '
                        'MRG_RandomStreams(seed), got {!r}'.format(
                            who, theano_rng))


#: Prefixes of the names of the noise factors of a state.
_FACTORS = ('zoneout_', 'dropout_')


class Regularized(Transition, Random):
    r"""A transition with variational dropout of its states or with zoneout.

    With dropout, the transition reads :math:`d \otimes h_{t-1}`, with the same
    factors :math:`d` (0 or 1 / (1 - rate)) at all time steps of a sequence.
    With zoneout, units randomly keep their previous state,

    .. math::

        h_t = z_t \otimes h_{t-1} + (1 - z_t) \otimes \tilde h_t,

    where :math:`\tilde h_t` is the new state of the transition and :math:`z_t`
    is 1 with the zoneout probability, or equal to that probability if
    ``train=False``. The random numbers are drawn before the first time step:
    those of dropout are contexts of the step, those of zoneout are sequences.

    Parameters
    ----------
    transition : :class:`~blocks.bricks.recurrent.BaseRecurrent`
        Any recurrent brick. It becomes a child, and this brick has the same
        sequences, states and outputs.
    dropout : dict or float, optional
        Rate for each state by name; a number applies to 'states'.
    zoneout : dict or float, optional
        Probability for each state by name; a number applies to all states.

    Raises
    ------
    TypeError
        If `transition` is not a recurrent brick, or a rate is not a number.
    ValueError
        If a rate is out of bounds or NaN, or given for an unknown state.

    Notes
    -----
    Kernels are made from the step including its noise, if they can be made
    from the transition's step. Without noise (``train=False`` and no zoneout),
    the transition itself is applied.

    References
    ----------
    Gal and Ghahramani (2016), see :func:`variational_dropout`.

    D. Krueger et al., *Zoneout: regularizing RNNs by randomly preserving
    hidden activations*, ICLR 2017, equation 2.

    """

    takes_train = True

    def __init__(self, transition, dropout=0., zoneout=0., **kwargs):
        who = naming(self, kwargs)
        self.transition = check_transition(who, 'transition', transition)
        states = transition.apply.states
        self.dropout = _rates(who, 'dropout', dropout, ['states'], states)
        self.zoneout = _rates(who, 'zoneout', zoneout, states, states)
        add_children(self, kwargs, [transition])
        super().__init__(**kwargs)
        if self.precision is None:
            self.precision = option(transition, 'precision')

    def get_dim(self, name):
        """Return the features of an input, state or output."""
        for prefix in _FACTORS:
            if name.startswith(prefix):
                return self.transition.get_dim(name[len(prefix):])
        return self.transition.get_dim(name)

    @property
    def fused(self):
        """The same attribute of the transition."""
        return option(self.transition, 'fused')

    @property
    def mask_outputs(self):
        """The same attribute of the transition."""
        return option(self.transition, 'mask_outputs')

    def remedy(self, name):
        """Return the remedy for a wrong number of features of a sequence."""
        remedy = getattr(self.transition, 'remedy', None)
        if remedy is None or name.startswith(_FACTORS):
            return super().remedy(name)
        return remedy(name)

    def explain(self, application=None):
        """Report whether kernels are made from the step with its noise."""
        return super().explain(
            application or self.noisy_apply)

    @application
    def apply(self, *args, **kwargs):
        """Iterate over sequences.

        Parameters
        ----------
        *args, **kwargs
            The arguments of the transition's `apply`: sequences and states by
            name, or the first sequences by position.
        train : bool, optional
            Whether to apply noise. False by default.

        Returns
        -------
        list of :class:`~theano.tensor.TensorVariable`
            The results of the transition's `apply`.

        """
        train = kwargs.pop('train', False)
        kwargs.update(zip(self._sequences(), args))
        iterate = kwargs.get('iterate', True)
        if not iterate or not (self.zoneout or (train and self.dropout)):
            return self.transition.apply(**kwargs)
        sequence = kwargs[self._sequences()[0]]
        n_steps, batch_size = sequence.shape[0], sequence.shape[1]
        for state, rate in self.zoneout.items():
            shape = (n_steps, batch_size, self.get_dim(state))
            kwargs['zoneout_' + state] = (
                self.theano_rng.binomial(shape, p=rate, dtype=sequence.dtype)
                if train else tensor.alloc(
                    tensor.constant(rate, dtype=sequence.dtype), *shape))
        for state, rate in self.dropout.items():
            if train:
                kwargs['dropout_' + state] = dropout_mask(
                    self.theano_rng, (batch_size, self.get_dim(state)), rate,
                    sequence.dtype)
        return self.noisy_apply(as_list=True, **kwargs)

    @apply.delegate
    def apply_delegate(self):
        """Return the transition's `apply`."""
        return self.transition.apply

    def _sequences(self):
        """Return the names of the sequences, the mask last."""
        names = [name for name in self.transition.apply.sequences
                 if name != 'mask']
        return names + ['mask']

    @recurrent
    def noisy_apply(self, **kwargs):
        """Compute one step, with the noise factors as arguments."""
        states = self.transition.apply.states
        mask = kwargs.pop('mask', None)
        zoneout = {state: kwargs.pop('zoneout_' + state)
                   for state in self.zoneout}
        before = {state: kwargs[state] for state in states}
        for state in self.dropout:
            factors = kwargs.pop('dropout_' + state, None)
            if factors is not None:
                kwargs[state] = kwargs[state] * factors
        outputs = self.transition.apply(iterate=False, as_dict=True, **kwargs)
        for state, kept in zoneout.items():
            outputs[state] = (kept * before[state] +
                              (1 - kept) * outputs[state])
        after = carry_over(mask, [outputs[state] for state in states],
                           [before[state] for state in states])
        outputs.update(zip(states, after))
        return list(outputs.values())

    @noisy_apply.property('sequences')
    def noisy_apply_sequences(self):
        """Return the transition's sequences and the zoneout factors."""
        return self._sequences() + ['zoneout_' + state
                                    for state in self.zoneout]

    @noisy_apply.property('contexts')
    def noisy_apply_contexts(self):
        """Return the transition's contexts and the dropout factors."""
        return list(self.transition.apply.contexts) + [
            'dropout_' + state for state in self.dropout]

    @noisy_apply.property('states')
    def noisy_apply_states(self):
        """Return the transition's states."""
        return self.transition.apply.states

    @noisy_apply.property('outputs')
    def noisy_apply_outputs(self):
        """Return the transition's outputs."""
        return self.transition.apply.outputs

    @application
    def initial_states(self, batch_size, *args, **kwargs):
        """Return the transition's initial states, (batch_size, dim) each."""
        return self.transition.initial_states(batch_size, *args, **kwargs)

    @initial_states.property('outputs')
    def initial_states_outputs(self):
        """Return the transition's states."""
        return self.transition.apply.states


def _rates(who, what, rates, default, states):
    """Return a dictionary of the nonzero rates.

    Parameters
    ----------
    who : str
        The brick, for messages.
    what : str
        'dropout' or 'zoneout', for messages.
    rates : dict or float
    default : list of str
        The states to which a number applies.
    states : list of str
        All states.

    """
    if not isinstance(rates, dict):
        rates = {state: rates for state in default}
    for state, rate in rates.items():
        if state not in states:
            raise ValueError(
                '{}: {} is given for an unknown state {!r}; the transition '
                'has the states {}; pass a dictionary with these names'.format(
                    who, what, state, ', '.join(states)))
        check_rate(who, '{} of {}'.format(what, state), rate)
    return {state: rates[state] for state in states if rates.get(state)}
