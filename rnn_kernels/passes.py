"""The common parts of the source of forward and backward passes.

A pass is a function that iterates over the steps of a share of a batch, see
:mod:`~rnn_kernels.plan`, and is compiled for one dtype.

"""
import re
from contextlib import contextmanager
from typing import Any, NamedTuple

from . import functions, product, rounded
from .expressions import unused_name
from .rows import Text, identifier

#: The fields of a share, in the order of the parameters.
SHARE = ('rows', 'counts', 'offsets', 'places', 'copies', 'starts', 'leads')

#: The kinds of parameters, and the prefixes of their names.
KINDS = {
    'argument': '',            # of the cell
    'initial': 'initial',      # a state before the first step
    'buffer': '',              # of the layout
    'output': 'out',           # of the cell
    'panels': 'panels',        # the matrices of a product
    'gradient': 'd',           # with respect to an output, given
    'carried': 'carried',      # with respect to a state, from step to step
    'sums gradient': 'd',      # with respect to the results of a product
    'row gradient': 'd_row',   # with respect to the rows multiplied
    'result': 'grad',          # with respect to an argument
    'initial result': 'grad_initial',
    'matrix result': 'grad_product',
    'wanted': 'wants',         # whether the result is used, 0 or 1
    'block': 'block',          # room for a block of results
    'scratch': '',             # room for products
    'work': '',                # room for rows
}

_HEADER = '''"""{title}

Made by rnn_kernels from the step of a recurrent brick.

"""
import numpy
{imports}

compiled = {functions!r}
{constants}
'''


class Source(NamedTuple):
    """The source of a function, ready to be loaded.

    Attributes
    ----------
    text : str
        The source of a module.
    name : str
        The name of the function.
    parameters : tuple of (str, str)
        The arguments besides the fields of a share, its stride, the sizes
        and the addresses of the products: a kind of :data:`KINDS` and a name.
    sizes : tuple of int
        The sizes to pass.
    work : tuple of (str, int)
        The number of elements of each work array.
    layout : :class:`~rnn_kernels.layout.Layout`

    """

    text: str
    name: str
    parameters: tuple
    sizes: tuple
    work: tuple
    layout: Any


class Names:
    """Unique identifiers for the objects that generated code refers to."""

    def __init__(self):
        self._names = {}
        self._taken = set()

    def __call__(self, kind, name):
        """Return the identifier for a kind and name."""
        key = kind, name
        if key not in self._names:
            prefix = KINDS.get(kind, kind)
            base = name if kind in ('scratch', 'work') else identifier(
                '{}_{}'.format(prefix, name) if prefix else name)
            self._names[key] = unused_name(base, self._taken)
        return self._names[key]


class Pass:
    """The base class of forward and backward passes."""

    name = ''

    def __init__(self, layout):
        self.layout = layout
        self.cell = layout.cell
        self.text = Text()
        self.names = Names()
        self.parameters = []

    def parameter(self, kind, name):
        """Return the identifier of a parameter, adding it if necessary."""
        if (kind, name) not in self.parameters:
            self.parameters.append((kind, name))
        return self.names(kind, name)

    def source(self):
        """Write the function, with imports and constants."""
        self.write()
        for name in self.text.work:
            self.parameter('work', name)
        signature = SHARE + ('stride', 'sizes', 'products') + tuple(
            self.names(*parameter) for parameter in self.parameters)
        body = ['    {} = numpy.int64(sizes[{}])'.format(name, number)
                for number, name in enumerate(self.text.sizes)]
        body += self.text.lines
        head = 'def {}({}):'.format(self.name, ', '.join(signature))
        constants = '\n'.join(
            '{} = numpy.{}({!r})'.format(name, self.cell.dtype, number)
            if number == number and abs(number) != float('inf') else
            "{} = numpy.{}('{}')".format(name, self.cell.dtype, number)
            for number, name in self.text.constants.items())
        states = ', '.join(state.name
                           for state in self.cell.of_kind('state'))
        text = _HEADER.format(
            title='The {} of a cell with the states {}, {}.'.format(
                self.title, states, self.cell.dtype),
            imports=self._imports(body), functions=[self.name],
            constants=constants and '\n' + constants + '\n')
        text += '\n\n' + _wrapped(head) + '\n' + '\n'.join(body) + '\n'
        return Source(text, self.name, tuple(self.parameters),
                      tuple(self.text.sizes.values()),
                      tuple(self.text.work.items()),
                      self.layout)

    def _imports(self, body):
        """Write the imports of what the code calls."""
        called = set(re.findall(r'\b(\w+)\(', '\n'.join(body)))
        lines = []
        for module, names in (
                ('functions', functions.__all__),
                ('rounded', rounded.__all__) if self.cell.rounded else
                ('product', product.__all__)):
            used = sorted(called.intersection(names))
            if used:
                lines.append('from rnn_kernels.{} import {}'.format(
                    module, ', '.join(used)))
        return '\n'.join(lines)

    def copy(self, depth, key, width, target, source):
        """Write a loop that copies, or adds, row by row."""
        self.text.line(depth, 'for k in range({}):'.format(
            self.text.size(key, width)))
        self.text.line(depth + 1, '{} {}'.format(target, source))

    @contextmanager
    def each_row(self):
        """Write a loop over the rows that take part in a step."""
        text = self.text
        before, text.lines = text.lines, []
        text.line(2, 'for r in range(count):')
        for assignment in ('row = first + r', 'spare = now + r',
                           'at = places[first + r]', 'b = rows[r]'):
            text.line(3, assignment)
        yield
        loop = without_unused(text.lines, ('row', 'spare', 'at', 'b'))
        text.lines = before + (loop if len(loop) > 1 else [])

    def element(self, reference):
        """Return the element ``k`` of a row."""
        column = self.text.column(reference.array, reference.start)
        if reference.row is None:
            return '{}[{}]'.format(reference.array, column)
        return '{}[{}, {}]'.format(reference.array, reference.row, column)


def _wrapped(head):
    """Break a long signature into lines."""
    if len(head) < 80:
        return head
    name, _, parameters = head.partition('(')
    lines, line = [], name + '('
    indent = ' ' * len(line)
    for parameter in parameters.split(', '):
        if len(line) + len(parameter) > 77:
            lines.append(line.rstrip())
            line = indent
        line += parameter + ', '
    return '\n'.join(lines + [line[:-2]])


def split_targets(make, targets):
    """Split targets that are concatenations into their parts."""
    split = []
    for target in targets:
        node = make.nodes[target.value]
        if node.op != 'concatenate':
            split.append(target)
            continue
        start = 0
        for part in node.arguments:
            split.append(target._replace(value=part, references=tuple(
                reference._replace(start=reference.start + start)
                for reference in target.references)))
            start += make.width(part)
    return split


def without_unused(lines, names):
    """Remove assignments to names that are never read."""
    while True:
        kept = []
        for line in lines:
            match = re.match(r'\s*(\w+) = ', line)
            if match and match.group(1) in names and not any(
                    re.search(r'\b{}\b'.format(match.group(1)),
                              re.sub(r'^\s*{} = '.format(match.group(1)),
                                     '', other))
                    for other in lines):
                continue
            kept.append(line)
        if kept == lines:
            return kept
        lines = kept
