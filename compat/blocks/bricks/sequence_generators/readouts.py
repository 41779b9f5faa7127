"""Readouts: between a recurrent network and a sequence of outputs."""
from abc import abstractmethod
from operator import attrgetter

from ...utils import dict_subset
from ..arguments import brick, checked, integer, names
from ..base import NoneAllocation, application, lazy
from ..interfaces import Initializable
from ..ownership import describe, with_children
from ..parallel import Merge
from ..simple import Bias
from .components import TrivialEmitter, TrivialFeedback


class AbstractReadout(Initializable):
    """The interface of readouts.

    Parameters
    ----------
    source_names : list of str
        The sources of the readout: states, glimpses, contexts of the
        transition, or ``'feedback'``. Needed for allocation.
    readout_dim : int
        The length of a readout. Needed for allocation.

    Attributes
    ----------
    source_dims : list of int
        The dimensions of the sources, set by the sequence generator.

    """

    @lazy(allocation=['source_names', 'readout_dim'])
    def __init__(self, source_names, readout_dim, **kwargs):
        super().__init__(**kwargs)
        self.readout_dim = readout_dim
        self.source_names = source_names

    @abstractmethod
    def initial_outputs(self, batch_size):
        """Return the outputs before the first step."""

    @abstractmethod
    def feedback(self, outputs):
        """Return the inputs of the next step for outputs."""

    @abstractmethod
    def readout(self, **kwargs):
        """Return readouts for the sources, which are given by name."""

    @abstractmethod
    def emit(self, readouts):
        """Return outputs for readouts, ``(batch, readout_dim)``."""

    @abstractmethod
    def cost(self, readouts, outputs):
        """Return the costs of outputs given readouts.

        Parameters
        ----------
        readouts : :class:`~tensor.TensorVariable`
            ``(..., readout_dim)``.
        outputs : :class:`~tensor.TensorVariable`
            The same leading axes; the kind of outputs determines whether there
            is another axis.

        """


class Readout(AbstractReadout):
    r"""A readout that consists of an emitter and a feedback.

    The sources are merged, by default each through a linear transformation
    and added up, and a bias is added.

    Parameters
    ----------
    emitter : :class:`AbstractEmitter`, optional
        Produces outputs and computes their cost; by default
        :class:`TrivialEmitter`.
    feedback_brick : :class:`AbstractFeedback`, optional
        Feeds outputs back; by default :class:`TrivialFeedback`.
    merge : :class:`~blocks.bricks.base.Brick`, optional
        Merges the sources; by default a
        :class:`~blocks.bricks.parallel.Merge`.
    merge_prototype : :class:`~blocks.bricks.Feedforward`, optional
        The transformation in the default for `merge`.
    post_merge : :class:`~blocks.bricks.Feedforward`, optional
        Applied to the merged sources; by default
        :class:`~blocks.bricks.Bias`.
    merged_dim : int, optional
        The dimension of the merged sources; by default `readout_dim`.
    \*\*kwargs
        See :class:`AbstractReadout`; `source_names` must be among them.

    Raises
    ------
    ValueError
        If both `merge` and `merge_prototype` are given.

    """

    _dimensions = {
        'readouts': attrgetter('readout_dim'),
        'outputs': lambda readout: readout.emitter.get_dim('outputs'),
        'feedback': lambda readout: readout.feedback_brick.get_dim(
            'feedback')}

    @checked('source_names', emitter=brick, feedback_brick=brick,
             merge=brick, merge_prototype=brick, post_merge=brick,
             merged_dim=integer, source_names=names)
    def __init__(self, emitter=None, feedback_brick=None, merge=None,
                 merge_prototype=None, post_merge=None, merged_dim=None,
                 **kwargs):
        if 'source_names' not in kwargs:
            raise TypeError(f'{type(self).__name__}: source_names is '
                            "missing, e.g. source_names=['states']")
        if merge is not None and merge_prototype is not None:
            raise ValueError(f'{type(self).__name__}: pass either merge or '
                             'merge_prototype, not both')
        dim = kwargs.get('readout_dim', NoneAllocation)
        self.emitter = emitter or TrivialEmitter(dim)
        self.feedback_brick = feedback_brick or TrivialFeedback(dim)
        self.merge = merge or Merge(input_names=kwargs['source_names'],
                                    prototype=merge_prototype)
        self.post_merge = post_merge or Bias(dim=dim)
        self.merged_dim = merged_dim
        super().__init__(**with_children(
            kwargs, self.emitter, self.feedback_brick, self.merge,
            self.post_merge))

    def _push_allocation_config(self):
        if not hasattr(self, 'source_dims'):
            raise ValueError(
                f'{describe(self)}: source_dims must be set before '
                'allocation, one dimension for each of source_names; a '
                'SequenceGenerator sets it')
        between = self.merged_dim or self.readout_dim
        merge, post_merge = self.merge, self.post_merge
        merge.input_names, merge.input_dims = (self.source_names,
                                               self.source_dims)
        merge.output_dim = post_merge.input_dim = between
        post_merge.output_dim = self.readout_dim
        # The emitter knows its outputs only after readout_dim is set.
        self.emitter.readout_dim = self.get_dim('readouts')
        self.feedback_brick.output_dim = self.get_dim('outputs')

    @application
    def initial_outputs(self, batch_size):
        return self.emitter.initial_outputs(batch_size)

    @application(outputs=['feedback'])
    def feedback(self, outputs):
        return self.feedback_brick.feedback(outputs)

    @application
    def readout(self, **kwargs):
        sources = dict_subset(kwargs, self.merge.input_names)
        return self.post_merge.apply(self.merge.apply(**sources))

    @application
    def emit(self, readouts):
        return self.emitter.emit(readouts)

    @application
    def cost(self, readouts, outputs):
        return self.emitter.cost(readouts, outputs)
