"""Bricks: operations with parameters, in a hierarchy, with a life cycle."""
from abc import ABCMeta
from numbers import Number
from operator import methodcaller

from .._former import former_attribute
from ..annotations import Annotation
from ..utils import repr_attrs
from ..utils.checks import check_list, check_string
from .dimensions import dimension_table
from .laziness import NoneAllocation, NoneInitialization
from .ownership import Children, Parameters, describe

BRICK_DELIMITER = '/'


class _Brick(ABCMeta):
    """The metaclass of bricks.

    The callables listed in ``decorators`` can change the namespace of a class
    before the class is created; afterwards it is too late for applications.
    Each is called with the metaclass, the name, the bases and the namespace.

    """

    def __new__(mcs, name, bases, namespace):
        for decorator in namespace.get('decorators', ()):
            decorator(mcs, name, bases, namespace)
        return super().__new__(mcs, name, bases, namespace)


class Brick(Annotation, metaclass=_Brick):
    """An operation with its own parameters, and with children.

    A brick goes through these stages:

    construction
        Also creates the children. Many arguments may be omitted, see
        :func:`~blocks.bricks.base.lazy`.
    allocation, by :meth:`allocate`
        Configures the children's shapes, allocates the children, then creates
        the parameters, filled with NaN.
    initialisation, by :meth:`initialize`
        Passes initialisation schemes to the children, initialises them, then
        sets the parameters' values.
    application, by the methods decorated with
    :func:`~blocks.bricks.base.application`
        Builds the graph. It allocates the brick if necessary, and may come
        before or after initialisation.

    A class of bricks first calls ``super().__init__(**kwargs)`` and
    defines any of :meth:`_push_allocation_config`, :meth:`_allocate`,
    :meth:`_push_initialization_config`, :meth:`_initialize` and
    :meth:`get_dim`.

    Parameters
    ----------
    name : str, optional
        The name of the brick; by default its class's name in lower case.
    children : list of :class:`Brick`, optional
        The children.

    Attributes
    ----------
    name : str
        The name of the brick.
    children : list of :class:`Brick`
        The bricks that this brick consists of.
    parents : list of :class:`Brick`
        The bricks that have this brick as a child.
    parameters : list of shared variables (or None)
        The parameters, available after :meth:`allocate`.
    allocated, initialized : bool
        Whether these stages are complete.
    allocation_config_pushed, initialization_config_pushed : bool
        Whether the children have been configured for these stages.

    Examples
    --------
    >>> from theano import tensor
    >>> from blocks.bricks import Linear
    >>> from blocks.initialization import Constant, IsotropicGaussian
    >>> linear = Linear(output_dim=3, weights_init=IsotropicGaussian(),
    ...                 biases_init=Constant(0))
    >>> linear.input_dim = 5
    >>> linear.apply(tensor.matrix('x'))
    linear_apply_output
    >>> linear.parameters
    [W, b]
    >>> linear.initialize()

    """

    #: Kept for scripts that set it; shapes are printed by
    #: ``put_hook(variable, print_shape)``.
    print_shapes = False

    def __init__(self, name=None, children=None):
        kind = type(self).__name__
        # Scripts pass a variable, or the brick itself, as the name by
        # mistake, and Blocks accepts that.
        if isinstance(name, (Number, bytes, list, tuple, dict)):
            check_string(kind, 'name', name)
        self.name = kind.lower() if name is None else name
        self.parents = []
        self.children = [] if children is None else children
        self.allocation_config_pushed = self.allocated = False
        self.initialization_config_pushed = self.initialized = False
        super().__init__()

    def __repr__(self):
        return repr_attrs(self, 'name')

    @property
    def parameters(self):
        """The parameters; an AttributeError before they are allocated."""
        try:
            return vars(self)['_parameters']
        except KeyError:
            raise AttributeError(
                f'{describe(self)}: the parameters are not allocated yet; '
                'call allocate() or initialize(), or apply the brick, first'
            ) from None

    @parameters.setter
    def parameters(self, parameters):
        self._parameters = Parameters(self, parameters)

    params = former_attribute('params', 'parameters')

    @property
    def children(self):
        """The bricks that this one consists of."""
        return self._children

    @children.setter
    def children(self, children):
        # The old list does not change, so that it can be restored.
        children = check_list(type(self).__name__, 'children', children,
                              Brick, 'bricks', optional=True)
        for child in vars(self).get('_children', ()):
            if child is not None:
                child.parents.remove(self)
        self._children = Children(self, children)

    def push_allocation_config(self):
        """Configure all descendants for allocation.

        :meth:`allocate` calls this if necessary. Call it yourself to change
        the configuration of the descendants afterwards.

        """
        self._push_to_children('allocation', self._push_allocation_config)

    def push_initialization_config(self):
        """Configure all descendants for initialisation.

        :meth:`initialize` calls this if necessary. Call it yourself to
        change the configuration of the descendants afterwards.

        """
        self._push_to_children('initialization',
                               self._push_initialization_config)

    def allocate(self):
        """Create the parameters, here and in all descendants.

        Raises
        ------
        ValueError
            If an argument that allocation needs has not been given.

        """
        self._require('allocation', NoneAllocation)
        self._lead_children('allocation', methodcaller('allocate'))
        # Allocating again starts with an empty list.
        self.parameters = []
        self._allocate()
        self.allocated = True

    def initialize(self):
        """Set the values of the parameters, here and in all descendants.

        Raises
        ------
        ValueError
            If an argument that initialisation needs has not been given.

        """
        self._require('initialization', NoneInitialization)
        if not self.allocated:
            self.allocate()
        self._lead_children('initialization', methodcaller('initialize'))
        self._initialize()
        self.initialized = True

    def _require(self, stage, placeholder):
        """Raise an error if arguments for a stage are missing."""
        missing = [name for name in getattr(self, f'{stage}_args', ())
                   if getattr(self, name) is placeholder]
        if missing:
            raise ValueError(
                f'{describe(self)}: {", ".join(missing)} must be set before '
                f'{stage}; pass it to {type(self).__name__}(...) or set the '
                'attribute')

    def _full_name_of(self, variable):
        owned = variable in vars(self).get('_parameters', ())
        return self.get_hierarchical_name(variable) if owned else None

    def _lead_children(self, stage, go_through):
        """Configure the children for a stage, and run it for each."""
        if not getattr(self, f'{stage}_config_pushed'):
            getattr(self, f'push_{stage}_config')()
        for child in self.children:
            if child is not None:
                go_through(child)

    def _push_to_children(self, stage, push):
        """Configure the children for a stage, recursively."""
        flag = f'{stage}_config_pushed'
        push()
        setattr(self, flag, True)
        try:
            for child in self.children:
                if child is not None:
                    getattr(child, f'push_{stage}_config')()
        except Exception:
            setattr(self, flag, False)
            raise

    def _push_allocation_config(self):
        """Set the children's attributes for allocation; to be overridden."""

    def _push_initialization_config(self):
        """Set the children's attributes to initialise; to be overridden."""

    def _allocate(self):
        """Append to :attr:`parameters`; to be overridden."""

    def _initialize(self):
        """Set the values of the parameters; to be overridden."""

    def get_dim(self, name):
        """Return the dimension of an input or output.

        Parameters
        ----------
        name : str
            The name of the input or output.

        Returns
        -------
        int
            The length of the last axis, or 0 if there is no feature axis.

        Raises
        ------
        ValueError
            If the brick has no dimension of that name.

        """
        table = dimension_table(type(self))
        if name not in table:
            raise ValueError(
                f'{describe(self)}: no dimension known for {name!r}; if it is '
                'an input or output of the brick, the class must define it in '
                'get_dim')
        dim = table[name]
        return dim(self) if callable(dim) else dim

    def get_dims(self, names):
        """Return the dimensions of several inputs or outputs."""
        return [self.get_dim(name) for name in names]

    def get_unique_path(self):
        """Return the bricks from the top of the hierarchy to this one.

        If a brick has several parents, the one whose name comes first is used.

        """
        if not self.parents:
            return [self]
        parent = min(self.parents, key=lambda brick: brick.name)
        return [*parent.get_unique_path(), self]

    def get_hierarchical_name(self, parameter, delimiter=BRICK_DELIMITER):
        """Return a name such as ``/mlp/linear_0.W`` for a parameter.

        Parameters
        ----------
        parameter : variable
            A parameter of this brick.
        delimiter : str, optional
            The prefix of the names of bricks.

        """
        path = ''.join(delimiter + brick.name
                       for brick in self.get_unique_path())
        return f'{path}.{parameter.name}'
