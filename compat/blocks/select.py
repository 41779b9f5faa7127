"""Select bricks and parameters by paths such as ``/mlp/linear_0.W``."""
import re
from collections import OrderedDict

from ._former import former_method
from .bricks.base import Brick
from .utils.checks import check_instance, check_list


class _Name(str):
    """A name in a path."""

    def part(self):
        """Return the name after its separator."""
        return self.separator + self


class Path:
    """A path through a hierarchy of bricks, possibly to a parameter.

    Parameters
    ----------
    nodes : list or tuple
        The :class:`Path.BrickName` of every brick from the top down;
        optionally a final :class:`Path.ParameterName`.

    Examples
    --------
    >>> path = Path.parse('/mlp/linear_0.W')
    >>> path.nodes
    ('mlp', 'linear_0', 'W')
    >>> str(path)
    '/mlp/linear_0.W'

    """

    class BrickName(_Name):
        """The name of a brick."""

        separator = '/'

    class ParameterName(_Name):
        """The name of a parameter."""

        separator = '.'

    separator = BrickName.separator
    parameter_separator = ParameterName.separator
    separator_re = re.compile('([/.])')

    def __init__(self, nodes):
        if not isinstance(nodes, (list, tuple)):
            raise ValueError('a path is made from a list of names, got '
                             f'{nodes!r}; use Path.parse for strings')
        self.nodes = tuple(nodes)

    @staticmethod
    def parse(string):
        """Make a path from its notation.

        Parameters
        ----------
        string : str
            Each brick's name after a ``/``, a parameter's after a ``.``.

        Raises
        ------
        ValueError
            If the notation is wrong.

        """
        start, *parts = Path.separator_re.split(string)
        if start or not parts:
            raise ValueError(f'a path starts with {Path.separator!r} or '
                             f'{Path.parameter_separator!r}, got {string!r}')
        kinds = {kind.separator: kind
                 for kind in (Path.BrickName, Path.ParameterName)}
        return Path([kinds[separator](name) for separator, name
                     in zip(parts[::2], parts[1::2])])

    def __add__(self, other):
        return Path(self.nodes + other.nodes)

    def __eq__(self, other):
        return isinstance(other, Path) and self.nodes == other.nodes

    def __hash__(self):
        return hash(self.nodes)

    def __str__(self):
        return ''.join(node.part() for node in self.nodes)

    def __repr__(self):
        return f'Path.parse({str(self)!r})'


class Selector:
    """A selection of bricks.

    Parameters
    ----------
    bricks : (list of) :class:`~blocks.bricks.base.Brick`
        The selected bricks.

    Examples
    --------
    >>> from blocks.bricks import MLP, Tanh
    >>> mlp = MLP([Tanh(), Tanh()], [5, 7, 2])
    >>> mlp.allocate()
    >>> list(Selector(mlp).get_parameters('W'))
    ['/mlp/linear_0.W', '/mlp/linear_1.W']
    >>> Selector(mlp).select('/mlp/linear_1.b')
    [b]

    """

    def __init__(self, bricks):
        self.bricks = ([bricks] if isinstance(bricks, Brick)
                       else check_list('Selector', 'bricks', bricks, Brick,
                                       'bricks'))

    def select(self, path):
        """Follow a path from the selected bricks.

        Parameters
        ----------
        path : :class:`Path` or str
            A path that begins with the name of one of the selected bricks.

        Returns
        -------
        :class:`Selector` or list of shared variables
            The bricks at the end of the path or, if it leads to a parameter,
            the parameters of that name in these bricks and their descendants.

        """
        if isinstance(path, str):
            path = Path.parse(path)
        check_instance('Selector', 'path', path, Path, 'a path')
        reached, candidates = [], self.bricks
        for node in path.nodes:
            if isinstance(node, Path.ParameterName):
                found = Selector(reached).get_parameters(node)
                return list(found.values())
            reached = list(dict.fromkeys(brick for brick in candidates
                                         if brick.name == node))
            candidates = [child for brick in reached
                          for child in brick.children]
        return Selector(reached)

    get_params = former_method('get_params', 'get_parameters')

    def get_parameters(self, parameter_name=None):
        """Return the parameters of the selection and its descendants.

        Parameters
        ----------
        parameter_name : str, optional
            If given, only parameters of this name are returned.

        Returns
        -------
        OrderedDict
            From paths (as strings) to the parameters: those of a brick come
            before those of its children.

        Raises
        ------
        ValueError
            If two parameters have the same path.

        """
        parameters = OrderedDict()
        for brick in self.bricks:
            for path, parameter in _walk(brick, Path([])):
                if parameter_name and parameter.name != parameter_name:
                    continue
                if str(path) in parameters:
                    raise ValueError(
                        f'name collision: {path} appears more than once. '
                        'Give the children of a brick different names, and '
                        'its parameters, too')
                parameters[str(path)] = parameter
        return parameters


def _walk(brick, above):
    """Yield the paths and parameters of a brick, then its children's."""
    here = above + Path([Path.BrickName(brick.name)])
    for parameter in brick.parameters:
        if parameter is not None:
            yield here + Path([Path.ParameterName(parameter.name)]), parameter
    for child in brick.children:
        yield from _walk(child, here)
