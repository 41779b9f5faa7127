"""Source text of loops over the features of a row.

Values of equal width are computed in one loop over the features, unless they
are separated by a sum over the row. All loads come before all stores.

"""
import re
from typing import NamedTuple

from . import functions
from .operations import OPERATIONS


class Reference(NamedTuple):
    """The location of the numbers of a row in generated code.

    Attributes
    ----------
    array : str
    row : str or None
        An expression; None for arrays of one axis.
    start : int
        The first column.

    """

    array: str
    row: str
    start: int = 0


class Target(NamedTuple):
    """A value to compute, and where to store it.

    Attributes
    ----------
    value : int
    references : tuple of :class:`Reference`
    add : bool
        Whether to add it to the stored value.

    """

    value: int
    references: tuple
    add: bool = False


class Text:
    """Lines of a function, with the sizes and constants that they use.

    Sizes are named after the values that have them, so that the text does not
    depend on their numbers.

    Attributes
    ----------
    sizes : dict
        Numbers by name, in the order in which they are passed.
    constants : dict
        Names by number.
    work : dict
        The number of elements of each scratch array.

    """

    def __init__(self):
        self.lines = []
        self.sizes = {}
        self.constants = {}
        self.work = {}
        self._size_names = {}

    def line(self, depth, text):
        """Add a line."""
        self.lines.append('    ' * depth + text)

    def size(self, key, number):
        """Return the name of a size."""
        if key not in self._size_names:
            self._size_names[key] = 'n{}'.format(len(self._size_names))
            self.sizes[self._size_names[key]] = number
        return self._size_names[key]

    def column(self, array, start, width=None, size=None):
        """Return the sum of a column and ``k``, for an index.

        The offset of adjacent parts of equal width is written as a multiple of
        the length of the loop, so that the compiler knows that they do not
        overlap and can vectorise.

        """
        if not start:
            return 'k'
        if width and start % width == 0:
            return '{} * {} + k'.format(start // width, size)
        return '{} + k'.format(self.size((array, start), start))

    def single(self, array, start):
        """Return the index of a column."""
        return self.size((array, start), start) if start else '0'

    def constant(self, number):
        """Return the name of a constant."""
        return self.constants.setdefault(
            number, 'c{}'.format(len(self.constants)))


class WidthClasses:
    """Classes of values that have equal widths because of operations.

    Parameters
    ----------
    make : :class:`~rnn_kernels.expressions.Expressions`
    pairs : iterable of (int, int)
        Further pairs of values of equal width.

    """

    def __init__(self, make, pairs=()):
        self._parents = {}
        for value, node in enumerate(make.nodes):
            if node.op in OPERATIONS and node.width > 1:
                for argument in node.arguments:
                    if make.width(argument) > 1:
                        self._join(value, argument)
            elif node.op == 'product':
                for addend in make.addends(value):
                    self._join(value, addend)
        for one, other in pairs:
            self._join(one, other)

    def __call__(self, value):
        """Return the name of the class of a value."""
        while value in self._parents:
            value = self._parents[value]
        return value

    def _join(self, one, other):
        one, other = self(one), self(other)
        if one != other:
            self._parents[max(one, other)] = min(one, other)


class Rows:
    """Writes the code that computes values of one row.

    Parameters
    ----------
    make : :class:`~rnn_kernels.expressions.Expressions`
    classes : :class:`WidthClasses`
    text : :class:`Text`

    """

    def __init__(self, make, classes, text):
        self.make = make
        self.classes = classes
        self.text = text

    def name(self, value):
        """Return the name of a value in generated code."""
        node = self.make.nodes[value]
        if node.op == 'constant':
            return self.text.constant(node.data)
        if node.op == 'spread':
            return self.name(node.arguments[0])
        operation = OPERATIONS.get(node.op)
        return '{}_{}'.format(
            node.op if operation and operation.costly else 'v', value)

    def size(self, value):
        """Return the name of the width of a value."""
        root = self.classes(value)
        return self.text.size(('width', root), self.make.width(value))

    def write(self, depth, targets, places):
        """Write code that computes values and stores them.

        Parameters
        ----------
        depth : int
            The indentation level of the code.
        targets : list of :class:`Target`
        places : callable
            Returns the :class:`Reference` from which a value is loaded, or
            None if it is computed.

        """
        # Values that are added to arrays have a separate loop: with too many
        # arrays in a loop, the compiler cannot prove that they do not overlap,
        # and does not vectorise.
        first = [target for target in targets if not target.add]
        added = [target for target in targets if target.add]
        if any(self.make.nodes[value].op == 'sum'
               for value in self.make.order(
                   [target.value for target in added], _Loaded(places))):
            # Do not recompute sums in each of these loops.
            first, added = self._computed_at_once(first, added)
        self._write(depth, first, places)
        stored = {target.value: target.references[0] for target in first}
        for target in added:
            self._write(depth, [target], lambda value: stored.get(
                value, places(value)))

    def _computed_at_once(self, first, added):
        """Compute terms with the other values, and add them later."""
        wide = [target for target in added
                if self.make.width(target.value) > 1]
        narrow = [target for target in added if target not in wide]
        terms = [Target(target.value, (self._room(target.value),))
                 for target in wide]
        return first + narrow + terms, wide

    def _room(self, value):
        """Return a temporary place for a row until the end of a stage."""
        width = self.make.width(value)
        name = 'terms_{}'.format(self.classes(value))
        start = self.text.work.get(name, 0)
        self.text.work[name] = start + width
        return Reference(name, None, start)

    def _write(self, depth, targets, places):
        order = self.make.order(
            [target.value for target in targets], _Loaded(places))
        loaded = {argument for value in order
                  for argument in self.make.nodes[value].arguments
                  if places(argument) is not None}
        loaded.update(target.value for target in targets
                      if places(target.value) is not None)
        depths = dict.fromkeys(loaded, 0)
        for value in order:
            node = self.make.nodes[value]
            depths[value] = max((depths[argument]
                                 for argument in node.arguments),
                                default=0) + (node.op == 'sum')
        known = _Known(order, loaded, depths, places)
        for number in range(max(depths.values(), default=0) + 1):
            self._write_scalars(depth, number, targets, known)
            self._write_loops(depth, number, targets, known)

    def _write_scalars(self, depth, number, targets, known):
        make = self.make
        for value in known.order_of_all(make):
            node = make.nodes[value]
            summed = node.op == 'sum' and known.places(value) is None
            if node.width > 1 or summed or node.op == 'constant' or (
                    known.depths[value] != number):
                continue
            self._assign(depth, value, known)
        for target in targets:
            if make.width(target.value) == 1 and (
                    known.depths[target.value] == number):
                self._store(depth, target)

    def _assign(self, depth, value, known):
        reference = known.places(value)
        self.text.line(depth, '{} = {}'.format(
            self.name(value), self._code(value) if reference is None else
            self._element(reference, value)))

    def _code(self, value):
        node = self.make.nodes[value]
        numbers = {}
        if node.op == 'number':
            numbers = {'one': self.text.constant(1.),
                       'zero': self.text.constant(0.)}
        return OPERATIONS[node.op].code.format(
            *map(self.name, node.arguments), **numbers)

    def _element(self, reference, value):
        width = self.make.width(value)
        if width > 1:
            column = self.text.column(reference.array, reference.start,
                                      width, self.size(value))
        else:
            column = self.text.single(reference.array, reference.start)
        return '{}[{}]'.format(reference.array, column if
                               reference.row is None else '{}, {}'.format(
                                   reference.row, column))

    def _store(self, depth, target):
        for reference in target.references:
            self.text.line(depth, '{} {} {}'.format(
                self._element(reference, target.value),
                '+=' if target.add else '=', self.name(target.value)))

    def _write_loops(self, depth, number, targets, known):
        make = self.make
        loops = {}
        for target in targets:
            if make.width(target.value) > 1 and (
                    known.depths[target.value] == number):
                loops.setdefault(self.classes(target.value), ([], []))[
                    0].append(target)
        for value in known.order:
            node = make.nodes[value]
            if node.op == 'sum' and known.depths[value] == number + 1:
                loops.setdefault(self.classes(node.arguments[0]), ([], []))[
                    1].append(value)
        for stores, sums in loops.values():
            self._write_loop(depth, stores, sums, known)

    def _write_loop(self, depth, stores, sums, known):
        make = self.make
        results = [target.value for target in stores] + [
            make.nodes[value].arguments[0] for value in sums]
        for value in sums:
            self.text.line(depth, '{} = {}'.format(
                self.name(value), self.text.constant(0.)))
        inside = [value for value in known.needed(make, results)
                  if make.width(value) > 1 and
                  make.nodes[value].op != 'spread']
        self.text.line(depth, 'for k in range({}):'.format(
            self.size(results[0])))
        for loads in True, False:
            for value in inside:
                if (known.places(value) is not None) == loads:
                    self._assign(depth + 1, value, known)
        for value in sums:
            argument, = make.nodes[value].arguments
            self.text.line(depth + 1, '{0} = sum_of({0}, {1})'.format(
                self.name(value), self.name(argument)))
        for target in stores:
            self._store(depth + 1, target)


class _Loaded:
    """Container of the values that have a place."""

    def __init__(self, places):
        self._places = places

    def __contains__(self, value):
        return self._places(value) is not None


class _Known:
    """Known facts about the values of a stage."""

    def __init__(self, order, loaded, depths, places):
        self.order, self.loaded = order, loaded
        self.depths, self.places = depths, places

    def order_of_all(self, make):
        """List loaded and computed values, arguments first."""
        return sorted(self.loaded) + self.order

    def needed(self, make, results):
        """List the values that a loop computes or loads, arguments first.

        Sums have been computed before.

        """
        found, seen = [], set()
        stack = [(value, False) for value in reversed(results)]
        while stack:
            value, expanded = stack.pop()
            if expanded:
                found.append(value)
            elif value not in seen:
                seen.add(value)
                stack.append((value, True))
                if self.places(value) is None and make.width(value) > 1:
                    stack.extend((argument, False) for argument in reversed(
                        make.nodes[value].arguments))
        return found


#: Names reserved in generated code, besides the functions it calls.
RESERVED = frozenset(
    'and as assert break class continue def del elif else except finally for '
    'from global if import in is lambda nonlocal not or pass raise return '
    'try while with yield None True False k r b row spare at step begin '
    'following count running first end shift amount now then total rows '
    'counts offsets places copies starts leads stride sizes products scratch '
    'multiply_add multiply_add_matrix multiply_add_transposed pack '
    'pack_transposed multiply_add_rounded multiply_add_rounded_transposed '
    'round_rows number range '
    'len min max abs numpy print copy turn compiled'.split()).union(
        functions.__all__)

#: The pattern of the names of sizes, constants and values.
_NUMBERED = re.compile(r'([cn]|(v|{})_)\d+$'.format('|'.join(
    name for name, operation in OPERATIONS.items() if operation.costly)))


def identifier(name):
    """Return a valid Python identifier that has no other meaning."""
    name = re.sub(r'\W', '_', str(name))
    if not name or name[0].isdigit() or name in RESERVED or (
            _NUMBERED.match(name)):
        name = 'the_' + name
    return name
