"""The source text of the gradient of a cell."""
from .differentiation import gradient_name
from .layout import operand_name, rounded_name, sums_name
from .passes import Pass, split_targets, without_unused
from .rows import Reference, Rows, Target, WidthClasses
from .tiles import BLOCK


class Backward(Pass):
    """Writes ``backward``.

    Parameters
    ----------
    layout : :class:`~rnn_kernels.layout.Layout`
    connected : collection of str
        The outputs that are not states and on which the cost depends.

    """

    name = 'backward'
    title = 'gradient'

    def __init__(self, layout, connected):
        super().__init__(layout)
        self.make, self.gradients = layout.gradients(connected)
        make = self.make
        self._gradient_outputs = {
            gradient_name(output.name): output
            for output in self.cell.outputs
            if output.state or output.name in connected}
        pairs = [(output.value, make.argument(
            output.state, make.width(output.value)))
            for output in self.cell.outputs if output.state]
        pairs += [(output.value, make.argument(name, make.width(
            output.value)))
            for name, output in self._gradient_outputs.items()]
        self._rows_of_factors = {}
        for (value, position), gradient in self.gradients.factors.items():
            row, _ = make.factors(value)[position]
            pairs.append((row, gradient))
            self._rows_of_factors[make.nodes[gradient].data] = (value,
                                                                position)
        self.rows = Rows(make, WidthClasses(make, pairs), self.text)
        self._levels = {}

    def level(self, value):
        """Return the number of transposed products before a gradient."""
        make = self.make
        for number in make.order([value], self._levels):
            node = make.nodes[number]
            level = max((self._levels[argument]
                         for argument in node.arguments), default=0)
            if node.op == 'argument' and node.data in self._rows_of_factors:
                product, _ = self._rows_of_factors[node.data]
                level = 1 + self.level(self.gradients.products[product])
            if number < len(self.cell.nodes):
                level = 0  # it is on the tape, or computed from the tape
            self._levels[number] = level
        return self._levels[value]

    def place(self, value):
        """Return where a value is loaded from, or None if it is computed."""
        layout, make = self.layout, self.make
        node = make.nodes[value]
        if node.op == 'constant':
            return None
        if value in layout.kept:
            place = layout.kept[value]
            return Reference(self.parameter('buffer', place.buffer), 'row',
                             place.start)
        start, inner = 0, value
        if node.op == 'slice':
            start, inner = node.data, node.arguments[0]
        inner_node = make.nodes[inner]
        if inner_node.op == 'product':
            product, _ = layout.product_of(inner)
            return Reference(self.parameter('buffer', sums_name(product)),
                             'row', start)
        if inner_node.op != 'argument':
            return None
        return self._argument_reference(inner_node.data, start)

    def _argument_reference(self, name, start):
        if name in self._gradient_outputs:
            output = self._gradient_outputs[name]
            if output.state:
                return Reference(self.parameter('carried', output.state),
                                 'now + r', start)
            return Reference(self.parameter('gradient', output.name), 'at',
                             start)
        if name in self._rows_of_factors:
            product, position = self._rows_of_factors[name]
            number = self.layout.product_of(product)[0].number
            return Reference(self.parameter('row gradient', '{}_{}'.format(
                number + 1, position + 1)), 'r', start)
        kind = self.layout.kinds[name]
        if kind == 'state':
            place = self.layout.before[name]
            return Reference(self.parameter('buffer', place.buffer), 'row',
                             place.start + start)
        row = {'sequence': 'at', 'context': 'b', 'vector': None}[kind]
        return Reference(self.parameter('argument', name), row, start)

    def write(self):
        layout, line = self.layout, self.text.line
        live = [product for product in layout.products
                if product.value in self.gradients.products]
        for product in live:
            for part in self._multiplied_back(product):
                line(1, 'pack_transposed(products, {}, {})'.format(
                    self.parameter('argument', part.matrix),
                    self._panels(product, part)))
        line(1, 'end = offsets[len(counts)]')
        line(1, 'now = 0')
        line(1, 'for step in range(len(counts) - 1, -1, -1):')
        line(2, 'first = offsets[step]')
        line(2, 'count = counts[step]')
        if live:
            line(2, 'shift = len({}) - end'.format(self._d_sums(live[0])))
        line(2, 'now = step % 2 * len(rows)')
        line(2, 'turn = len(rows) - now')
        levels = self._targets()
        for level in range(max(levels, default=0) + 1):
            for product in live:
                self._write_products_into_rows(product, level)
            with self.each_row():
                if level == 0:
                    self._write_sums_of_copies(
                        3, 'at', 'copies[first + r]', 'now + r')
                self._write_sequence_rows(level, levels)
                self.rows.write(3, split_targets(
                    self.make, levels.get(level, [])), self.place)
        for product in live:
            self._write_products_into_states(product)
        if live:
            self._write_gradients_of_matrices(live)
        self._write_end()
        self.text.lines = without_unused(self.text.lines, (
            'now', 'turn', 'shift', 'end'))
        self.parameter('scratch', 'scratch')

    def _d_sums(self, product):
        return self.parameter('sums gradient', sums_name(product))

    def _panels(self, product, part):
        return self.parameter('panels', '{}_{}'.format(
            product.number + 1, part.position + 1))

    @staticmethod
    def _multiplied_back(product):
        """List the parts whose gradient needs a product."""
        return [part for part in product.parts if part.kind != 'one']

    def _targets(self):
        """Group computed values by level."""
        layout, make = self.layout, self.make
        levels = {}

        def add(value, *references, **options):
            levels.setdefault(self.level(value), []).append(
                Target(value, references, **options))

        for product in layout.products:
            value = self.gradients.products.get(product.value)
            if value is not None:
                add(value, Reference(self._d_sums(product),
                                     'row + shift'))
        gradients = self.gradients.arguments
        for argument in self.cell.arguments:
            value = gradients.get(argument.name)
            if argument.kind == 'state':
                if value is None:
                    value = make.spread(make.constant(0), argument.width)
                add(value, Reference(self.parameter(
                    'carried', argument.name), 'turn + r'))
            elif value is None:
                continue
            elif argument.kind == 'sequence':
                add(value, Reference(self.parameter(
                    'result', argument.name), self._sequence_row(
                        argument.name)))
            elif argument.kind == 'context':
                add(value, Reference(self.parameter(
                    'result', argument.name), 'b'), add=True)
            elif argument.kind == 'vector':
                add(value, Reference(self.parameter(
                    'result', argument.name), None), add=True)
        return levels

    def _sequence_row(self, name):
        return self.names('at', name)

    def _write_sequence_rows(self, level, levels):
        """Write the rows of gradients; unwanted ones all go to row 0."""
        for target in levels.get(level, []):
            for reference in target.references:
                for argument in self.cell.of_kind('sequence'):
                    if reference.row == self._sequence_row(argument.name):
                        self.text.line(3, '{} = at if {} else 0'.format(
                            reference.row,
                            self.parameter('wanted', argument.name)))

    def _write_sums_of_copies(self, depth, start, copies, row):
        """Write the sum of the gradients of all outputs that hold a state."""
        line = self.text.line
        for output in self.cell.outputs:
            if not output.state:
                continue
            gradient = self.parameter('gradient', output.name)
            carried = self.parameter('carried', output.state)
            line(depth, 'if len({}):'.format(gradient))
            line(depth + 1, 'for copy in range({}):'.format(copies))
            self.copy(depth + 2, ('state', output.state),
                      self.make.width(output.value),
                      '{}[{}, k] +='.format(carried, row),
                      '{}[{} + copy * stride, k]'.format(gradient, start))

    def _write_products_into_rows(self, product, level):
        """Write the products that yield gradients of computed rows."""
        for part in product.parts:
            key = product.value, part.position
            gradient = self.gradients.factors.get(key)
            if gradient is None or self.level(gradient) != level:
                continue
            name = self.parameter('row gradient', '{}_{}'.format(
                product.number + 1, part.position + 1))
            line = self.text.line
            line(2, 'for r in range(count):')
            self.copy(3, ('row', product.number, part.position), part.width,
                      '{}[r, k] ='.format(name), self.text.constant(0.))
            self._write_product_back(product, part, name, '0')

    def _write_products_into_states(self, product):
        for part in product.parts:
            if part.kind == 'state':
                self._write_product_back(
                    product, part, self.parameter(
                        'carried', self.make.nodes[part.row].data), 'turn')

    def _write_product_back(self, product, part, out, begin):
        self.text.line(
            2, 'multiply_add(products, {}, first + shift, count, {}, {}, {}, '
            'scratch)'.format(self._d_sums(product),
                              self._panels(product, part), out, begin))

    def _write_gradients_of_matrices(self, live):
        """Write the accumulation of the gradients of weights over blocks."""
        line = self.text.line
        line(2, 'if step == 0 or end - offsets[step - 1] > {}:'.format(BLOCK))
        line(3, 'for begin in range(first, end, {}):'.format(BLOCK))
        line(4, 'amount = min({}, end - begin)'.format(BLOCK))
        for product in live:
            function, operand = (
                ('multiply_add_rounded_transposed', rounded_name(product))
                if rounded_name(product) in self.layout.tape else
                ('multiply_add_transposed', operand_name(product)))
            line(4, '{}(products, {}, begin, amount, {}, '
                 'begin + shift, {}, scratch)'.format(
                     function, self.parameter('buffer', operand),
                     self._d_sums(product),
                     self.parameter('matrix result',
                                    str(product.number + 1))))
            for part in product.parts:
                if part.kind == 'sequence':
                    self._write_gradient_of_sequence(product, part)
        line(3, 'end = first')

    def _write_gradient_of_sequence(self, product, part):
        line = self.text.line
        name = self.make.nodes[part.row].data
        gradient = self.parameter('result', name)
        block = self.parameter('block', name)
        line(4, 'if {}:'.format(self.parameter('wanted', name)))
        line(5, 'for r in range(amount):')
        line(6, 'at = places[begin + r]')
        self.copy(6, ('sequence', name), part.width,
                  '{}[r, k] ='.format(block),
                  '{}[at, k]'.format(gradient))
        line(5, 'multiply_add(products, {}, begin + shift, amount, {}, {}, 0, '
             'scratch)'.format(self._d_sums(product),
                               self._panels(product, part), block))
        line(5, 'for r in range(amount):')
        line(6, 'at = places[begin + r]')
        self.copy(6, ('sequence', name), part.width,
                  '{}[at, k] ='.format(gradient),
                  '{}[r, k]'.format(block))

    def _write_end(self):
        """Write the gradients of the initial states.

        After the first step, they are in the other half of the carried
        gradients.

        """
        line = self.text.line
        line(1, 'turn = len(rows)')
        line(1, 'for r in range(len(rows)):')
        self._write_sums_of_copies(2, 'starts[r]', 'leads[r]', 'turn + r')
        line(2, 'b = rows[r]')
        for state in self.cell.of_kind('state'):
            self.copy(2, ('state', state.name), state.width,
                      '{}[b, k] ='.format(self.parameter(
                          'initial result', state.name)),
                      '{}[turn + r, k]'.format(self.parameter(
                          'carried', state.name)))
