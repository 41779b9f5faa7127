"""Errors that name the brick of a graph that cannot be exported."""
from blocks.filter import get_application_call, get_brick
from blocks.graph import ComputationGraph
from blocks.roles import has_roles
from theano.gof.graph import inputs, io_toposort

try:
    from blocks.roles import BATCH_NORM_MINIBATCH_ESTIMATE as _ESTIMATE
except ImportError:  # a Blocks without batch normalization
    _ESTIMATE = None

#: Why a random draw is refused, and the remedy.
RANDOM = ('draws random numbers',
          'build the graph without train=True, dropout or noise')

_RANDOM_NAMES = ('random', 'mrg', 'multinomial')


def check_inference(outputs):
    """Raise ValueError unless a graph is an inference graph.

    Parameters
    ----------
    outputs : list of variables

    """
    for node in io_toposort([], outputs):
        if is_random(node) or any(map(is_random, _inside(node))):
            refuse(node, outputs, *RANDOM)
        for variable in node.outputs:
            if _ESTIMATE is not None and has_roles(variable, [_ESTIMATE]):
                refuse(node, outputs,
                       'normalizes by the statistics of the batch',
                       'build the graph outside of batch_normalization(...),'
                       ' so that it has those of the population')
    updates = list(ComputationGraph(outputs).updates) + [
        variable for variable in inputs(outputs)
        if getattr(variable, 'default_update', None) is not None]
    if updates:
        raise ValueError(
            'to_onnx: the graph updates {}, and an ONNX model keeps nothing '
            'from one run to the next; make what changes an input and an '
            'output'.format(', '.join(sorted(
                {repr(variable.name or str(variable))
                 for variable in updates}))))


def _inside(node):
    """List the nodes of a step, if a node is a scan."""
    if operation_of(node) != 'Scan':
        return []
    return io_toposort([], list(node.op.outputs))


def is_random(node):
    """Return whether a node draws random numbers."""
    return any(word in type(node.op).__name__.lower()
               for word in _RANDOM_NAMES) or any(
        type(variable.type).__name__.startswith('Random')
        for variable in node.inputs)


def refuse(node, outputs, why, remedy):
    """Raise ValueError about a node, with the name of its brick.

    Parameters
    ----------
    node : node
    outputs : list of variables
        The outputs of the whole graph.
    why, remedy : str

    """
    raise ValueError('to_onnx: {} {}; {}'.format(
        where(node, outputs), why, remedy))


def where(node, outputs):
    """Name the application that contains a node, and its operation."""
    readers = {}
    for other in io_toposort([], outputs):
        for variable in other.inputs:
            readers.setdefault(variable, []).append(other)
    brick, application = nearest_call(
        node.outputs, lambda variable: readers.get(variable, []))
    operation = operation_of(node)
    if brick is None:
        return operation
    return '{} ({}){}: {}'.format(
        path_of(brick), type(brick).__name__,
        application and '.' + application, operation)


def operation_of(node):
    """Name the operation of a node; '' for None."""
    if node is None:
        return ''
    return type(getattr(node.op, 'scalar_op', None) or node.op).__name__


def path_of(brick):
    """Return the path of a brick among its parents, '/mlp/linear_0'."""
    names = []
    while brick is not None:
        names.insert(0, brick.name)
        brick = brick.parents[0] if brick.parents else None
    return ''.join('/' + name for name in names)


def parameter_name(variable):
    """Name a shared variable by the path of its brick."""
    brick = get_brick(variable)
    name = variable.name or 'shared'
    return name if brick is None else '{}.{}'.format(path_of(brick), name)


def nearest_call(variables, readers):
    """Find the application that contains variables.

    Parameters
    ----------
    variables : list of variables
    readers : callable
        Returns the nodes that read a variable; None entries are ignored.

    Returns
    -------
    brick, application : brick and str, or None twice
        The application is '' if only the brick is known.

    """
    seen, waiting = set(), list(variables)
    while waiting:
        variable = waiting.pop(0)
        if variable in seen:
            continue
        seen.add(variable)
        call = get_application_call(variable)
        if call is not None:
            return call.application.brick, call.application.application_name
        brick = get_brick(variable)
        if brick is not None:
            return brick, ''
        for reader in readers(variable):
            if reader is not None:
                waiting.extend(reader.outputs)
    return None, None
