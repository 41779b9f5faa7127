"""Labels that a call of an application adds to variables."""
from ..annotations import Annotation, add_annotation
from ..roles import add_role


def _variable_name(brick_name, application_name, name):
    return f'{brick_name}_{application_name}_{name}'


def copy_and_tag(variable, brick, call, role, application_name, name):
    """Copy a variable and label the copy as an input or output of a brick.

    Parameters
    ----------
    variable : :class:`~tensor.TensorVariable`
        The variable.
    brick : :class:`~blocks.bricks.base.Brick`
        An annotation for the copy.
    call : :class:`ApplicationCall`
        Another annotation for the copy.
    role : :class:`~blocks.roles.VariableRole`
        The role of the copy.
    application_name : str
        The name of the application method.
    name : str
        The name of the input or output, kept in ``tag.name``.

    Returns
    -------
    :class:`~tensor.TensorVariable`
        The copy, called ``<brick>_<application>_<name>``.

    """
    copy = variable.copy(
        _variable_name(brick.name, application_name, name))
    copy.tag.name = name
    add_role(copy, role)
    for annotation in (brick, call):
        add_annotation(copy, annotation)
    return copy


class ApplicationCall(Annotation):
    """One call of an application method, with its variables and updates.

    The method receives it as the argument ``application_call``.

    Parameters
    ----------
    application : :class:`BoundApplication`
        The called application.

    Attributes
    ----------
    application : :class:`BoundApplication`
        The called application.
    metadata : dict
        Information about the call. ``call_id`` is the value that the caller
        passed under that name.

    Examples
    --------
    >>> from theano import tensor
    >>> from blocks.bricks.base import Brick, application
    >>> from blocks.graph import ComputationGraph
    >>> class Double(Brick):
    ...     @application(inputs=['x'], outputs=['y'])
    ...     def apply(self, x, application_call):
    ...         application_call.add_auxiliary_variable(x.mean(), name='mean')
    ...         return 2 * x
    >>> y = Double().apply(tensor.vector('x'))
    >>> ComputationGraph(y).auxiliary_variables
    [double_apply_mean]

    """

    def __init__(self, application):
        super().__init__()
        self.application = application
        self.metadata = {}

    def add_auxiliary_variable(self, variable, roles=None, name=None):
        """Attach a variable to this call, and to the brick.

        See :meth:`~blocks.graph.Annotation.add_auxiliary_variable`. The
        name is prefixed with those of the brick and of the application.

        """
        brick = self.application.brick
        if name:
            variable.name = _variable_name(
                brick.name, self.application.name, name)
            variable.tag.name = name
        add_annotation(variable, brick)
        super().add_auxiliary_variable(variable, roles)
