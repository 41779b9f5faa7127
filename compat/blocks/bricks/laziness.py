"""Constructor arguments that may be set later."""
import inspect
from functools import wraps

from .._former import warn


class LazyNone:
    """A placeholder for an argument that has not been given yet.

    There is one object per stage, :data:`NoneAllocation` and
    :data:`NoneInitialization`. They are false, and copying or pickling them
    returns the same objects.

    Parameters
    ----------
    name : str
        The name of the object in this module.

    """

    def __init__(self, name):
        self.name = name

    def __bool__(self):
        return False

    def __repr__(self):
        return self.name

    def __reduce__(self):
        return self.name


NoneAllocation = LazyNone('NoneAllocation')
NoneInitialization = LazyNone('NoneInitialization')


def lazy(allocation=None, initialization=None):
    """Let arguments of a brick's constructor be set later.

    An omitted argument becomes :data:`NoneAllocation` or
    :data:`NoneInitialization`. It can be set as an attribute of the brick
    before the stage that needs it; otherwise, that stage raises an error.

    Parameters
    ----------
    allocation : list of str, optional
        The arguments that
        :meth:`~blocks.bricks.base.Brick.allocate` needs.
    initialization : list of str, optional
        The arguments that
        :meth:`~blocks.bricks.base.Brick.initialize` needs.

    Examples
    --------
    >>> from blocks.bricks.base import Brick
    >>> class Scale(Brick):
    ...     @lazy(allocation=['dim'], initialization=['start'])
    ...     def __init__(self, dim, start, **kwargs):
    ...         super().__init__(**kwargs)
    ...         self.dim, self.start = dim, start
    >>> scale = Scale(start=1.)
    >>> scale.dim, scale.start
    (NoneAllocation, 1.0)
    >>> scale.allocate()
    Traceback (most recent call last):
      ...
    ValueError: scale (Scale): dim must be set before allocation; ...

    Notes
    -----
    In the first versions of Blocks ``@lazy`` had no arguments. This still
    works, with a warning: all arguments without a default may be set later,
    those named ``..._init`` before initialisation, others before allocation.

    """
    if callable(allocation):
        return _lazy_without_arguments(allocation)
    allocation, initialization = allocation or [], initialization or []
    placeholders = {**dict.fromkeys(allocation, NoneAllocation),
                    **dict.fromkeys(initialization, NoneInitialization)}

    def decorate(init):
        positional = inspect.getfullargspec(init).args[1:]

        @wraps(init)
        def lazy_init(self, *args, **kwargs):
            for stage, names in (('allocation_args', allocation),
                                 ('initialization_args', initialization)):
                setattr(self, stage, getattr(self, stage, []) + names)
            given = set(positional[:len(args)])
            twice = sorted(given & set(kwargs))
            if twice:
                raise ValueError(
                    f'{type(self).__name__}: {", ".join(twice)} given both '
                    'by position and by name; give it once')
            for name, placeholder in placeholders.items():
                if name not in given:
                    kwargs.setdefault(name, placeholder)
            init(self, *args, **kwargs)

        return lazy_init
    return decorate


def _lazy_without_arguments(init):
    """Decorate a constructor by ``@lazy`` without arguments."""
    names = [name for name, parameter
             in list(inspect.signature(init).parameters.items())[1:]
             if parameter.default is parameter.empty
             and parameter.kind is parameter.POSITIONAL_OR_KEYWORD]
    late = [name for name in names if name.endswith('_init')]
    early = [name for name in names if name not in late]
    warn('@lazy without arguments',
         f'@lazy(allocation={early}, initialization={late})', stacklevel=4)
    return lazy(allocation=early, initialization=late)(init)
