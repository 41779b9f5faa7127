"""Helpers that need neither Theano nor any brick.

Lists and single values (:func:`pack`, :func:`unpack`), dictionaries
(:func:`dict_subset`, :func:`dict_union`), arguments (:func:`extract_args`),
exceptions (:func:`reraise_as`) and walks through bricks
(:func:`find_bricks`).

"""
import sys
from collections import OrderedDict, deque
from contextlib import contextmanager


def pack(arg):
    """Return a new list of the items of a list or tuple, or ``[arg]``.

    Examples
    --------
    >>> pack((1, 2)), pack('ab')
    ([1, 2], ['ab'])

    """
    return list(arg) if isinstance(arg, (list, tuple)) else [arg]


def unpack(arg, singleton=False):
    """Undo :func:`pack`: a list or tuple of one item becomes that item.

    Parameters
    ----------
    arg : object
        Longer (and empty) lists and tuples are returned as lists, and
        anything else as it is.
    singleton : bool, optional
        Whether a list or tuple must have exactly one item.

    Raises
    ------
    ValueError
        If `singleton` is set and `arg` does not have exactly one item.

    Examples
    --------
    >>> unpack([1]), unpack((1, 2)), unpack('ab')
    (1, [1, 2], 'ab')

    """
    if not isinstance(arg, (list, tuple)):
        return arg
    if len(arg) == 1:
        return arg[0]
    if singleton:
        raise ValueError(f'expected exactly one item, got {len(arg)}: {arg}')
    return list(arg)


def dict_subset(dict_, keys, pop=False, must_have=True):
    """Pick some keys of a dictionary, in the given order.

    Parameters
    ----------
    dict_ : dict
        The dictionary to search.
    keys : iterable
        The keys to pick.
    pop : bool, optional
        Whether to remove the found items from `dict_`.
    must_have : bool, optional
        Whether a missing key is an error; otherwise it is skipped.

    Returns
    -------
    OrderedDict
        The pairs found, ordered like `keys`.

    Raises
    ------
    KeyError
        If a key is missing and `must_have` is set.

    """
    keys = list(keys)
    missing = [key for key in keys if key not in dict_]
    if missing and must_have:
        raise KeyError(f'dict_subset: {missing[0]!r} is not among the keys '
                       f'{list(dict_)}')
    take = dict_.pop if pop else dict_.__getitem__
    return OrderedDict((key, take(key)) for key in keys
                       if must_have or key in dict_)


def dict_union(*dicts, **kwargs):
    r"""Merge dictionaries that have no key in common.

    Parameters
    ----------
    \*dicts : dict
        If the first is an ``OrderedDict`` then so is the result.
    \*\*kwargs
        More items.

    Raises
    ------
    ValueError
        If a key appears twice. The message names all such keys.

    """
    ordered = bool(dicts) and isinstance(dicts[0], OrderedDict)
    union = OrderedDict() if ordered else {}
    for items in (*dicts, kwargs):
        duplicates = [str(key) for key in items if key in union]
        if duplicates:
            raise ValueError('every key may be given only once, these were '
                             'given twice: ' + ', '.join(duplicates))
        union.update(items)
    return union


def extract_args(expected, *args, **kwargs):
    r"""Match arguments with names that are known only at run time.

    Parameters
    ----------
    expected : list of str
        The names, in the order in which positional arguments fill them.
    \*args, \*\*kwargs
        The arguments.

    Returns
    -------
    OrderedDict
        Every expected name and its value, in the expected order.

    Raises
    ------
    KeyError
        If a keyword is not one of the expected names.
    TypeError
        If an argument is given twice, or there are too many.
    ValueError
        If an expected argument is not given.

    Examples
    --------
    >>> list(extract_args(['x', 'y'], 1, y=2).items())
    [('x', 1), ('y', 2)]

    """
    if len(args) > len(expected):
        raise TypeError(f'expected at most {len(expected)} inputs '
                        f'({", ".join(expected)}), got {len(args)}')
    routed = dict(zip(expected, args))
    for name, value in kwargs.items():
        if name not in expected:
            raise KeyError(f'invalid input name: {name!r}, expected '
                           f'{", ".join(expected)}')
        if name in routed:
            raise TypeError(f'input {name!r} is given both by position and '
                            'by name; give it once')
        routed[name] = value
    missing = [name for name in expected if name not in routed]
    if missing:
        raise ValueError(f'missing values for inputs: {", ".join(missing)} '
                         f'(expected {", ".join(expected)})')
    return OrderedDict((name, routed[name]) for name in expected)


def repr_attrs(instance, *attrs):
    r"""Write a ``repr`` that shows some attributes.

    Parameters
    ----------
    instance : object
        The object to describe.
    \*attrs : str
        Names of attributes. If one cannot be shown then none is shown.

    Returns
    -------
    str
        ``<module.Class object at 0x...: name=value, ...>``.

    """
    kind = type(instance)
    start = f'<{kind.__module__}.{kind.__name__} object at {id(instance):#x}'
    try:
        shown = ', '.join(f'{attr}={getattr(instance, attr)}'
                          for attr in attrs)
    except Exception:   # a repr must never fail, whatever the object does
        shown = ''
    return f'{start}: {shown}>' if shown else f'{start}>'


def reraise_as(new_exc):
    """Reraise the exception being handled as a different exception.

    The message of the original exception is appended to that of the new
    one, the traceback is kept, and the original becomes the cause.

    Parameters
    ----------
    new_exc : Exception or str
        The exception to raise. A string stands for an exception of the
        original type with that message.

    Examples
    --------
    >>> try:
    ...     1 / 0
    ... except ZeroDivisionError:
    ...     reraise_as(ValueError('bad input'))
    Traceback (most recent call last):
      ...
    ValueError: bad input
    ...

    """
    original = sys.exc_info()[1]
    if original is None:
        raise RuntimeError('reraise_as works only inside an except block')
    if isinstance(new_exc, str):
        new_exc = type(original)(new_exc)
    # The message of a reraised exception already contains its origin.
    shown = (original.args[:1] if getattr(original, 'reraised', False)
             else original.args)
    origin = type(original).__name__
    if shown:
        origin += ': ' + ', '.join(map(str, shown))
    message = ', '.join(map(str, new_exc.args))
    new_exc.args = (f'{message}\n\nOriginal exception:\n\t{origin}',
                    *new_exc.args[1:])
    new_exc.reraised = True
    raise new_exc.with_traceback(original.__traceback__) from original


@contextmanager
def change_recursion_limit(limit):
    """Raise Python's recursion limit to `limit` within a ``with`` block.

    A limit below the current one changes nothing.

    """
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, limit))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def find_bricks(top_bricks, predicate):
    """Search a hierarchy of bricks, breadth first.

    Parameters
    ----------
    top_bricks : list of :class:`~blocks.bricks.base.Brick`
        The bricks to start from.
    predicate : callable
        Returns whether to select a brick.

    Returns
    -------
    list of :class:`~blocks.bricks.base.Brick`
        The selected bricks among `top_bricks` and all their descendants, each
        once.

    """
    queue = deque(top_bricks)
    seen = {}
    while queue:
        brick = queue.popleft()
        if brick not in seen:
            seen[brick] = predicate(brick)
            queue.extend(brick.children)
    return [brick for brick, wanted in seen.items() if wanted]


def ipdb_breakpoint(x):
    """Open the debugger ``ipdb``; a hook for :func:`put_hook`.

    Parameters
    ----------
    x : :class:`~numpy.ndarray`
        The value of the hooked variable, to be inspected.

    """
    import ipdb
    ipdb.set_trace()


def print_sum(x, header=None):
    """Print the sum of an array; a hook for :func:`put_hook`."""
    print(f'{header or "print_sum"}:', x.sum())


def print_shape(x, header=None):
    """Print the shape of an array; a hook for :func:`put_hook`."""
    print(f'{header or "print_shape"}:', x.shape)
