"""Absorption of projections of sequences into the kernels that read them.

A script for Blocks applies a ``Linear`` to a sequence and a recurrent brick to
the result. A kernel can compute this product itself, for valid steps only and
while the rows are in the cache. Whether this is allowed is known only when the
graph is complete: until then, the product may be replaced, for example by a
noisy one.

"""
from theano import tensor
from theano.gof.graph import io_toposort, is_same_graph
from theano.tensor.elemwise import DimShuffle, Elemwise

from .cell import Cells, compact, expressions_of
from .expressions import unused_name
from .ops import Iterate
from .tracing import Argument, known_shape


def absorb(variable):
    """Rebuild a graph with projections absorbed into its kernels.

    Parameters
    ----------
    variable : variable
        Its gradient must not have been taken yet, since a rebuilt kernel has a
        different tape.

    Returns
    -------
    variable
        A variable of the same value; the given one, if there was nothing to
        do. Nodes that do not depend on a rebuilt kernel are kept.

    """
    made = {}
    for node in io_toposort([], [variable]):
        inputs = [made.get(inside, inside) for inside in node.inputs]
        if any(new is not old for new, old in zip(inputs, node.inputs)):
            outputs = node.clone_with_new_inputs(inputs).outputs
        else:
            outputs = node.outputs
        if isinstance(node.op, Iterate):
            outputs = absorbed(outputs[0].owner) or outputs
        if outputs is not node.outputs:
            made.update(zip(node.outputs, outputs))
    return made.get(variable, variable)


def absorbed(node):
    """Return the outputs of a kernel that computes projections itself.

    Parameters
    ----------
    node : node
        One of :class:`~rnn_kernels.ops.Iterate`.

    Returns
    -------
    list of variables or None
        None if there is nothing to absorb.

    """
    inputs, recurrences = [], []
    given = iter(node.inputs)
    for recurrence in node.op.recurrences:
        mine = [next(given) for _ in recurrence.arguments]
        recurrence, mine = _absorb_into(recurrence, mine)
        recurrences.append(recurrence)
        inputs += mine
    if tuple(recurrences) == node.op.recurrences:
        return None
    return Iterate(tuple(recurrences), node.op.threads)(
        *inputs, return_list=True)


def _absorb_into(recurrence, inputs):
    """Absorb all possible projections into one recurrence."""
    arguments, variables, outside = [], [], []
    names = {argument.name for argument in recurrence.arguments}
    sources, moved = {}, {}
    for argument, variable in zip(recurrence.arguments, inputs):
        found = None
        if argument.kind == 'sequence' and argument.ndim == 2:
            found = _projection(variable, recurrence.dtype)
        if found is None or not _can_move(recurrence.cells, argument):
            arguments.append(argument)
            variables.append(variable)
            continue
        source, weights, bias = found
        rows, width = known_shape(weights)
        if source not in sources:
            sources[source] = Argument('sequence', argument.name, rows, 2)
            arguments.append(sources[source])
            variables.append(source)
        extra = [Argument('matrix', unused_name(
            weights.name or 'weights', names), width, 2, rows=rows)]
        outside.append(weights)
        if bias is not None:
            extra.append(Argument('vector', unused_name(
                bias.name or 'bias', names), width, 1, axis=0))
            outside.append(bias)
        moved[argument] = [sources[source]] + extra
    if not moved:
        return recurrence, inputs
    for parts in moved.values():
        arguments += parts[1:]
    cells = Cells(*(cell and _with_products(cell, arguments, moved)
                    for cell in recurrence.cells))
    return recurrence._replace(cells=cells), variables + outside


def _can_move(cells, argument):
    """Return whether a product may replace an argument of a cell.

    The addends of a product must be available before it: either the argument
    itself is added to exactly one product, which then becomes the sum of both,
    or no product adds it.

    """
    make = expressions_of(cells.general)
    value = make.argument(argument.name, argument.width)
    parts = {value}.union(
        number for number, node in enumerate(make.nodes)
        if node.op == 'slice' and node.arguments == (value,))
    readers = [number for number, node in enumerate(make.nodes)
               if node.op == 'product' and
               parts.intersection(make.addends(number))]
    others = [number for number, node in enumerate(make.nodes)
              if value in node.arguments and number not in readers]
    if not readers:
        return True
    return len(readers) == 1 and not others and (
        make.addends(readers[0]).count(value) == 1)


def _with_products(cell, arguments, moved):
    """Rebuild a cell with products in place of arguments."""
    make = expressions_of(cell)
    replacements = {}
    for argument, (source, weights, *bias) in moved.items():
        replacements[make.argument(argument.name, argument.width)] = (
            make.product(
                [(make.argument(source.name, source.width), weights.name)],
                [make.argument(vector.name, vector.width)
                 for vector in bias], weights.width))
    values = make.replace([output.value for output in cell.outputs],
                          replacements)
    return compact(make, arguments, [
        output._replace(value=value)
        for output, value in zip(cell.outputs, values)],
        cell.dtype, cell.mask)._replace(rounded=cell.rounded)


def _projection(variable, dtype):
    """Return the factors of a projected sequence, or None.

    Returns
    -------
    tuple or None
        The sequence, (T, B, F), the weights, (F, width), and the bias,
        (width,) or None, all of the given dtype and of known sizes.

    """
    product, bias = _plain(variable), None
    if _scalar_operation(product) == 'Add' and len(product.owner.inputs) == 2:
        for product_, other in (product.owner.inputs,
                                product.owner.inputs[::-1]):
            if isinstance(getattr(other.owner, 'op', None), DimShuffle) and (
                    tuple(other.owner.op.new_order) == ('x', 'x', 0)):
                product, bias = _plain(product_), other.owner.inputs[0]
                break
    source, weights = _factors(product)
    if weights is None or not known_shape(weights):
        return None
    found = [one for one in (source, weights, bias) if one is not None]
    if any(one.dtype != dtype for one in found):
        return None
    if bias is not None and known_shape(bias) != known_shape(weights)[1:]:
        return None
    return _plain(source), weights, bias


def _factors(product):
    """Return x and W if a variable is ``tensor.dot(x, W)``, else None twice.

    If x has three axes, the graph reshapes, multiplies and reshapes again.

    """
    owner = product.owner
    while owner is not None and type(owner.op).__name__ in (
            'Reshape', 'DimShuffle'):
        owner = owner.inputs[0].owner
    if type(getattr(owner, 'op', None)).__name__ != 'Dot':
        return None, None
    source, weights = (
        _below_reshape(factor, ndim)
        for factor, ndim in zip(owner.inputs, (3, 2)))
    if source is None or weights is None or not is_same_graph(
            product, tensor.dot(source, weights)):
        return None, None
    return source, weights


def _below_reshape(variable, ndim):
    """Return the variable before reshaping, or None if its rank is wrong."""
    if type(getattr(variable.owner, 'op', None)).__name__ == 'Reshape':
        variable = variable.owner.inputs[0]
    owner = variable.owner
    if isinstance(getattr(owner, 'op', None), DimShuffle) and (
            tuple(owner.op.new_order) == tuple(range(ndim))):
        variable = owner.inputs[0]
    return variable if variable.ndim == ndim else None


def _plain(variable):
    """Return the variable that a variable is a copy of."""
    while _scalar_operation(variable) == 'Identity':
        variable, = variable.owner.inputs
    return variable


def _scalar_operation(variable):
    op = getattr(variable.owner, 'op', None)
    return type(op.scalar_op).__name__ if isinstance(op, Elemwise) else None
