"""Generating the source of a cell's forward pass."""
from .layout import Place, operand_name, rounded_name, sums_name
from .passes import Pass, split_targets, without_unused
from .rows import Reference, Rows, Target, WidthClasses


class Forward(Pass):
    """Writes ``forward``, which fills the gradient's tape, or ``predict``.

    Parameters
    ----------
    layout : :class:`~rnn_kernels.layout.Layout`
    keep : bool
        Whether to write the tape.

    """

    title = 'forward pass'

    def __init__(self, layout, keep):
        super().__init__(layout)
        self.keep = keep
        self.name = 'forward' if keep else 'predict'
        make = layout.make
        pairs = [(output.value, make.argument(
            output.state, make.width(output.value)))
            for output in self.cell.outputs if output.state]
        self.rows = Rows(make, WidthClasses(make, pairs), self.text)
        self._stage = None

    def buffer_reference(self, place, following=False):
        """Return the reference to a place on the tape, now or next step."""
        name = self.parameter('buffer', place.buffer)
        on_tape = self.keep and place.buffer in self.layout.tape
        if following:
            return Reference(name, 'following + r' if on_tape else
                             'turn + r', place.start)
        return Reference(name, 'row' if on_tape else 'spare', place.start)

    def place(self, value):
        """Return the reference that loads a value; None if it is computed."""
        layout = self.layout
        node = layout.make.nodes[value]
        if node.op == 'constant':
            return None
        if value in layout.kept and layout.level(value) < self._stage:
            return self.buffer_reference(layout.kept[value])
        start, inner = 0, value
        if node.op == 'slice':
            start, inner = node.data, node.arguments[0]
        inner_node = layout.make.nodes[inner]
        if inner_node.op == 'product':
            product, start = layout.product_of(value)
            name = sums_name(product)
            return self.buffer_reference(Place(name, start))
        if inner_node.op != 'argument':
            return None
        return self.argument_reference(inner_node.data, start)

    def argument_reference(self, name, start):
        """Return the reference that loads an argument."""
        kind = self.layout.kinds[name]
        if kind == 'state':
            place = self.layout.before[name]
            return self.buffer_reference(
                place._replace(start=place.start + start))
        array = self.parameter('argument', name)
        row = {'sequence': 'at', 'context': 'b', 'vector': None}[kind]
        return Reference(array, row, start)

    def write(self):
        layout, line = self.layout, self.text.line
        for product in layout.products:
            panels = self.parameter('panels', str(product.number + 1))
            line(1, 'if len({}):'.format(panels))
            for part in product.parts:
                line(2, 'pack(products, {}, {}, {})'.format(
                    self._matrix(part), self._start(product, part), panels))
        self._write_begin()
        line(1, 'for step in range(len(counts)):')
        line(2, 'first = offsets[step]')
        line(2, 'count = counts[step]')
        line(2, 'running = counts[step + 1] if step + 1 < len(counts) else 0')
        if self.keep:
            line(2, 'following = offsets[step + 1]')
        line(2, 'now = step % 2 * len(rows)')
        line(2, 'turn = len(rows) - now')
        self._write_gathering()
        for level in sorted(layout.stages()):
            self._stage = level
            if level:
                self._write_products(level)
            self._write_stage(level)
        self.text.lines = without_unused(self.text.lines, (
            'following', 'now', 'turn'))
        self.parameter('scratch', 'scratch')

    def _start(self, product, part):
        """Return the start of a part of an operand."""
        return (self.text.size(('part', product.number, part.start),
                               part.start) if part.start else '0')

    def _matrix(self, part):
        name = self.parameter('argument', part.matrix)
        # vector[None] does not compile with numba 0.57 (Python 3.8).
        return ('numpy.expand_dims({}, 0)'.format(name)
                if part.kind == 'one' else name)

    def _write_begin(self):
        """Write the code that initializes the states, also in outputs."""
        line = self.text.line
        line(1, 'for r in range(len(rows)):')
        line(2, 'b = rows[r]')
        line(2, 'if len(counts) and r < counts[0]:')
        for state in self.cell.of_kind('state'):
            initial = self.parameter('initial', state.name)
            for reference in self._state_references(state.name, False):
                row = 'r'
                self.copy(3, ('state', state.name), state.width,
                          self.element(reference._replace(row=row)) + ' =',
                          '{}[b, k]'.format(initial))
        line(2, 'for copy in range(leads[r]):')
        line(3, 'at = starts[r] + copy * stride')
        for state in self.cell.of_kind('state'):
            output = self.parameter('output', self.cell.state_output(
                state.name).name)
            self.copy(3, ('state', state.name), state.width,
                      '{}[at, k] ='.format(output),
                      '{}[b, k]'.format(self.parameter(
                          'initial', state.name)))

    def _state_references(self, name, following):
        """Return all references to a state before a step."""
        layout = self.layout
        places = {layout.before[name]}
        for product in layout.products:
            for part in product.parts:
                if part.kind == 'state' and (
                        layout.make.nodes[part.row].data == name):
                    places.add(Place(operand_name(product), part.start))
        return [self.buffer_reference(place, following)
                for place in sorted(places)]

    def _write_gathering(self):
        """Write the code that loads given values into operands and sums."""
        self._stage = 0
        with self.each_row():
            for product in self.layout.products:
                for part in product.parts:
                    self._write_part(product, part)
                sums = self.element(self.buffer_reference(
                    Place(sums_name(product), 0)))
                terms = [self.element(self.place(addend))
                         for addend in product.addends]
                self.copy(3, ('product', product.number), product.width,
                          sums + ' =',
                          ' + '.join(terms) or self.text.constant(0.))

    def _write_part(self, product, part):
        """Write the code that copies a given part into an operand."""
        reference = self.buffer_reference(
            Place(operand_name(product), part.start))
        if part.kind == 'one':
            self.text.line(3, '{}[{}, {}] = {}'.format(
                reference.array, reference.row, self.text.single(
                    reference.array, part.start), self.text.constant(1.)))
        elif part.kind == 'sequence':
            name = self.layout.make.nodes[part.row].data
            self.copy(3, ('sequence', name), part.width,
                      self.element(reference) + ' =',
                      self.element(Reference(
                          self.parameter('argument', name), 'at')))

    def _write_products(self, level):
        for product in self.layout.products:
            if product.level == level:
                self._write_product(product)

    def _write_product(self, product):
        operand, sums = (self.buffer_reference(Place(name(product), 0))
                         for name in (operand_name, sums_name))
        line = self.text.line
        panels = self.parameter('panels', str(product.number + 1))
        function, left = 'multiply_add', operand
        if self.keep and rounded_name(product) in self.layout.tape:
            function = 'multiply_add_rounded'
            left = self.buffer_reference(Place(rounded_name(product), 0))
            line(2, 'round_rows(products, {}, {}, count, {}, {})'.format(
                operand.array, self._first(operand), left.array,
                self._first(left)))
        line(2, 'if len({}):'.format(panels))
        line(3, '{}(products, {}, {}, count, {}, {}, {}, scratch)'.format(
            function, left.array, self._first(left), panels, sums.array,
            self._first(sums)))
        line(2, 'else:')
        for part in product.parts:
            line(3, 'multiply_add_matrix(products, {}, {}, count, '
                 '{}, {}, {}, {}, scratch)'.format(
                     operand.array, self._first(operand),
                     self._start(product, part), self._matrix(part),
                     sums.array, self._first(sums)))

    @staticmethod
    def _first(reference):
        return {'row': 'first', 'spare': 'now'}[reference.row]

    def _write_stage(self, level):
        layout, cell = self.layout, self.cell
        now, last = [], []
        for value, place in layout.kept.items():
            if layout.level(value) == level and (
                    self.keep or value in self._needed_forward()):
                now.append(Target(value, (self.buffer_reference(place),)))
        for product in layout.products:
            for part in product.parts:
                if part.kind == 'computed' and (
                        layout.level(part.row) == level):
                    now.append(Target(part.row, (self.buffer_reference(
                        Place(operand_name(product), part.start)),)))
        for output in cell.outputs:
            if layout.level(output.value) != level:
                continue
            references = (Reference(self.parameter('output', output.name),
                                    'at'),)
            now.append(Target(output.value, references))
            if output.state:
                last.append(output)
        if not now:
            return
        with self.each_row():
            self.rows.write(3, split_targets(layout.make, now), self.place)
            if last:
                self._write_states(last)

    def _write_states(self, outputs):
        """Write the code that passes states to the next step and outputs."""
        line = self.text.line
        line(3, 'if r < running:')
        for output in outputs:
            for reference in self._state_references(output.state, True):
                self.copy(4, ('state', output.state),
                          self.layout.make.width(output.value),
                          self.element(reference) + ' =',
                          '{}[at, k]'.format(self.parameter(
                              'output', output.name)))
        line(3, 'for copy in range(1, copies[first + r]):')
        for output in outputs:
            name = self.parameter('output', output.name)
            self.copy(4, ('state', output.state),
                      self.layout.make.width(output.value),
                      '{}[at + copy * stride, k] ='.format(name),
                      '{}[at, k]'.format(name))

    def _needed_forward(self):
        """Return the values that a later stage of the forward pass loads."""
        layout = self.layout
        needed = set()
        for level, targets in layout.stages().items():
            stack, seen = list(targets), set()
            while stack:
                value = stack.pop()
                if value in seen:
                    continue
                seen.add(value)
                if value in layout.kept and layout.level(value) < level:
                    needed.add(value)
                elif layout.product_of(value) is None:
                    stack.extend(layout.make.nodes[value].arguments)
        return needed
