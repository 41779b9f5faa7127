"""Beam search: the most likely outputs of a sequence generator."""
from collections import OrderedDict

import numpy
from theano import config, function, tensor

from ._former import former_names
from .bricks.sequence_generators import BaseSequenceGenerator
from .filter import VariableFilter, get_application_call, get_brick
from .graph import ComputationGraph
from .roles import INPUT, OUTPUT
from .utils import unpack


class BeamSearch:
    """Search for the most likely sequences of a generator.

    At each time step, the best prefixes so far, the beam, are extended in all
    possible ways, and the best of these are kept. The most likely sequence is
    not guaranteed to be found.

    Parameters
    ----------
    samples : :class:`~tensor.TensorVariable`
        The ``outputs`` of :meth:`~blocks.bricks.sequence_generators.\
BaseSequenceGenerator.generate`. The emitter must have an application
        ``probs``, as :class:`~blocks.bricks.sequence_generators.\
SoftmaxEmitter` has. All contexts must be used. The batch is the beam.

    Raises
    ------
    ValueError
        If `samples` are not the outputs of a generator.

    """

    def __init__(self, samples):
        self.cg = ComputationGraph(samples)
        self.inputs = self.cg.inputs
        self.generator = get_brick(samples)
        self.generate_call = get_application_call(samples)
        if not (isinstance(self.generator, BaseSequenceGenerator) and
                self.generate_call.application == self.generator.generate):
            raise ValueError('expected the outputs of the generate method '
                             'of a sequence generator, got '
                             f'{samples} of {self.generator}')
        self.inner_cg = ComputationGraph(self.generate_call.inner_outputs)
        self.context_names = self.generator.generate.contexts
        self.state_names = self.generator.generate.states
        self.contexts = [self._inner(name, INPUT)[0]
                         for name in self.context_names]
        # States that generation does not use are not in the graph.
        used = {name: found[0] for name in self.state_names
                if (found := self._inner(name, INPUT))}
        self.input_state_names = list(used)
        self.input_states = list(used.values())
        self.compiled = False

    def _inner(self, name, role):
        """Find the generator's variables of a name inside the loop."""
        return VariableFilter(bricks=[self.generator], name=name,
                              roles=[role])(self.inner_cg)

    def compile(self):
        """Compile all functions; :meth:`search` does so if needed."""
        generator = self.generator
        initial = VariableFilter(applications=[generator.initial_states])
        initial_states = {variable.tag.name: variable for variable
                          in VariableFilter(roles=[OUTPUT])(
                              initial(self.cg))}
        beam_size = unpack(
            VariableFilter(name='batch_size')(initial(self.cg)),
            singleton=True)
        self._initial_names = list(initial_states)
        self._compute_initial = function(
            self.inputs,
            [*self.contexts, *initial_states.values(), beam_size],
            on_unused_input='ignore')

        known = self.contexts + self.input_states
        probs = VariableFilter(applications=[generator.readout.emitter.probs],
                               roles=[OUTPUT])(self.inner_cg)[0]
        self._compute_logprobs = function(known, -tensor.log(probs),
                                          on_unused_input='ignore')

        emitted = VariableFilter(applications=[generator.readout.emit],
                                 roles=[OUTPUT])(self.inner_cg)
        next_states = [self._inner(name, OUTPUT)[-1]
                       for name in self.state_names]
        self._compute_next = function(known + emitted, next_states,
                                      on_unused_input='ignore')
        self.compiled = True

    def compute_initial_states_and_contexts(self, inputs):
        """Compute the contexts and initial states.

        Parameters
        ----------
        inputs : dict
            From the input variables to arrays.

        Returns
        -------
        contexts, initial_states : OrderedDict
            From names to arrays.
        beam_size : int
            The number of sequences.

        """
        *values, beam_size = self._compute_initial(
            *(inputs[variable] for variable in self.inputs))
        count = len(self.context_names)
        contexts = OrderedDict(zip(self.context_names, values[:count]))
        states = OrderedDict(zip(self._initial_names, values[count:]))
        return contexts, states, int(beam_size)

    def _known(self, contexts, states):
        return [*contexts.values(),
                *(states[name] for name in self.input_state_names)]

    def compute_logprobs(self, contexts, states):
        """Compute the costs of all possible next outputs.

        Parameters
        ----------
        contexts, states : dict
            From names to arrays.

        Returns
        -------
        :class:`~numpy.ndarray`
            The negative logarithms of the probabilities, ``(beam size,
            possible outputs)``.

        """
        return self._compute_logprobs(*self._known(contexts, states))

    def compute_next_states(self, contexts, states, outputs):
        """Compute the next states.

        Parameters
        ----------
        contexts, states : dict
            From names to arrays.
        outputs : :class:`~numpy.ndarray`
            The chosen outputs, one for each sequence of the beam.

        Returns
        -------
        OrderedDict
            From names to arrays.

        """
        return OrderedDict(zip(self.state_names, self._compute_next(
            *self._known(contexts, states), outputs)))

    @staticmethod
    def _smallest(matrix, k, only_first_row=False):
        """Find the smallest elements of a matrix.

        Parameters
        ----------
        matrix : :class:`~numpy.ndarray`
            The matrix.
        k : int
            The number of elements to find.
        only_first_row : bool, optional
            Whether to search only the first row.

        Returns
        -------
        (rows, columns), values
            Arrays, the smallest element first.

        """
        flat = matrix[0] if only_first_row else matrix.ravel()
        if k < flat.size:
            chosen = numpy.argpartition(flat, k)[:k]
        elif k == flat.size:
            chosen = numpy.arange(k)
        else:
            raise ValueError(f'beam search needs {k} continuations, as many '
                             f'as the beam is wide, but there are only '
                             f'{flat.size}; use a smaller beam')
        chosen = chosen[numpy.argsort(flat[chosen])]
        return numpy.unravel_index(chosen, matrix.shape), flat[chosen]

    def search(self, input_values, eol_symbol, max_length,
               ignore_first_eol=False, as_arrays=False):
        """Search.

        Parameters
        ----------
        input_values : dict
            From the input variables to arrays. The batch must repeat the same
            input; its size is the beam width.
        eol_symbol : int
            The output that ends a sequence.
        max_length : int
            Maximal length of the sequences.
        ignore_first_eol : bool, optional
            Whether a sequence may begin with `eol_symbol`.
        as_arrays : bool, optional
            Whether to return arrays.

        Returns
        -------
        outputs : list of lists of int
            The sequences of the beam, the most likely first.
        costs : list of float
            The negative logarithms of their probabilities.

        With `as_arrays`, the outputs, a mask and the costs of all outputs
        are returned, each ``(time, beam size)``.

        """
        if not self.compiled:
            self.compile()
        contexts, states, beam_size = (
            self.compute_initial_states_and_contexts(input_values))
        outputs = states['outputs'][None]
        masks = numpy.ones_like(outputs, dtype=config.floatX)
        costs = numpy.zeros_like(outputs, dtype=config.floatX)

        for step in range(max_length):
            running = masks[-1] != 0
            if not running.any():
                break
            logprobs = self.compute_logprobs(contexts, states)
            next_costs = costs[-1][:, None] + logprobs * masks[-1][:, None]
            # Finished sequences continue with end symbols at no cost.
            others = numpy.arange(logprobs.shape[1]) != eol_symbol
            next_costs[numpy.ix_(~running, others)] = numpy.inf
            # Initially all prefixes are the same, so one is enough.
            (rows, chosen), chosen_costs = self._smallest(
                next_costs, beam_size, only_first_row=step == 0)

            states = {name: state[rows] for name, state in states.items()}
            states.update(self.compute_next_states(contexts, states, chosen))
            going_on = chosen != eol_symbol
            if ignore_first_eol and step == 0:
                going_on[:] = True
            outputs = numpy.vstack([outputs[:, rows], chosen])
            costs = numpy.vstack([costs[:, rows], chosen_costs])
            masks = numpy.vstack([masks[:, rows],
                                  going_on.astype(config.floatX)])

        result = outputs[1:], masks[:-1], costs[1:] - costs[:-1]
        return result if as_arrays else self.result_to_lists(result)

    @staticmethod
    def result_to_lists(result):
        """Convert the arrays of :meth:`search` to lists."""
        outputs, masks, costs = result
        lengths = masks.sum(axis=0).astype(int)
        return ([list(column[:length])
                 for column, length in zip(outputs.T, lengths)],
                list(costs.sum(axis=0)))


__getattr__ = former_names(
    __name__, used=('blocks.bricks.sequence_generators',))
