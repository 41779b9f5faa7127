"""Differentiation of a step: the result is a step backwards in time.

It reads the values of the forward pass and the gradients with respect to the
states after the step. It returns the gradients with respect to the states
before it, to sequences, contexts and vectors, and to the results of products,
from which all gradients through matrices are computed.

"""
from typing import NamedTuple

from .operations import OPERATIONS


class Gradients(NamedTuple):
    """The gradients of a step.

    Attributes
    ----------
    products : dict
        Gradients with respect to the results of products, by value; they are
        also the gradients with respect to the products' addends.
    factors : dict
        By pairs of a product and the position of a factor, the value that
        represents the gradient with respect to the factor's row. Rows that are
        arguments have none.
    arguments : dict
        Gradients with respect to arguments, by name, without the parts that
        come directly through products: see `products`.

    """

    products: dict
    factors: dict
    arguments: dict


def gradient_name(name):
    """Return the name of the gradient with respect to an output."""
    return 'gradient', name


def factor_name(number, position):
    """Return the name of the gradient with respect to a product's row."""
    return 'row', number, position


def is_direct(make, row):
    """Return whether a row is an argument itself."""
    return make.nodes[row].op == 'argument'


def differentiate(make, outputs, products, kinds):
    """Differentiate a step.

    Parameters
    ----------
    make : :class:`~rnn_kernels.expressions.Expressions`
        The values of the step; the values of the gradient are added.
    outputs : list of :class:`~rnn_kernels.cell.Output`
        The outputs on which the cost depends; the gradient of each is the
        argument named by :func:`gradient_name`.
    products : list of int
        All products, in a valid order of computation.
    kinds : dict
        The kind of each argument by name.

    Returns
    -------
    Gradients

    """
    reverse = _Reverse(make, products)
    for output in outputs:
        width = make.width(output.value)
        reverse.add(output.value, make.argument(
            gradient_name(output.name), width))
    return reverse.run([output.value for output in outputs], kinds)


class _Reverse:
    """Accumulated gradients with respect to values.

    They are stored in pieces, by first feature and width, since values are
    read in slices.

    """

    def __init__(self, make, products):
        self.make = make
        self.products = products
        self.pieces = {}
        self.factors = {}

    def add(self, value, gradient, start=0):
        """Add a gradient with respect to a value, or to a slice of it."""
        make = self.make
        node = make.nodes[value]
        if node.op == 'slice':
            self.add(node.arguments[0], gradient, start + node.data)
            return
        width = make.width(gradient)
        pieces = self.pieces.setdefault(value, {})
        key = start, width
        pieces[key] = (make('add', pieces[key], gradient) if key in pieces
                       else gradient)

    def total(self, value):
        """Return the gradient with respect to a value, or None for zero."""
        make = self.make
        pieces = self.pieces.get(value)
        if not pieces:
            return None
        whole = make.width(value)
        cuts = sorted({0, whole}.union(*(
            (start, start + width) for start, width in pieces)))
        parts = []
        for begin, end in zip(cuts, cuts[1:]):
            total = None
            for (start, width), gradient in pieces.items():
                if start <= begin and end <= start + width:
                    part = make.slice(gradient, begin - start, end - begin)
                    total = part if total is None else make('add', total,
                                                            part)
            parts.append(make.spread(make.constant(0), end - begin)
                         if total is None else total)
        return make.concatenate(parts)

    def run(self, outputs, kinds):
        """Propagate gradients backwards through all values."""
        make = self.make
        for value in reversed(make.order(outputs)):
            node = make.nodes[value]
            if node.op in ('argument', 'constant', 'slice'):
                continue
            gradient = self.total(value)
            if gradient is None:
                continue
            if node.op == 'product':
                self._through_product(value, gradient, kinds)
            elif node.op == 'concatenate':
                start = 0
                for part in node.arguments:
                    width = make.width(part)
                    self._into(part, make.slice(gradient, start, width))
                    start += width
            elif node.op in ('sum', 'spread'):
                self._into(node.arguments[0], gradient)
            else:
                self._through_operation(value, node, gradient)
        arguments = {}
        for value in list(self.pieces):
            node = make.nodes[value]
            if node.op == 'argument':
                arguments[node.data] = self.total(value)
        return Gradients(
            {product: self.total(product) for product in self.products
             if self.total(product) is not None},
            self.factors, arguments)

    def _through_operation(self, value, node, gradient):
        operation = OPERATIONS[node.op]
        if operation.gradients is None:
            return
        gradients = operation.gradients(self.make, value, node.arguments,
                                        gradient)
        for argument, part in zip(node.arguments, gradients):
            if part is not None:
                self._into(argument, part)

    def _into(self, value, gradient):
        """Add a gradient, converted to the width of its value."""
        make = self.make
        node = make.nodes[value]
        if node.op == 'constant' or make.number(gradient) == 0:
            return
        width = make.width(value)
        if width == 1 and make.width(gradient) > 1:
            gradient = make.sum(gradient)
        if width > 1 and make.width(gradient) == 1:
            gradient = make.spread(gradient, width)
        self.add(value, gradient)

    def _through_product(self, value, gradient, kinds):
        make = self.make
        for addend in make.addends(value):
            if kinds.get(make.nodes[addend].data) != 'vector':
                self._into(addend, gradient)
        number = self.products.index(value)
        for position, (row, _) in enumerate(make.factors(value)):
            if is_direct(make, row) and kinds[make.nodes[row].data] in (
                    'sequence', 'state'):
                continue
            name = factor_name(number, position)
            self.factors[value, position] = make.argument(
                name, make.width(row))
            self._into(row, self.factors[value, position])
