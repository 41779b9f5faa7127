"""Annotations of bricks on variables."""
from collections import OrderedDict

from .roles import AUXILIARY, add_role


def add_annotation(var, annotation):
    """Attach an annotation to a variable.

    Parameters
    ----------
    var : :class:`~tensor.TensorVariable`
        The variable; annotations are in ``var.tag.annotations``.
    annotation : :class:`Annotation`
        The annotation; a variable has at most one of each class.

    Raises
    ------
    ValueError
        If `var` already has an annotation of exactly that class.

    """
    present = getattr(var.tag, 'annotations', ())
    for other in present:
        if type(other) is type(annotation):
            raise ValueError(
                f'{var} already belongs to {other!r}, so it cannot be '
                f'annotated with {annotation!r}; annotate a copy of it '
                '(variable.copy())')
    var.tag.annotations = [*present, annotation]


def get_annotation(var, cls):
    """Return a variable's annotation of a class.

    Parameters
    ----------
    var : :class:`~tensor.TensorVariable`
        The variable.
    cls : type
        The class of annotations.

    Returns
    -------
    :class:`Annotation` or None
        The first such annotation, or ``None``.

    """
    return next((annotation for annotation
                 in getattr(var.tag, 'annotations', ())
                 if isinstance(annotation, cls)), None)


def full_name(variable):
    """Name a variable, with the bricks that it belongs to, for messages."""
    for annotation in getattr(variable.tag, 'annotations', ()):
        if isinstance(annotation, Annotation):
            name = annotation._full_name_of(variable)
            if name is not None:
                return name
    return str(variable.name or variable)


class Annotation:
    """Auxiliary variables and updates that accompany a variable.

    Bricks are annotations, and so are the calls of their applications
    (:class:`~blocks.bricks.base.ApplicationCall`). They are attached to the
    parameters, inputs and outputs, where
    :class:`~blocks.graph.ComputationGraph` finds them together with their
    auxiliary variables and updates.

    Attributes
    ----------
    auxiliary_variables : list of :class:`~tensor.TensorVariable`
        Variables to monitor or to add to a cost. They join the variables
        of every graph that the annotated variable is part of.
    updates : OrderedDict
        Shared variables and their new values, for every call of a function
        of such a graph.

    Examples
    --------
    >>> from theano import tensor
    >>> from blocks.graph import ComputationGraph
    >>> x = tensor.vector('x')
    >>> annotation = Annotation()
    >>> annotation.add_auxiliary_variable(x.sum(), name='total')
    >>> add_annotation(x, annotation)
    >>> ComputationGraph(x ** 2).auxiliary_variables
    [total]

    """

    def __init__(self):
        self.updates = OrderedDict()
        self.auxiliary_variables = []

    def add_auxiliary_variable(self, variable, roles=None, name=None):
        """Attach a variable that no output depends on.

        Parameters
        ----------
        variable : :class:`~tensor.TensorVariable`
            The variable. It gets the role :const:`~blocks.roles.AUXILIARY`.
        roles : list of :class:`~blocks.roles.VariableRole`, optional
            Further roles for it.
        name : str, optional
            A name that replaces the variable's own.

        Raises
        ------
        ValueError
            If the variable is already attached to such an annotation.

        """
        add_annotation(variable, self)
        if name is not None:
            variable.name = variable.tag.name = name
        for role in (AUXILIARY, *(roles or ())):
            add_role(variable, role)
        self.auxiliary_variables.append(variable)

    def _full_name_of(self, variable):
        """Return the full name of a variable that belongs to this, or None."""
