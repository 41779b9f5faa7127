"""The order of a kernel's computations and its memory layout.

A step is split into *stages* at its products with matrices. A stage computes,
row by row, the operands of the products after it, states and outputs; its
*level* is the number of products before it. The gradient of a step is split in
the same way.

The forward pass writes a *tape*: for each step the operands of the products,
the states before the step, and the results of costly operations (tanh, a
logistic function, an exponential) that the gradient needs. Everything else is
cheap and recomputed.

"""
from functools import lru_cache
from typing import NamedTuple, Optional

from .cell import expressions_of
from .differentiation import differentiate, is_direct
from .expressions import Expressions
from .operations import OPERATIONS


class Part(NamedTuple):
    """A part of the operand of a product, multiplied by one matrix.

    Attributes
    ----------
    matrix : str
        The name of the matrix, or of a vector that is added to the result.
    start : int
        The index of its first row among those of all matrices of the product.
    width : int
        The number of its rows.
    row : int or None
        The value that is multiplied; None represents a one.
    kind : str
        'one', 'sequence' or 'state' for arguments, else 'computed'.
    position : int
        The index of this factor of the product.

    """

    matrix: str
    start: int
    width: int
    row: Optional[int]
    kind: str
    position: int


class Product(NamedTuple):
    """A product of a step.

    Attributes
    ----------
    number : int
        The product's number in an order of computation.
    value : int
    level : int
        The level of the stage before it, plus one.
    parts : tuple of :class:`Part`
    depth, width : int
        The number of rows and of columns of its matrices.
    addends : tuple of int
        Sequences, or slices of some, to which the product is added.

    """

    number: int
    value: int
    level: int
    parts: tuple
    depth: int
    width: int
    addends: tuple


class Place(NamedTuple):
    """The location of a stored value.

    Attributes
    ----------
    buffer : str
    start : int
        Its first column.

    """

    buffer: str
    start: int


class Layout:
    """The layout of a cell's forward pass.

    Parameters
    ----------
    cell : :class:`~rnn_kernels.cell.Cell`

    Attributes
    ----------
    make : :class:`~rnn_kernels.expressions.Expressions`
        The values of the cell.
    kinds : dict
        The kinds of arguments by name.
    products : list of :class:`Product`
    buffers : dict
        The widths of the buffers for a packed step, by name, in elements of
        the dtype; pairs of bfloat16 take as much as one float32.
    tape : list of str
        Those buffers that the gradient reads.
    before : dict
        The :class:`Place` of each state before a step, by name.
    kept : dict
        The places of computed values.

    """

    def __init__(self, cell):
        self.cell = cell
        self.make = expressions_of(cell)
        self.kinds = {argument.name: argument.kind
                      for argument in cell.arguments}
        self._levels = {}
        self.products = self._find_products()
        self._by_value = {product.value: product
                          for product in self.products}
        self.buffers, self.tape, self.before, self.kept = {}, [], {}, {}
        for product in self.products:
            self.buffers[operand_name(product)] = product.depth
            self.buffers[sums_name(product)] = product.width
            if not self.cell.rounded:
                self.tape.append(operand_name(product))
        self._place_states()
        if self.cell.rounded:
            self._place_rounded()
        self._place_kept()

    def level(self, value):
        """Return the number of products before a value."""
        if value not in self._levels:
            for number in self.make.order([value], self._levels):
                node = self.make.nodes[number]
                levels = [self._levels[argument]
                          for argument in node.arguments]
                self._levels[number] = max(levels, default=0) + (
                    node.op == 'product')
        return self._levels[value]

    def product_of(self, value):
        """Return the product and first column of a value, or None."""
        node = self.make.nodes[value]
        start = 0
        if node.op == 'slice':
            start, value = node.data, node.arguments[0]
        product = self._by_value.get(value)
        return product and (product, start)

    def costly(self, value):
        """Return whether to store a value that is needed after its stage."""
        node = self.make.nodes[value]
        if node.op == 'sum':
            return True
        return (node.op in OPERATIONS and OPERATIONS[node.op].costly and
                any(map(self._raw, node.arguments)))

    def _raw(self, value):
        """Return whether recomputing a value needs results of products."""
        node = self.make.nodes[value]
        if node.op == 'product':
            return True
        if node.op == 'sum' or (node.op in OPERATIONS and
                                OPERATIONS[node.op].costly):
            return False
        return any(map(self._raw, node.arguments))

    def _find_products(self):
        make = self.make
        values = [value for value in make.order(
            output.value for output in self.cell.outputs)
            if make.nodes[value].op == 'product']
        values.sort(key=self.level)
        products = []
        for number, value in enumerate(values):
            parts, start = [], 0
            for position, (row, matrix) in enumerate(make.factors(value)):
                kind = 'computed'
                if is_direct(make, row):
                    kind = self.kinds[make.nodes[row].data]
                    kind = 'computed' if kind == 'context' else kind
                width = make.width(row)
                parts.append(Part(matrix, start, width, row, kind, position))
                start += width
            addends = []
            for addend in make.addends(value):
                name = make.nodes[addend].data
                if self.kinds.get(name) == 'vector':
                    parts.append(Part(name, start, 1, None, 'one', -1))
                    start += 1
                else:
                    addends.append(addend)
            products.append(Product(
                number, value, self.level(value), tuple(parts), start,
                make.width(value), tuple(addends)))
        return products

    def _place_states(self):
        """Store states where a product reads them, or in a buffer."""
        for state in self.cell.of_kind('state'):
            for product in self.products:
                for part in product.parts:
                    if part.kind == 'state' and state.name not in self.before \
                            and self.make.nodes[part.row].data == state.name:
                        self.before[state.name] = Place(
                            operand_name(product), part.start)
            if state.name not in self.before:
                name = 'before_' + state.name
                self.buffers[name] = state.width
                self.tape.append(name)
                self.before[state.name] = Place(name, 0)

    def _place_rounded(self):
        """Keep rounded rows of operands, as they are multiplied again.

        They are not enough where a stage reads the state that is stored there.

        """
        read = {self.before[name].buffer for name in self._states_read()}
        for product in self.products:
            name = operand_name(product)
            if name not in read:
                name = rounded_name(product)
                self.buffers[name] = (product.depth + 1) // 2
            self.tape.append(name)

    def _states_read(self):
        """Return the names of the states that are not only multiplied."""
        make, found = self.gradients()
        stack = [value for targets in self.stages().values()
                 for value in targets]
        stack += list(found.products.values()) + list(
            found.arguments.values())
        seen = set()
        while stack:
            value = stack.pop()
            if value not in seen:
                seen.add(value)
                if make.nodes[value].op != 'product':
                    stack.extend(make.nodes[value].arguments)
        return {make.nodes[value].data for value in seen
                if make.nodes[value].op == 'argument' and
                self.kinds.get(make.nodes[value].data) == 'state'}

    def _place_kept(self):
        """Determine the values to store, and their places.

        Values computed from a result of a product can overwrite it if it is no
        longer needed.

        """
        later, raw = self._needed_later()
        taken = list(raw)
        for value in later:
            place = self._place_over_sums(value, taken)
            if place is None:
                name = 'kept_{}'.format(len(self.buffers))
                self.buffers[name] = self.make.width(value)
                place = Place(name, 0)
            self.kept[value] = place
            if place.buffer not in self.tape:
                self.tape.append(place.buffer)
        for product, _, _ in raw:
            name = sums_name(product)
            if name not in self.tape:
                self.tape.append(name)

    def _place_over_sums(self, value, taken):
        """Return the place of a slice of a product, or None.

        Stages load before they store, but only within one loop over the
        features, so the stage must have a single loop.

        """
        make = self.make
        width, level = make.width(value), self.level(value)
        candidates = [
            read for read in self._reads_of_products()
            if read[0].level == level and read[2] == width]
        mine = set(self.make.order([value]))
        candidates.sort(key=lambda read: read[3] not in mine)
        if width == 1 or self._has_sums(level):
            return None
        for product, start, _, _ in candidates:
            others = [read for read in self._reads_of_products()
                      if read[0] == product and read[1:3] != (start, width)
                      and read[1] < start + width and start < sum(read[1:3])]
            clash = [other for other in taken if other[0] == product and
                     other[1] < start + width and start < sum(other[1:])]
            if not others and not clash:
                taken.append((product, start, width))
                return Place(sums_name(product), start)
        return None

    def _reads_of_products(self):
        """List product, first column, width and value of each read."""
        reads = []
        for value in self.make.order(
                output.value for output in self.cell.outputs):
            for argument in self.make.nodes[value].arguments:
                found = self.product_of(argument)
                if found and self.make.nodes[value].op != 'slice':
                    reads.append(found + (self.make.width(argument),
                                          argument))
        for output in self.cell.outputs:
            found = self.product_of(output.value)
            if found:
                reads.append(found + (self.make.width(output.value),
                                      output.value))
        return reads

    def _has_sums(self, level):
        return any(
            self.make.nodes[value].op == 'sum' and self.level(value) == level
            for value in self.make.order(
                output.value for output in self.cell.outputs))

    def _needed_later(self):
        """Find the values that are needed after their stage.

        Returns
        -------
        later : list of int
            Values to store, in the order of computation.
        raw : list of tuple
            Product, first column and width of the results of products that are
            needed themselves.

        """
        later, raw = set(), set()

        def visit(values, level):
            stack, seen = list(values), set()
            while stack:
                value = stack.pop()
                if value in seen or value >= len(self.cell.nodes):
                    # Values of the gradient depend on those of the step, never
                    # vice versa.
                    if value not in seen:
                        seen.add(value)
                        stack.extend(gradient.nodes[value].arguments)
                    continue
                seen.add(value)
                found = self.product_of(value)
                if found:
                    if found[0].level != level:
                        raw.add(found + (self.make.width(value),))
                elif self.level(value) != level and self.costly(value):
                    later.add(value)
                else:
                    stack.extend(self.make.nodes[value].arguments)

        gradient = None
        for level, targets in self.stages().items():
            visit(targets, level)
        gradient, found = self.gradients()
        visit(list(found.products.values()) + list(found.arguments.values()),
              None)
        ordered = [value for value in range(len(self.cell.nodes))
                   if value in later]
        return ordered, sorted(raw, key=lambda read: (read[0].number,
                                                      read[1:]))

    def stages(self):
        """Group operands and outputs by level."""
        targets = [output.value for output in self.cell.outputs]
        targets += [part.row for product in self.products
                    for part in product.parts if part.kind == 'computed']
        highest = max(map(self.level, targets))
        return {level: [target for target in targets
                        if self.level(target) == level]
                for level in range(highest + 1)}

    def gradients(self, names=None):
        """Differentiate the step.

        Parameters
        ----------
        names : collection of str, optional
            The outputs on which the cost depends, all by default. Gradients of
            states are always included.

        Returns
        -------
        make : :class:`~rnn_kernels.expressions.Expressions`
            The values of the cell, and those of its gradient.
        gradients : :class:`~rnn_kernels.differentiation.Gradients`

        """
        make = Expressions(self.cell.nodes)
        outputs = [output for output in self.cell.outputs
                   if output.state or names is None or output.name in names]
        return make, differentiate(
            make, outputs, [product.value for product in self.products],
            self.kinds)


@lru_cache(maxsize=None)
def layout_of(cell):
    """Return the :class:`Layout` of a cell."""
    return Layout(cell)


def operand_name(product):
    """Return the name of the buffer of a product's operand."""
    return 'operand_{}'.format(product.number + 1)


def rounded_name(product):
    """Return the name of the buffer of rounded rows of an operand."""
    return 'rounded_{}'.format(product.number + 1)


def sums_name(product):
    """Return the name of the buffer of a product's results."""
    return 'sums_{}'.format(product.number + 1)
