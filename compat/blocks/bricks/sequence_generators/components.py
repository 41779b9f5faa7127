"""Emitters, which produce outputs, and feedbacks, which feed them back."""
from abc import abstractmethod
from operator import attrgetter

from theano import tensor

from ..arguments import checked, count
from ..base import Brick, application, lazy
from ..dimensions import kept_by
from ..interfaces import Initializable, Random
from ..lookup import LookupTable
from ..ownership import describe, with_children
from ..simple import NDimensionalSoftmax


class AbstractEmitter(Brick):
    """The interface of emitters, which produce outputs from readouts.

    All methods are applied to single steps, ``(batch, ...)``; :meth:`cost` is
    also applied to whole sequences, ``(time, batch, ...)``.

    Attributes
    ----------
    readout_dim : int
        The dimension of the readouts, set by :class:`Readout`.

    """

    @abstractmethod
    def initial_outputs(self, batch_size):
        """Return the outputs before the first step."""

    @abstractmethod
    def emit(self, readouts):
        """Return outputs for readouts."""

    @abstractmethod
    def cost(self, readouts, outputs):
        """Return the costs of outputs given readouts."""


class TrivialEmitter(AbstractEmitter):
    """An emitter whose outputs are the readouts, at no cost.

    Parameters
    ----------
    readout_dim : int
        The dimension of the readouts. Needed for allocation.

    """

    _dimensions = {'outputs': attrgetter('readout_dim')}

    @checked(readout_dim=count)
    @lazy(allocation=['readout_dim'])
    def __init__(self, readout_dim, **kwargs):
        super().__init__(**kwargs)
        self.readout_dim = readout_dim

    @application
    def initial_outputs(self, batch_size):
        """Return zeros, ``(batch, readout_dim)``."""
        return tensor.zeros((batch_size, self.readout_dim))

    @application
    def emit(self, readouts):
        """Return the readouts."""
        return readouts

    @application
    def cost(self, readouts, outputs):
        """Return zeros in the shape of the outputs."""
        return tensor.zeros_like(outputs)


class SoftmaxEmitter(AbstractEmitter, Initializable, Random):
    r"""An emitter of integers, drawn from the softmax of the readouts.

    Parameters
    ----------
    initial_output : int or scalar variable, optional
        The output before the first step.
    \*\*kwargs
        See :class:`~blocks.bricks.Random` for the seed.

    """

    _dimensions = {'outputs': 0}

    @checked(initial_output=count)
    def __init__(self, initial_output=0, **kwargs):
        self.initial_output = initial_output
        self.softmax = NDimensionalSoftmax()
        super().__init__(**with_children(kwargs, self.softmax))

    @application
    def initial_outputs(self, batch_size):
        """Return the initial output for each sequence of the batch."""
        return tensor.ones((batch_size,), 'int64') * self.initial_output

    @application
    def probs(self, readouts):
        """Return the probabilities of all outputs."""
        return self.softmax.apply(readouts, **_axes_of_time(readouts))

    @application
    def emit(self, readouts):
        """Draw outputs."""
        probs = self.probs(readouts)
        one_hot = self.theano_rng.multinomial(
            pvals=probs.reshape((probs.shape[0], -1)))
        return one_hot.reshape(probs.shape).argmax(axis=-1)

    @application
    def cost(self, readouts, outputs):
        """Return the negative logarithm of the outputs' probabilities."""
        return self.softmax.categorical_cross_entropy(
            outputs, readouts, **_axes_of_time(readouts))


def _axes_of_time(readouts):
    """Return the arguments for a softmax with extra leading axes."""
    return {'extra_ndim': readouts.ndim - 2}


class AbstractFeedback(Brick):
    """The interface of feedbacks from outputs to inputs of the next step.

    Attributes
    ----------
    output_dim : int
        The dimension of the outputs, set by :class:`Readout`.

    """

    @abstractmethod
    def feedback(self, outputs):
        """Return the feedback for outputs."""


class TrivialFeedback(AbstractFeedback):
    """A feedback that returns the outputs themselves.

    Parameters
    ----------
    output_dim : int
        The dimension of the outputs. Needed for allocation.

    """

    _dimensions = {'feedback': attrgetter('output_dim')}

    @checked(output_dim=count)
    @lazy(allocation=['output_dim'])
    def __init__(self, output_dim, **kwargs):
        super().__init__(**kwargs)
        self.output_dim = output_dim

    @application(outputs=['feedback'])
    def feedback(self, outputs):
        """Return the outputs."""
        return outputs


class LookupFeedback(AbstractFeedback, Initializable):
    r"""A feedback that looks up a vector for each integer.

    Parameters
    ----------
    num_outputs : int
        The number of different outputs.
    feedback_dim : int
        The length of the vectors.
    \*\*kwargs
        See :class:`~blocks.bricks.Initializable`.

    """

    num_outputs = kept_by(attrgetter('lookup'), 'length',
                          'The length of the table.')
    feedback_dim = kept_by(attrgetter('lookup'), 'dim',
                           'The length of the vectors in it.')
    _dimensions = {'feedback': attrgetter('feedback_dim')}

    def __init__(self, num_outputs=None, feedback_dim=None, **kwargs):
        self.lookup = LookupTable(length=num_outputs, dim=feedback_dim)
        super().__init__(**with_children(kwargs, self.lookup))

    @application
    def feedback(self, outputs):
        """Look up vectors for the outputs."""
        if getattr(self, 'output_dim', 0) != 0:
            raise ValueError(
                f'{describe(self)}: feeds back integers, but the emitter '
                f'produces vectors of {self.output_dim} elements; use an '
                'emitter of integers or another feedback')
        return self.lookup.apply(outputs)
