"""Generate sequences with readouts that compute costs, scores and samples.

A :class:`SequenceGenerator` has three parts. At each step its recurrent brick
computes states; from them the readout computes the scores of the next symbol,
its cost or a sample; the feedback turns a symbol into inputs of the next step.

"""
from abc import abstractmethod

from blocks.bricks import Bias, Initializable, NDimensionalSoftmax, Random
from blocks.bricks.base import application, lazy
from blocks.bricks.ownership import with_children
from blocks.bricks.parallel import Fork, Merge
from blocks.bricks.recurrent import recurrent
from blocks.utils import dict_subset, dict_union
from theano import tensor


class AbstractReadout(Initializable):
    r"""The interface of readouts.

    Parameters
    ----------
    input_names : list of str
        The states, sequences and contexts that it needs.
    input_dims : list of int
        Their dimensions; the sequence generator sets them.
    \*\*kwargs
        See :class:`~blocks.bricks.Initializable`.

    """

    @lazy(allocation=['input_dims'])
    def __init__(self, input_names, input_dims, **kwargs):
        self.input_names = input_names
        self.input_dims = input_dims
        super().__init__(**kwargs)

    @abstractmethod
    def costs(self, prediction, prediction_mask, groundtruth,
              groundtruth_mask, **inputs):
        """Return the costs of predictions."""

    @abstractmethod
    def scores(self, **inputs):
        """Return the scores of all possible next symbols."""

    @abstractmethod
    def sample(self, **inputs):
        """Return samples of the next symbol, and their scores."""


class MergeReadout(AbstractReadout):
    r"""A readout that merges its inputs first.

    Parameters
    ----------
    merge_dim : int, optional
        The dimension of the merged inputs, by default `post_merge_dim`.
    post_merge_dim : int
        The dimension after `post_merge`.
    merge_names : list of str, optional
        The inputs to merge, by default all.
    merge : :class:`~blocks.bricks.base.Brick`, optional
        By default a :class:`~blocks.bricks.parallel.Merge`.
    merge_prototype : :class:`~blocks.bricks.Feedforward`, optional
        The transformation in the default for `merge`.
    post_merge : :class:`~blocks.bricks.Feedforward`, optional
        By default a :class:`~blocks.bricks.Bias`.
    \*\*kwargs
        See :class:`AbstractReadout`.

    """

    @lazy(allocation=['merge_dim', 'post_merge_dim'])
    def __init__(self, merge_dim, post_merge_dim, merge_names=None,
                 merge=None, merge_prototype=None, post_merge=None,
                 **kwargs):
        self.merge_names = merge_names or kwargs['input_names']
        self.merge_brick = merge or Merge(input_names=self.merge_names,
                                          prototype=merge_prototype)
        self.post_merge = post_merge or Bias(dim=post_merge_dim)
        self.merge_dim = merge_dim or post_merge_dim
        self.post_merge_dim = post_merge_dim
        super().__init__(**with_children(kwargs, self.merge_brick,
                                         self.post_merge))

    def _push_allocation_config(self):
        self.merge_brick.input_dims = self.get_dims(self.merge_names)
        self.merge_brick.output_dim = self.merge_dim
        self.post_merge.input_dim = self.merge_dim
        self.post_merge.output_dim = self.post_merge_dim

    @application
    def merge(self, **inputs):
        """Merge the inputs, which are given by name."""
        return self.post_merge.apply(self.merge_brick.apply(
            **dict_subset(inputs, self.merge_names)))

    def get_dim(self, name):
        if name in self.input_names:
            return self.input_dims[self.input_names.index(name)]
        return super().get_dim(name)


class SoftmaxReadout(MergeReadout, Random):
    r"""A readout of symbols that are integers.

    Parameters
    ----------
    num_tokens : int
        The number of symbols.
    \*\*kwargs
        See :class:`MergeReadout`.

    """

    def __init__(self, num_tokens, **kwargs):
        self.num_tokens = num_tokens
        self.softmax = NDimensionalSoftmax()
        super().__init__(post_merge_dim=num_tokens,
                         **with_children(kwargs, self.softmax))

    @application
    def costs(self, prediction, prediction_mask=None, groundtruth=None,
              groundtruth_mask=None, **inputs):
        """Return the negative log-likelihood of sequences.

        Parameters
        ----------
        prediction : :class:`~tensor.TensorVariable`, shape (time, batch)
            The symbols.
        prediction_mask : optional, shape (time, batch)
            Where it is 0, a symbol has no cost.
        groundtruth, groundtruth_mask : optional
            Not used.
        **inputs
            The inputs by name.

        Returns
        -------
        :class:`~tensor.TensorVariable`, shape (batch,)

        """
        scores = self.all_scores(prediction, self.merge(
            **dict_subset(inputs, self.merge_names)))
        if prediction_mask is not None:
            scores *= prediction_mask
        return -scores.sum(axis=0)

    @costs.property('inputs')
    def costs_inputs(self):
        return ['prediction', 'prediction_mask', 'groundtruth',
                'groundtruth_mask', *self.input_names]

    @application
    def all_scores(self, prediction, merged):
        """Return the log-probabilities of symbols, given merged inputs."""
        return -self.softmax.categorical_cross_entropy(prediction, merged,
                                                       extra_ndim=1)

    @application
    def scores(self, **inputs):
        """Return the log-probabilities of all symbols, given the inputs."""
        merged = self.merge(**dict_subset(inputs, self.merge_names))
        return self.softmax.log_probabilities(
            merged, extra_ndim=max(merged.ndim - 2, 0))

    @application(outputs=['samples', 'scores'])
    def sample(self, **inputs):
        """Draw a symbol for each example, and return its log-probability."""
        scores = self.scores(**inputs)
        draws = self.theano_rng.multinomial(pvals=tensor.exp(scores))
        samples = draws.argmax(axis=1)
        return samples, scores[tensor.arange(scores.shape[0]), samples]

    @scores.property('inputs')
    @sample.property('inputs')
    def sample_inputs(self):
        return self.input_names

    def get_dim(self, name):
        return 0 if name in ('samples', 'scores') else super().get_dim(name)


class Feedback(Initializable):
    r"""Turns symbols into inputs of the recurrent brick.

    Parameters
    ----------
    output_names : list of str
        The inputs.
    output_dims : list of int
        Their dimensions; the sequence generator sets them.
    embedding : :class:`~blocks.bricks.Feedforward`, optional
        Applied to the symbols first, e.g. a
        :class:`~blocks.bricks.lookup.LookupTable`.
    input_dim : int, optional
        The dimension of symbols; 0, the default, if they are integers.
    \*\*kwargs
        See :class:`~blocks.bricks.Initializable`.

    """

    @lazy(allocation=['output_names', 'output_dims'])
    def __init__(self, output_names, output_dims, embedding=None,
                 input_dim=0, **kwargs):
        self.output_names = output_names
        self.output_dims = output_dims
        self.embedding = embedding
        self.input_dim = input_dim
        self.fork = Fork(output_names)
        super().__init__(**with_children(
            kwargs, *[embedding] if embedding else [], self.fork))

    def _push_allocation_config(self):
        self.fork.output_dims = self.output_dims
        self.fork.input_dim = self.input_dim
        if self.embedding:
            self.embedding.input_dim = self.input_dim
            self.fork.input_dim = self.embedding.output_dim

    @application(inputs=['symbols'])
    def apply(self, symbols):
        """Return an input for each name."""
        if self.embedding:
            symbols = self.embedding.apply(symbols)
        return self.fork.apply(symbols)

    @apply.property('outputs')
    def apply_outputs(self):
        return self.output_names


class SequenceGenerator(Initializable):
    r"""Generates sequences, and computes the costs of given ones.

    Parameters
    ----------
    recurrent : :class:`~blocks.bricks.recurrent.BaseRecurrent`
        Computes states.
    readout : :class:`AbstractReadout`
        Computes scores, costs and samples from states.
    feedback : :class:`Feedback`
        Computes inputs from symbols.
    \*\*kwargs
        See :class:`~blocks.bricks.Initializable`.

    """

    def __init__(self, recurrent, readout, feedback, **kwargs):
        self.recurrent = recurrent
        self.readout = readout
        self.feedback = feedback
        super().__init__(**with_children(kwargs, recurrent, readout,
                                         feedback))

    def _push_allocation_config(self):
        self.readout.input_dims = self.recurrent.get_dims(
            self.readout.input_names)
        self.feedback.output_dims = self.recurrent.get_dims(
            self.feedback.output_names)

    @application
    def costs(self, application_call, prediction, prediction_mask=None,
              groundtruth=None, groundtruth_mask=None,
              **sequences_states_contexts):
        r"""Return the costs of sequences.

        Parameters
        ----------
        prediction : :class:`~tensor.TensorVariable`, shape (time, batch)
            The symbols.
        prediction_mask : optional, shape (time, batch)
            Where it is 0, the states are kept, and a symbol has no cost.
        groundtruth, groundtruth_mask : optional
            An argument of the readout.
        \*\*sequences_states_contexts
            Further inputs of the recurrent brick by name.

        Returns
        -------
        :class:`~tensor.TensorVariable`
            The costs that the readout computes; ``<state>_final_value`` are
            auxiliary variables.

        """
        symbols = self.feedback.apply(prediction, as_dict=True)
        results = self.recurrent.apply(
            mask=prediction_mask, return_initial_states=True, as_dict=True,
            **dict_union(symbols, sequences_states_contexts))
        for name, result in results.items():
            application_call.add_auxiliary_variable(
                result[-1].copy(), name=f'{name}_final_value')
        for name in self.recurrent.apply.states:
            # The cost of a symbol depends on the states before it.
            results[name] = results[name][:-1]
        for name, result in results.items():
            application_call.add_auxiliary_variable(result.copy(), name=name)
        known = dict_subset(
            sequences_states_contexts,
            [*self.recurrent.apply.sequences, *self.recurrent.apply.contexts],
            must_have=False)
        return self.readout.costs(
            prediction, prediction_mask, groundtruth, groundtruth_mask,
            **dict_subset(dict_union(results, known),
                          self.readout.costs.inputs, must_have=False))

    @recurrent
    def generate(self, **sequences_states_contexts):
        r"""Draw a symbol, and compute one step with it.

        Parameters
        ----------
        \*\*sequences_states_contexts
            The previous states, and all other inputs by name. To generate a
            whole sequence, also pass ``n_steps`` and ``batch_size``.

        Returns
        -------
        list of :class:`~tensor.TensorVariable`
            The symbols, their scores and the next states.

        """
        samples, scores = self.readout.sample(**dict_subset(
            sequences_states_contexts, self.readout.sample.inputs))
        symbols = self.feedback.apply(samples, as_dict=True)
        states = self.recurrent.apply(
            as_list=True, iterate=False,
            **dict_union(symbols, sequences_states_contexts))
        return [samples, scores, *states]

    @generate.property('sequences')
    def generate_sequences(self):
        made = self.feedback.output_names
        return [name for name in self.recurrent.apply.sequences
                if name not in made]

    @generate.property('states')
    def generate_states(self):
        return self.recurrent.apply.states

    @generate.property('contexts')
    def generate_contexts(self):
        return self.recurrent.apply.contexts

    @generate.property('outputs')
    def generate_outputs(self):
        return ['samples', 'scores', *self.recurrent.apply.outputs]

    @application
    def initial_states(self, batch_size, *args, **kwargs):
        """Return the initial states of the recurrent brick."""
        return self.recurrent.initial_states(batch_size, *args, **kwargs)

    @initial_states.property('outputs')
    def initial_states_outputs(self):
        return self.recurrent.apply.states

    def get_dim(self, name):
        """Return a dimension of the readout or of the recurrent brick."""
        owner = (self.readout if name in ('samples', 'scores')
                 else self.recurrent)
        return owner.get_dim(name)
