"""The variables of a Theano graph, in order and with all annotations."""
import warnings
from collections import OrderedDict
from collections.abc import Iterable, Mapping

import theano
from theano import Variable
from theano.gof import graph
from theano.scan_module.scan_op import Scan

from ..roles import AUXILIARY, PARAMETER, has_roles
from ..utils import dict_union, is_graph_input, is_shared_variable
from ..utils.checks import check_list


class ComputationGraph:
    """The graph that computes some outputs, with its annotations.

    The auxiliary variables and the updates of all annotations in the graph
    belong to it (see :class:`~blocks.graph.Annotation`).

    Parameters
    ----------
    outputs : (list of) :class:`~tensor.TensorVariable`
        The outputs.

    Attributes
    ----------
    outputs : list of :class:`~tensor.TensorVariable`
        The outputs, as given.
    variables : list of :class:`~tensor.TensorVariable`
        All variables, each once. A variable comes after everything that it
        is computed from; auxiliary variables follow the variable whose
        annotation contains them.
    updates : OrderedDict
        Shared variables and their new values: the updates of all annotations.
    scans : list of :class:`~theano.scan_module.scan_op.Scan`
        The loops in the graph.

    Examples
    --------
    >>> from theano import tensor
    >>> x, y = tensor.vectors('x', 'y')
    >>> cost = ((x - y) ** 2).sum()
    >>> ComputationGraph(cost).inputs
    [x, y]

    """

    def __init__(self, outputs):
        self.outputs = ([outputs] if isinstance(outputs, Variable)
                        else check_list(type(self).__name__, 'outputs',
                                        outputs, Variable,
                                        'Theano variables'))
        computed = [output for output in self.outputs
                    if not is_shared_variable(output)]
        nodes = (graph.io_toposort(graph.inputs(self.outputs), computed)
                 if computed else [])
        # Distinguished by identity: two loops with the same steps are equal.
        self.scans = list({id(node.op): node.op for node in nodes
                           if isinstance(node.op, Scan)}.values())
        self._scan_graphs = [ComputationGraph(scan.outputs)
                             for scan in self.scans]
        used = [variable for node in nodes for variable in node.inputs]
        self._attach_annotations(dict.fromkeys([*used, *self.outputs]))
        self._depends_on_input = {}

    def _attach_annotations(self, computed):
        """Add the auxiliary variables and updates of some variables.

        Parameters
        ----------
        computed : dict
            The keys are the variables, in order, without repetition.

        """
        annotations = {}
        seen = set(computed)
        self.variables = []
        self.updates = OrderedDict()
        for variable in computed:
            self.variables.append(variable)
            for annotation in getattr(variable.tag, 'annotations', ()):
                if id(annotation) in annotations:
                    continue
                annotations[id(annotation)] = annotation
                if getattr(annotation, 'in_kernels', False):
                    # A loop that is not Theano's.
                    self._scan_graphs.append(
                        ComputationGraph(annotation.inner_outputs))
                auxiliary = [extra for extra
                             in dict.fromkeys(annotation.auxiliary_variables)
                             if extra not in seen]
                seen.update(auxiliary)
                self.variables.extend(auxiliary)
                self.updates = dict_union(self.updates, annotation.updates)

    def __iter__(self):
        return iter(self.variables)

    @property
    def inputs(self):
        """Variables whose values must be given: not shared, not constant."""
        return list(filter(is_graph_input, self.variables))

    @property
    def shared_variables(self):
        """All shared variables except random number generators."""
        return list(filter(is_shared_variable, self.variables))

    @property
    def parameters(self):
        """Shared variables of role :const:`~blocks.roles.PARAMETER`."""
        return _with_role(PARAMETER, self.shared_variables)

    @property
    def auxiliary_variables(self):
        """Variables of role :const:`~blocks.roles.AUXILIARY`."""
        return _with_role(AUXILIARY, self.variables)

    @property
    def intermediary_variables(self):
        """Variables that are neither inputs nor outputs."""
        ends = {*self.inputs, *self.outputs}
        return [var for var in self.variables if var not in ends]

    @property
    def scan_variables(self):
        """All variables inside the loops of the graph.

        These are the variables of one step, even for recurrent bricks that
        kernels iterate.

        """
        return [var for scan_graph in self._scan_graphs
                for var in scan_graph.variables]

    def dict_of_inputs(self):
        """Return a dictionary from the inputs' names to the inputs."""
        return {var.name: var for var in self.inputs}

    def replace(self, replacements):
        """Replace variables.

        Replacements may depend on each other: they are made one after
        another, along the graph, and each also applies within those that
        follow. Within its own replacement a variable is not replaced.

        Parameters
        ----------
        replacements : dict or list of pairs
            The variables to replace, and their replacements.

        Returns
        -------
        ComputationGraph
            The new graph. This one is unchanged.

        Warns
        -----
        UserWarning
            If a variable is not part of the graph (it is ignored), or if it is
            auxiliary (no output changes by its replacement).

        Examples
        --------
        >>> from theano import tensor
        >>> x = tensor.scalar('x')
        >>> y = x + 2
        >>> z = y + 3
        >>> new = ComputationGraph(z + 5).replace({y: x * 2, z: y * 3})
        >>> float(new.outputs[0].eval({x: 3.}))    # (3 * 2) * 3 + 5
        23.0

        """
        if not isinstance(replacements, (Mapping, Iterable)):
            raise TypeError('ComputationGraph.replace: replacements must be a '
                            'dict from variables to their replacements, got '
                            f'{replacements!r}')
        pending = OrderedDict(replacements)
        steps = [(var, pending.pop(var)) for var in self.variables
                 if var in pending]
        for variable, _ in steps:
            if has_roles(variable, [AUXILIARY]):
                warnings.warn(f'{variable} is to be replaced, but it is an '
                              'auxiliary variable: no output depends on it',
                              stacklevel=2)
        if pending:
            names = ', '.join(str(variable) for variable in pending)
            warnings.warn(f'{names}: cannot be replaced: not a part of the '
                          'computation graph',
                          stacklevel=2)

        outputs = self.outputs
        while steps:
            (old, new), *rest = steps
            count = len(rest)
            cloned = theano.clone(
                [*(key for key, _ in rest), *(value for _, value in rest),
                 *outputs], replace={old: new})
            steps = list(zip(cloned[:count], cloned[count:2 * count]))
            outputs = cloned[2 * count:]
        return ComputationGraph(outputs)

    def get_theano_function(self, additional_updates=None, **kwargs):
        r"""Compile the graph.

        Parameters
        ----------
        additional_updates : dict or list of pairs, optional
            Updates in addition to those of the annotations.
        \*\*kwargs
            Passed on to :func:`theano.function`.

        Returns
        -------
        callable
            From :attr:`inputs` to :attr:`outputs`.

        """
        further = OrderedDict(additional_updates or ())
        return theano.function(self.inputs, self.outputs,
                               updates=dict_union(self.updates, further),
                               **kwargs)

    def get_snapshot(self, data):
        """Evaluate all variables that have a role, except shared ones.

        Parameters
        ----------
        data : dict
            From the inputs' names to their values.

        Returns
        -------
        OrderedDict
            From the variables to their values.

        Raises
        ------
        KeyError
            If the value of an input is missing.

        """
        missing = [var.name for var in self.inputs if var.name not in data]
        if missing:
            raise KeyError(f'no data for the inputs {missing}, only for '
                           f'{sorted(data)}')
        tagged = [var for var in self.variables
                  if hasattr(var.tag, 'roles') and not is_shared_variable(var)]
        function = theano.function(self.inputs, tagged, updates=self.updates,
                                   on_unused_input='ignore')
        return OrderedDict(zip(tagged, function(
            *(data[var.name] for var in self.inputs))))

    def has_inputs(self, variable):
        """Return whether a variable depends on an input of the graph."""
        if variable not in self._depends_on_input:
            self._depends_on_input[variable] = any(
                is_graph_input(leaf) for leaf in graph.inputs([variable]))
        return self._depends_on_input[variable]


def _with_role(role, variables):
    return [var for var in variables if has_roles(var, [role])]
