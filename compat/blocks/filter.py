"""Find variables by role, brick, name or application."""
import re
from collections.abc import Iterable
from inspect import isclass

from theano import Variable

from .annotations import get_annotation
from .bricks.base import Application, ApplicationCall, BoundApplication, Brick
from .roles import VariableRole, has_roles
from .utils.checks import check_instance, check_list, check_string


def get_brick(var):
    """Return the brick that a variable belongs to, or ``None``."""
    return get_annotation(var, Brick)


def get_application_call(var):
    """Return the application call of a variable, or ``None``."""
    return get_annotation(var, ApplicationCall)


class VariableFilter:
    """Selects variables that match all given criteria.

    Only parameters, auxiliary variables, inputs and outputs belong to a brick.

    Parameters
    ----------
    roles : list of :class:`~blocks.roles.VariableRole`, optional
        The variable has one of these roles, or a more specific one.
    bricks : list of :class:`~blocks.bricks.base.Brick`, optional
        It belongs to one of these bricks or, where a class is listed, to a
        brick of that class.
    each_role : bool, optional
        It must have all of `roles`, not just one.
    name, name_regex : str, optional
        Its name in Blocks (``tag.name``) is this name, or matches this regular
        expression at the start.
    theano_name, theano_name_regex : str, optional
        The same for the name of the variable (``name``).
    call_id : str, optional
        The ``call_id`` of the application that computed it.
    applications : list, optional
        It was computed by one of these applications, of a brick or a class.

    Raises
    ------
    ValueError
        If `bricks` or `applications` contain something else.
    TypeError
        If `applications` is not a list.

    Examples
    --------
    >>> from theano import tensor
    >>> from blocks.bricks import MLP, Tanh
    >>> from blocks.graph import ComputationGraph
    >>> from blocks.roles import BIAS
    >>> mlp = MLP([Tanh(), Tanh()], dims=[20, 10, 20])
    >>> y = mlp.apply(tensor.matrix('x'))
    >>> pick = VariableFilter(roles=[BIAS],
    ...                       bricks=[mlp.linear_transformations[0]])
    >>> pick(ComputationGraph(y).variables)
    [b]

    """

    def __init__(self, roles=None, bricks=None, each_role=False, name=None,
                 name_regex=None, theano_name=None, theano_name_regex=None,
                 call_id=None, applications=None):
        if roles is not None:
            roles = check_list('VariableFilter', 'roles', roles,
                               VariableRole, 'roles such as WEIGHT')
        for argument, regex in [('name_regex', name_regex),
                                ('theano_name_regex', theano_name_regex)]:
            if regex is not None:
                check_instance('VariableFilter', argument, regex,
                               (str, re.Pattern), 'a regular expression')
        for argument, items in [('bricks', bricks),
                                ('applications', applications)]:
            if items is not None and (
                    isinstance(items, (Brick, type, Variable, str))
                    or not isinstance(items, Iterable)):
                raise TypeError(f'VariableFilter: {argument} must be a list, '
                                f'got {items!r}')
        for argument, value in [('name', name), ('theano_name', theano_name)]:
            if value is not None:
                check_string('VariableFilter', argument, value)
        for candidate in bricks or ():
            if not (isinstance(candidate, Brick) or
                    isclass(candidate) and issubclass(candidate, Brick)):
                raise ValueError('bricks must be a list of bricks or of '
                                 f'classes of bricks, got {candidate!r}')
        for candidate in applications or ():
            if not isinstance(candidate, (Application, BoundApplication)):
                raise ValueError('applications must be a list of application '
                                 f'methods, got {candidate!r}')
        self.roles, self.each_role = roles, each_role
        self.name, self.name_regex = name, name_regex
        self.theano_name = theano_name
        self.theano_name_regex = theano_name_regex
        self.bricks = bricks
        self.applications, self.call_id = applications, call_id

    def __call__(self, variables):
        """Return those of the variables that match, in their order.

        Parameters
        ----------
        variables : iterable of :class:`~tensor.TensorVariable`
            The variables to filter.

        """
        variables = check_list('VariableFilter', 'variables', variables,
                               Variable, 'variables of a graph')
        criteria = list(self._criteria())
        return [var for var in variables
                if all(matches(var) for matches in criteria)]

    def _criteria(self):
        """Yield the requested checks."""
        if self.roles:
            iter(self.roles)    # a single role is a mistake: raise TypeError
            yield lambda var: has_roles(var, self.roles, self.each_role)
        if self.bricks is not None:
            yield self._matches_brick
        if self.name:
            yield lambda var: getattr(var.tag, 'name', None) == self.name
        if self.name_regex:
            yield lambda var: _matches(self.name_regex,
                                       getattr(var.tag, 'name', None))
        if self.theano_name:
            yield lambda var: var.name == self.theano_name
        if self.theano_name_regex:
            yield lambda var: _matches(self.theano_name_regex, var.name)
        if self.applications:
            yield self._matches_application
        if self.call_id:
            yield self._matches_call_id

    def _matches_brick(self, var):
        brick = get_brick(var)
        return any(isinstance(brick, wanted) if isclass(wanted)
                   else brick is wanted for wanted in self.bricks)

    def _matches_application(self, var):
        call = get_application_call(var)
        return call is not None and (
            call.application in self.applications or
            call.application.application in self.applications)

    def _matches_call_id(self, var):
        call = get_application_call(var)
        return call is not None and call.metadata['call_id'] == self.call_id


def _matches(pattern, name):
    return name is not None and re.match(pattern, name) is not None
