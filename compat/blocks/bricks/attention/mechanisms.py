"""Attention mechanisms: glimpses from states and the attended."""
from abc import abstractmethod
from operator import attrgetter

import numpy
from theano import tensor
from theano.gradient import disconnected_grad

from ..arguments import brick, checked, dims, names
from ..base import Brick, application, lazy
from ..dimensions import kept_by
from ..interfaces import Feedforward, Initializable
from ..ownership import with_children
from ..parallel import Parallel
from ..sequences import Sequence
from ..simple import Linear, Tanh


class AbstractAttention(Brick):
    """The interface of attention mechanisms.

    Expressions that do not depend on the states can be computed once, before
    any step, in :meth:`preprocess`. :meth:`take_glimpses` does the rest.

    Parameters
    ----------
    state_names : list of str
        The names of the states that it reads. Needed for allocation.
    state_dims : list of int
        Their dimensions. Needed for allocation.
    attended_dim : int
        The number of features of the attended. Needed for allocation.

    """

    _dimensions = {'attended': attrgetter('attended_dim'),
                   'preprocessed_attended': attrgetter('attended_dim'),
                   'attended_mask': 0}

    @checked(state_names=names, state_dims=dims)
    @lazy(allocation=['state_names', 'state_dims', 'attended_dim'])
    def __init__(self, state_names, state_dims, attended_dim, **kwargs):
        super().__init__(**kwargs)
        self.attended_dim = attended_dim
        self.state_dims = state_dims
        self.state_names = state_names

    @abstractmethod
    def initial_glimpses(self, batch_size, attended):
        """Return the glimpses before the first step.

        Parameters
        ----------
        batch_size : int or scalar variable
            The number of sequences.
        attended : :class:`~tensor.TensorVariable`
            The attended.

        Returns
        -------
        list of :class:`~tensor.TensorVariable`
            One for each glimpse.

        """

    @abstractmethod
    def take_glimpses(self, attended, preprocessed_attended=None,
                      attended_mask=None, **kwargs):
        r"""Compute glimpses.

        This must be an application that names its inputs and outputs, the
        inputs in the order of the arguments here. A glimpse that is also an
        input is passed on to the next step.

        Parameters
        ----------
        attended : :class:`~tensor.TensorVariable`
            The attended.
        preprocessed_attended : :class:`~tensor.TensorVariable`, optional
            The result of :meth:`preprocess`, computed here if not given.
        attended_mask : :class:`~tensor.TensorVariable`, optional
            1 for data, 0 for padding.
        \*\*kwargs : :class:`~tensor.TensorVariable`
            The states, and those glimpses of the previous step that are
            inputs.

        Returns
        -------
        list of :class:`~tensor.TensorVariable`
            The glimpses.

        """

    @application(inputs=['attended'], outputs=['preprocessed_attended'])
    def preprocess(self, attended):
        """Preprocess the attended; by default return it unchanged."""
        return attended


class GenericSequenceAttention(AbstractAttention):
    """Base class of mechanisms whose attended is a sequence."""

    @application
    def compute_weights(self, energies, attended_mask):
        """Turn energies into weights with a softmax over time.

        Parameters
        ----------
        energies : :class:`~tensor.TensorVariable`
            ``(time, batch)``.
        attended_mask : :class:`~tensor.TensorVariable` or None
            ``(time, batch)``; where it is 0 the weight is 0.

        Returns
        -------
        weights : :class:`~tensor.TensorVariable`
            ``(time, batch)``, summing to 1 over time; all 0 if the mask is
            all 0 or all energies are minus infinity.

        """
        # The sum of some of them must not overflow.
        lowest = numpy.finfo(energies.dtype).min / 2 ** (
            0 if energies.dtype == 'float16' else 20)
        if attended_mask is not None:
            padding = tensor.eq(attended_mask, 0)
            # Energies of the padding must not dominate, and need a finite
            # exponential for the gradient.
            energies = tensor.switch(padding, lowest, energies)
        highest = energies.max(axis=0)
        # With only padding or minus infinity, there is no maximum. The weights
        # don't depend on the value subtracted, so it needs no gradient.
        highest = disconnected_grad(
            tensor.switch(tensor.le(highest, lowest), 0, highest))
        weights = tensor.exp(energies - highest)
        if attended_mask is not None:
            weights = weights * attended_mask
        total = weights.sum(axis=0)
        return weights / tensor.switch(tensor.eq(total, 0), 1, total)

    @application
    def compute_weighted_averages(self, weights, attended):
        """Average the attended.

        Parameters
        ----------
        weights : :class:`~tensor.TensorVariable`
            ``(time, batch)``.
        attended : :class:`~tensor.TensorVariable`
            ``(time, batch, features)``.

        Returns
        -------
        weighted_averages : :class:`~tensor.TensorVariable`
            ``(batch, features)``.

        """
        weighted = attended * tensor.shape_padright(weights)
        return weighted.sum(axis=0)


class SequenceContentAttention(GenericSequenceAttention, Initializable):
    r"""Attention by content: find elements that match the states.

    .. math::

        e_k &= v^\top \tanh(U a_k + \sum_j W_j s_j) \\
        w_k &= e^{e_k} / \sum_l e^{e_l} \\
        g &= \sum_k w_k a_k

    The glimpses are the average :math:`g`, ``weighted_averages``, and the
    ``weights`` :math:`w`, ``(batch, time)``.

    Parameters
    ----------
    match_dim : int
        The dimension of the argument of :math:`\tanh`. Needed for
        allocation.
    state_transformer : :class:`~blocks.bricks.Feedforward`, optional
        Copied for every state, for :math:`W_j`; by default
        :class:`~blocks.bricks.Linear` without bias.
    attended_transformer : :class:`~blocks.bricks.Feedforward`, optional
        For :math:`U`; by default :class:`~blocks.bricks.Linear`.
    energy_computer : :class:`~blocks.bricks.Feedforward`, optional
        From the match to the energy; by default
        :class:`ShallowEnergyComputer`.
    \*\*kwargs
        See :class:`AbstractAttention`; `state_names` must be among them.

    References
    ----------
    D. Bahdanau, K. Cho and Y. Bengio, *Neural machine translation by
    jointly learning to align and translate*, arXiv:1409.0473 (2014),
    appendix A.1.2.

    """

    _dimensions = {'weighted_averages': attrgetter('attended_dim'),
                   'weights': 0}

    @checked(state_names=names, state_dims=dims, state_transformer=brick,
             attended_transformer=brick, energy_computer=brick)
    @lazy(allocation=['match_dim'])
    def __init__(self, match_dim, state_transformer=None,
                 attended_transformer=None, energy_computer=None, **kwargs):
        if 'state_names' not in kwargs:
            raise TypeError(f'{type(self).__name__}: state_names is missing; '
                            'pass the states of the transition, '
                            'transition.apply.states')
        self.match_dim = match_dim
        self.state_transformer = state_transformer or Linear(use_bias=False)
        self.state_transformers = Parallel(
            input_names=kwargs['state_names'],
            prototype=self.state_transformer, name='state_trans')
        self.attended_transformer = (attended_transformer or
                                     Linear(name='preprocess'))
        self.energy_computer = (energy_computer or
                                ShallowEnergyComputer(name='energy_comp'))
        super().__init__(**with_children(
            kwargs, self.state_transformers, self.attended_transformer,
            self.energy_computer))

    def _push_allocation_config(self):
        # Everything is mapped to vectors of `match_dim`, then to a scalar.
        states = self.state_transformers
        states.input_dims = self.state_dims
        states.output_dims = [self.match_dim] * len(self.state_names)
        for part, input_dim, output_dim in (
                (self.attended_transformer, self.attended_dim,
                 self.match_dim),
                (self.energy_computer, self.match_dim, 1)):
            part.input_dim, part.output_dim = input_dim, output_dim

    @application(inputs=['attended'], outputs=['preprocessed_attended'])
    def preprocess(self, attended):
        """Transform each element, to ``(time, batch, match_dim)``."""
        return self.attended_transformer.apply(attended)

    @application(outputs=['weighted_averages', 'weights'])
    def initial_glimpses(self, batch_size, attended):
        """Return zeros."""
        widths = self.attended_dim, attended.shape[0]
        return [tensor.zeros((batch_size, width)) for width in widths]

    @application
    def compute_energies(self, attended, preprocessed_attended, states):
        """Compute how well each element matches the states.

        Parameters
        ----------
        attended : :class:`~tensor.TensorVariable`
            ``(time, batch, features)``.
        preprocessed_attended : :class:`~tensor.TensorVariable` or None
            ``(time, batch, match_dim)``.
        states : dict
            From names to states, ``(batch, dim)``.

        Returns
        -------
        energies : :class:`~tensor.TensorVariable`
            ``(time, batch)``.

        """
        if preprocessed_attended is None:
            preprocessed_attended = self.preprocess(attended)
        match = preprocessed_attended
        for part in self.state_transformers.apply(as_list=True, **states):
            match = match + part
        # The energies have a last axis of length one.
        energies = self.energy_computer.apply(match)
        return energies.reshape(match.shape[:-1], ndim=match.ndim - 1)

    @application(outputs=['weighted_averages', 'weights'])
    def take_glimpses(self, attended, preprocessed_attended=None,
                      attended_mask=None, **states):
        r"""Compute weights and averages.

        Parameters
        ----------
        attended : :class:`~tensor.TensorVariable`
            ``(time, batch, features)``.
        preprocessed_attended : :class:`~tensor.TensorVariable`, optional
            ``(time, batch, match_dim)``.
        attended_mask : :class:`~tensor.TensorVariable`, optional
            ``(time, batch)``.
        \*\*states : :class:`~tensor.TensorVariable`
            The states by name, ``(batch, dim)``.

        Returns
        -------
        weighted_averages : :class:`~tensor.TensorVariable`
            ``(batch, features)``.
        weights : :class:`~tensor.TensorVariable`
            ``(batch, time)``.

        """
        weights = self.compute_weights(
            self.compute_energies(attended, preprocessed_attended, states),
            attended_mask)
        return self.compute_weighted_averages(weights, attended), weights.T

    @take_glimpses.property('inputs')
    def take_glimpses_inputs(self):
        return ['attended', 'preprocessed_attended', 'attended_mask',
                *self.state_names]


class ShallowEnergyComputer(Sequence, Initializable, Feedforward):
    r"""The hyperbolic tangent, then a weighted sum.

    Parameters
    ----------
    use_bias : bool, optional
        Whether to add a bias, ``False`` by default. A softmax cancels it.
    \*\*kwargs
        See :class:`~blocks.bricks.Initializable`.

    """

    input_dim, output_dim = (
        kept_by(lambda computer: computer.children[1], name,
                f'The {name} of the sum.')
        for name in ('input_dim', 'output_dim'))

    @lazy()
    def __init__(self, use_bias=False, **kwargs):
        super().__init__([Tanh().apply, Linear(use_bias=use_bias).apply],
                         **kwargs)
