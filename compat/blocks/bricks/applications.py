"""Application methods: how bricks compute and label variables."""
import warnings
from collections import OrderedDict
from functools import cached_property

from theano import Variable

from ..roles import INPUT, OUTPUT
from ..utils import pack, unpack
from .calls import ApplicationCall, copy_and_tag
from .ownership import describe
from .signatures import Signature


class Application:
    """An application method of a class of bricks.

    Made by :func:`application`. A call allocates the brick if necessary,
    copies the inputs and outputs, and labels the copies with names, roles, the
    brick and an :class:`ApplicationCall`.

    As an attribute of a brick it becomes a :class:`BoundApplication`.

    Parameters
    ----------
    application_function : callable
        The method. Its first argument is the brick. Arguments called
        ``application`` and ``application_call`` are filled in with the
        :class:`BoundApplication` and the :class:`ApplicationCall`.

    Attributes
    ----------
    application_function : callable
        The undecorated method, which can be wrapped again.
    application_name : str
        The name of the method.
    brick : type
        The class of bricks that it belongs to, once that class is complete.
    inputs, outputs : list of str
        The names of the inputs and outputs, if given.
    properties : dict
        Names of attributes that each brick computes, and the methods that do.
    delegate_function : str or None
        The method that returns the delegate: the application that provides
        attributes that are not found here.
    call_stack : list of :class:`~blocks.bricks.base.Brick`
        The bricks whose applications are running, innermost last.

    """

    call_stack = []

    def __init__(self, application_function):
        self.__doc__ = application_function.__doc__
        self.application_function = application_function
        self.application_name = application_function.__name__
        self.delegate_function = None
        self.properties = {}

    def __set_name__(self, owner, name):
        # The application belongs to the first class that contains it, under
        # its name there; further names in other classes change nothing. The
        # exception is a class recreated by six.add_metaclass, since only the
        # new class can be imported, and so pickled, by their common name.
        home = vars(self).get('brick')
        if home is None or (_import_name(home) == _import_name(owner)
                            and self._attribute == name):
            self.brick = owner
            self._attribute = name

    def __repr__(self):
        owner = getattr(vars(self).get('brick'), '__name__', '?')
        return (f'<{type(self).__module__}.{type(self).__name__} object at '
                f'{id(self):#x}: {owner}.{self.application_name}>')

    def __get__(self, instance, owner):
        if instance is None:
            return self
        bound = vars(instance).setdefault('_bound_applications', {})
        if self not in bound:
            bound[self] = BoundApplication(self, instance)
        return bound[self]

    def __reduce__(self):
        # Like any function, an application is pickled by reference.
        return getattr, (self.brick, self._attribute)

    def __setattr__(self, name, value):
        if name in vars(self).get('properties', ()):
            raise AttributeError(
                f'{self.application_name}.{name} is computed by the method '
                f'{self.properties[name]} and cannot be set')
        super().__setattr__(name, value)

    @property
    def name(self):
        """The name of the method."""
        return self.application_name

    @property
    def inputs(self):
        """The names of the inputs, if they were given."""
        try:
            return vars(self)['_inputs']
        except KeyError:
            raise AttributeError(f'{self.application_name} has no list of '
                                 'inputs at the level of the class') from None

    @inputs.setter
    def inputs(self, inputs):
        unknown = [name for name in inputs
                   if not self._signature.accepts(name)]
        if unknown:
            raise ValueError(
                f'{self.application_name}: unexpected inputs {unknown}, the '
                f'method takes {self._signature.names}')
        self._inputs = inputs

    @cached_property
    def _signature(self):
        return Signature(self.application_function)

    def __call__(self, brick, /, *args, **kwargs):
        return self.apply(self.__get__(brick, type(brick)), *args, **kwargs)

    def apply(self, bound_application, /, *args, as_dict=False, as_list=False,
              call_id=None, **kwargs):
        r"""Call the method on behalf of a brick.

        Parameters
        ----------
        bound_application : :class:`BoundApplication`
            The application of the brick.
        \*args, \*\*kwargs
            The arguments of the method.
        as_dict, as_list : bool, optional
            Whether to return the outputs as a dictionary by name, or as a
            list even if there is only one.
        call_id : str, optional
            Marks the call, for :class:`~blocks.filter.VariableFilter`.

        Raises
        ------
        TypeError
            If the method does not take these arguments.
        ValueError
            If the method returns more outputs than it has names for.

        """
        brick = bound_application.brick
        label = f'{describe(brick)}.{self.application_name}'
        if as_dict and as_list:
            raise ValueError(f'{label}: pass as_dict or as_list, not both')
        call = ApplicationCall(bound_application)
        call.metadata['call_id'] = call_id

        args = list(args)
        signature = self._signature
        signature.insert('application', bound_application, args, kwargs)
        signature.insert('application_call', call, args, kwargs)
        signature.check(label, brick, args, kwargs)
        if not brick.allocated:
            brick.allocate()

        def tag(value, role, name):
            if not isinstance(value, Variable):
                return value
            return copy_and_tag(value, brick, call, role,
                                self.application_name, name)

        args = [tag(value, INPUT, signature.name_of(position))
                for position, value in enumerate(args)]
        kwargs = {name: tag(value, INPUT, name)
                  for name, value in kwargs.items()}
        outputs = self._run(brick, args, kwargs)
        outputs = [
            tag(output, OUTPUT,
                self._output_name(bound_application, label, position)
                if isinstance(output, Variable) else None)
            for position, output in enumerate(outputs)]
        if as_dict:
            return OrderedDict(zip(bound_application.outputs, outputs))
        return outputs if as_list else unpack(outputs)

    def _run(self, brick, args, kwargs):
        """Call the method and keep track of the bricks that are running."""
        caller = self.call_stack[-1] if self.call_stack else None
        if caller not in (None, brick) and brick not in caller.children:
            warnings.warn(
                f'{describe(caller)} applies {describe(brick)}, which is '
                'not among its children. Add it to the children, or, if '
                'another brick was meant to apply it, decorate the method '
                'that does so with @application.', stacklevel=4)
        self.call_stack.append(brick)
        try:
            return pack(self.application_function(brick, *args, **kwargs))
        finally:
            self.call_stack.pop()

    @staticmethod
    def _output_name(bound_application, label, position):
        try:
            names = bound_application.outputs
        except AttributeError:
            return f'output_{position}'
        if position >= len(names):
            raise ValueError(
                f'{label}: unexpected outputs, got more than the '
                f'{len(names)} announced, {names}; name them all in '
                '@application(outputs=...)')
        return names[position]

    def delegate(self, f):
        """Decorate the method that returns the delegate of the application.

        Attributes that the application does not have are those of the
        delegate, an application of another brick.

        Examples
        --------
        >>> from blocks.bricks import Brick, Linear, application
        >>> class Twice(Brick):
        ...     def __init__(self, inner, **kwargs):
        ...         super().__init__(children=[inner], **kwargs)
        ...     @application
        ...     def apply(self, *args):
        ...         return 2 * self.children[0].apply(*args)
        ...     @apply.delegate
        ...     def apply_delegate(self):
        ...         return self.children[0].apply
        >>> Twice(Linear()).apply.outputs
        ['output']

        """
        self.delegate_function = f.__name__
        return f

    # Defined last, because it hides the built-in of that name.
    def property(self, name):
        """Decorate the method that computes an attribute of the application.

        Parameters
        ----------
        name : str
            The name of the attribute.

        Examples
        --------
        >>> from blocks.bricks import Brick, application
        >>> class Sum(Brick):
        ...     def __init__(self, names, **kwargs):
        ...         super().__init__(**kwargs)
        ...         self.names = names
        ...     @application
        ...     def apply(self, *args):
        ...         return sum(args)
        ...     @apply.property('inputs')
        ...     def apply_inputs(self):
        ...         return self.names
        >>> Sum(['x', 'y']).apply.inputs
        ['x', 'y']

        """
        if not isinstance(name, str):
            raise ValueError(
                f'{self.application_name}.property needs the name of the '
                f"attribute, as in @apply.property('inputs'), got {name!r}")

        def register(method):
            self.properties[name] = method.__name__
            return method
        return register


def _import_name(cls):
    return cls.__module__, cls.__qualname__


class BoundApplication:
    """The application method of one brick.

    Attributes set on it are only for this brick. Others are looked up in this
    order: properties, the application of the class, the delegate.

    Attributes
    ----------
    application : :class:`Application`
        The application of the class.
    brick : :class:`~blocks.bricks.base.Brick`
        The brick.

    """

    def __init__(self, application, brick):
        self.application = application
        self.brick = brick

    def __call__(self, /, *args, **kwargs):
        return self.application.apply(self, *args, **kwargs)

    @property
    def name(self):
        """The name of the method."""
        return self.application.name

    def __getattr__(self, name):
        # Incomplete objects, during copying or unpickling, have no
        # application and need no special methods of one. (__get__ is not a
        # method here, since that would make a descriptor of this.)
        if name in ('application', 'brick') or (
                name.startswith('__') and name != '__get__'):
            raise AttributeError(name)
        application = self.application
        if name in application.properties:
            compute = getattr(application.brick, application.properties[name])
            return compute(self.brick)
        try:
            return getattr(application, name)
        except AttributeError:
            if application.delegate_function is not None:
                delegate = getattr(self.brick, application.delegate_function)
                return getattr(delegate(), name)
            raise AttributeError(
                f'{describe(self.brick)}.{application.name} has no {name!r}; '
                f'name it in @application({name}=...)') from None


def application(*args, **kwargs):
    r"""Decorate a method that applies a brick to variables.

    Parameters
    ----------
    \*args : callable
        The method, if used as ``@application``.
    \*\*kwargs
        Attributes of the application, if used as
        ``@application(inputs=['x'], outputs=['y'])``.

    Returns
    -------
    :class:`Application` or callable
        The application, or a decorator that makes it.

    Examples
    --------
    >>> from blocks.bricks import Brick
    >>> class Shift(Brick):
    ...     @application(inputs=['x'], outputs=['y'])
    ...     def apply(self, x):
    ...         return x + 1
    >>> Shift.apply.inputs, Shift().apply.outputs
    (['x'], ['y'])
    >>> from theano import tensor
    >>> Shift().apply(tensor.vector())
    shift_apply_y

    """
    if kwargs and not args:
        def decorate(application_function):
            decorated = Application(application_function)
            for name, value in kwargs.items():
                setattr(decorated, name, value)
            return decorated
        return decorate
    if len(args) == 1 and not kwargs:
        return Application(args[0])
    raise ValueError('use @application as it is, or with keyword arguments '
                     'such as @application(inputs=[...], outputs=[...])')
