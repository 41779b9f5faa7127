"""Expressions of one time step, for one sequence of a batch.

A value is a row of numbers of some width. Rows of width 1 represent scalars
and broadcast to any width. A value is identified by its number in
:class:`Expressions`, which merges equal values: an expression that occurs
twice in a step is computed once.

Four kinds of values are not elementwise operations: a part of a row
(``'slice'``), a scalar repeated in all features (``'spread'``), the sum of a
row (``'sum'``), and a sum of products of rows with matrices (``'product'``).
Operations on concatenated rows (``'concatenate'``) are moved into the parts,
and slices are moved into the arguments of an operation, so that only slices of
arguments and of products remain, and concatenations that no operation reads.

"""
from typing import Any, NamedTuple

from .operations import OPERATIONS

#: The neutral last argument of an operation.
_NEUTRAL = {'add': 0, 'subtract': 0, 'multiply': 1, 'divide': 1, 'power': 1}


def unused_name(base, taken):
    """Return an unused name, and add it to the used ones.

    Parameters
    ----------
    base : str
        Returned itself if unused; otherwise a number is appended.
    taken : set of str

    """
    name, number = base, 1
    while name in taken:
        number += 1
        name = '{}_{}'.format(base, number)
    taken.add(name)
    return name


class Node(NamedTuple):
    """A value.

    Attributes
    ----------
    op : str
        A name of :data:`~rnn_kernels.operations.OPERATIONS`, or 'argument',
        'constant', 'slice', 'spread', 'sum', 'concatenate', 'product'.
    arguments : tuple of int
        The numbers of its arguments.
    width : int
    data : object
        The name of an argument, the number of a constant, or the first feature
        of a slice. For a product, a pair: the names of the matrices by which
        the first arguments are multiplied, and the number of these arguments;
        the other arguments are added to the result.

    """

    op: str
    arguments: tuple
    width: int
    data: Any = None


class Expressions:
    """A collection of distinct values.

    Calling it with the name of an operation and its arguments creates a value.
    Arithmetic with 0 and 1 is simplified, operations on constants are folded.

    Parameters
    ----------
    nodes : iterable of :class:`Node`, optional
        The initial values.

    """

    def __init__(self, nodes=()):
        self.nodes = list(nodes)
        self._numbers = {node: number
                         for number, node in enumerate(self.nodes)}

    def width(self, value):
        """Return the width of a value."""
        return self.nodes[value].width

    def _add(self, *node):
        node = Node(*node)
        if node not in self._numbers:
            self._numbers[node] = len(self.nodes)
            self.nodes.append(node)
        return self._numbers[node]

    def argument(self, name, width):
        """Make an argument of the step."""
        return self._add('argument', (), width, name)

    def constant(self, number):
        """Make a constant of width 1."""
        return self._add('constant', (), 1, float(number))

    def number(self, value):
        """Return the number of a constant, or None for any other value."""
        node = self.nodes[value]
        return node.data if node.op == 'constant' else None

    def is_boolean(self, value):
        """Return whether a value is Boolean."""
        operation = OPERATIONS.get(self.nodes[value].op)
        return operation is not None and operation.boolean

    def product(self, factors, addends, width):
        """Make a sum of products of rows with matrices and of further rows.

        Parameters
        ----------
        factors : sequence of (int, str)
            A row and the name of the matrix by which it is multiplied.
        addends : sequence of int
        width : int
            The number of columns of the matrices.

        """
        rows, matrices = zip(*factors)
        return self._add('product', rows + tuple(addends), width,
                         (matrices, len(rows)))

    def factors(self, value):
        """Return the pairs of row and matrix of a product."""
        node = self.nodes[value]
        return list(zip(node.arguments, node.data[0]))

    def addends(self, value):
        """Return the rows that are added to a product."""
        node = self.nodes[value]
        return node.arguments[node.data[1]:]

    def sum(self, value):
        """Make the sum of a row, of width 1."""
        node = self.nodes[value]
        if node.op == 'concatenate':
            total = self.sum(node.arguments[0])
            for part in node.arguments[1:]:
                total = self('add', total, self.sum(part))
            return total
        if node.op == 'spread':
            return self('multiply', node.arguments[0],
                        self.constant(node.width))
        return value if node.width == 1 else self._add('sum', (value,), 1)

    def spread(self, value, width):
        """Repeat a scalar in all features of a row."""
        return value if width == 1 else self._add('spread', (value,), width)

    def slice(self, value, start, width):
        """Make a part of a row.

        Parameters
        ----------
        value : int
        start, width : int
            The first feature and the number of features.

        """
        node = self.nodes[value]
        if width == node.width:
            return value
        if node.op == 'slice':
            return self.slice(node.arguments[0], node.data + start, width)
        if node.op == 'spread':
            return self.spread(node.arguments[0], width)
        if node.op in OPERATIONS:
            return self(node.op, *(
                argument if self.width(argument) == 1 else
                self.slice(argument, start, width)
                for argument in node.arguments))
        if node.op == 'concatenate':
            parts = []
            for part in node.arguments:
                begin = max(start, 0)
                end = min(start + width, self.width(part))
                if begin < end:
                    parts.append(self.slice(part, begin, end - begin))
                start -= self.width(part)
            return self.concatenate(parts)
        return self._add('slice', (value,), width, start)

    def concatenate(self, values):
        """Concatenate rows."""
        parts = []
        for value in values:
            node = self.nodes[value]
            parts += node.arguments if node.op == 'concatenate' else [value]
        if len(parts) == 1:
            return parts[0]
        whole = self._joined(parts)
        if whole is not None:
            return whole
        return self._add('concatenate', tuple(parts), sum(
            map(self.width, parts)))

    def _joined(self, parts):
        """Return the value whose consecutive slices these are, or None."""
        nodes = [self.nodes[part] for part in parts]
        if any(node.op != 'slice' or node.arguments != nodes[0].arguments
               for node in nodes):
            return None
        start = 0
        for node in nodes:
            if node.data != start:
                return None
            start += node.width
        whole, = nodes[0].arguments
        return whole if self.width(whole) == start else None

    def __call__(self, op, *arguments):
        """Apply an elementwise operation."""
        widths = {self.width(argument) for argument in arguments} - {1}
        if len(widths) > 1:
            raise ValueError('{} of rows of {} features'.format(
                op, ' and '.join(map(str, sorted(widths)))))
        arguments = tuple(self._narrow(argument) for argument in arguments)
        value = self._fold(op, arguments)
        if value is None:
            value = self._apply(op, arguments)
        width = max(widths, default=1)
        return value if self.width(value) == width else self.spread(
            value, width)

    def _narrow(self, value):
        """Return the scalar that a value repeats, or the value itself."""
        node = self.nodes[value]
        return node.arguments[0] if node.op == 'spread' else value

    def _apply(self, op, arguments):
        if not OPERATIONS[op].takes_booleans:
            arguments = tuple(self('number', argument)
                              if self.is_boolean(argument) else argument
                              for argument in arguments)
        if any(self.nodes[argument].op == 'concatenate'
               for argument in arguments):
            return self._apply_to_parts(op, arguments)
        return self._add(op, arguments, max(map(self.width, arguments)))

    def _apply_to_parts(self, op, arguments):
        """Move an operation into the parts of concatenations."""
        ends = set()
        for argument in arguments:
            if self.nodes[argument].op == 'concatenate':
                end = 0
                for part in self.nodes[argument].arguments:
                    end += self.width(part)
                    ends.add(end)
        parts, start = [], 0
        for end in sorted(ends):
            parts.append(self(op, *(
                argument if self.width(argument) == 1 else
                self.slice(argument, start, end - start)
                for argument in arguments)))
            start = end
        return self.concatenate(parts)

    def _fold(self, op, arguments):
        """Return simplified arithmetic with constants, or None."""
        numbers = [self.number(argument) for argument in arguments]
        if None not in numbers:
            try:
                return self.constant(OPERATIONS[op].evaluate(*numbers))
            except (ArithmeticError, ValueError, TypeError):
                return None  # infinite, or not a real number
        first, last = arguments[0], arguments[-1]
        if op == 'where':
            if numbers[0] is not None:
                return arguments[1 if numbers[0] else 2]
            return last if arguments[1] == last else None
        if op in ('multiply', 'add') and numbers[0] is not None:
            first, last, numbers = last, first, numbers[::-1]
        if numbers[-1] is not None and not self.is_boolean(first):
            if numbers[-1] == _NEUTRAL.get(op):
                return first
            if op == 'multiply' and numbers[-1] == 0:
                return last
            if op == 'multiply' and numbers[-1] == -1:
                return self('negative', first)
            if op == 'power' and numbers[-1] == 2:
                return self('square', first)
            if op == 'power' and numbers[-1] == .5:
                return self('sqrt', first)
            if op == 'power' and numbers[-1] == -1:
                return self('divide', self.constant(1), first)
        if numbers[0] == 0 and op == 'subtract':
            return self('negative', last)
        if numbers[0] == 0 and op == 'divide':
            return first
        if op == 'multiply' and first == last:
            return self('square', first)
        if op == 'negative' and self.nodes[first].op == 'negative':
            return self.nodes[first].arguments[0]
        return None

    def replace(self, values, replacements):
        """Rebuild values with some of their parts replaced.

        Parameters
        ----------
        values : list of int
        replacements : dict
            Numbers of values by the numbers of those they replace.

        Returns
        -------
        list of int

        """
        made = dict(replacements)
        for number in self.order(values, made):
            node = self.nodes[number]
            arguments = [made[argument] for argument in node.arguments]
            if tuple(arguments) == node.arguments:
                made[number] = number
            elif node.op == 'slice':
                made[number] = self.slice(*arguments, node.data, node.width)
            elif node.op == 'sum':
                made[number] = self.sum(*arguments)
            elif node.op == 'spread':
                made[number] = self.spread(*arguments, node.width)
            elif node.op == 'concatenate':
                made[number] = self.concatenate(arguments)
            elif node.op == 'product':
                made[number] = self._joined_product(number, arguments)
            else:
                made[number] = self(node.op, *arguments)
        return [made[value] for value in values]

    def _joined_product(self, value, arguments):
        """Make a product with new arguments; merge products that it adds."""
        count = self.nodes[value].data[1]
        factors = list(zip(arguments, self.nodes[value].data[0]))
        addends = []
        for addend in arguments[count:]:
            if self.nodes[addend].op == 'product':
                factors += self.factors(addend)
                addends += self.addends(addend)
            else:
                addends.append(addend)
        return self.product(factors, addends, self.width(value))

    def order(self, values, known=()):
        """List the values that some values depend on, in topological order.

        Parameters
        ----------
        values : iterable of int
            They come last, unless one depends on another.
        known : container of int
            Values that are omitted, with their dependencies.

        Returns
        -------
        list of int
            Each value once, without known ones.

        """
        found, seen = [], set()
        stack = [(value, False) for value in reversed(list(values))]
        while stack:
            value, expanded = stack.pop()
            if expanded:
                found.append(value)
            elif value not in seen and value not in known:
                seen.add(value)
                stack.append((value, True))
                stack.extend((argument, False) for argument in reversed(
                    self.nodes[value].arguments))
        return found
