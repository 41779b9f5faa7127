"""The gradient of a step is a step that runs backwards in time.

It reads what the forward pass has computed and the gradients with respect to
the states after the step. It returns those with respect to the states before
it, to sequences, contexts and vectors, and to the results of products, by
which everything that goes through matrices is computed.

"""
from typing import NamedTuple

from .operations import OPERATIONS


class Gradients(NamedTuple):
    """The gradients of a step with respect to what it depends on.

    Attributes
    ----------
    products : dict
        By the value of a product, the gradient with respect to its result;
        vectors that the product adds get theirs from it.
    factors : dict
        By pairs of a product and the position of a factor, the value by
        which the gradient with respect to the row that is multiplied is known
        to others. There is none for rows of arguments.
    arguments : dict
        By the name of an argument, the gradient with respect to it but for
        what comes through products directly: see `products`.

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
    """Whether a row is an argument, by itself."""
    return make.nodes[row].op == 'argument'


def differentiate(make, outputs, products, kinds):
    """Differentiate a step.

    Parameters
    ----------
    make : :class:`~rnn_kernels.expressions.Expressions`
        The values of the step; those of the gradient are added.
    outputs : list of :class:`~rnn_kernels.cell.Output`
        Those with respect to which there is a gradient; it is the argument
        :func:`gradient_name` of each.
    products : list of int
        All products, in an order in which they can be computed.
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
    """Gradients with respect to values, added up.

    They are kept in pieces, by their first feature and their width, since
    values are read in slices.

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
        """Return the gradient with respect to a value, None for zero."""
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
        """Go backwards through all values."""
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
        """Add a gradient in the width of the value it is with respect to."""
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
