"""Comparing a model in onnxruntime with the original function."""
import numpy
import theano
from theano.tensor.subtensor import get_idx_list

from blocks_rnn_bricks.export.nodes import require
from blocks_rnn_bricks.export.translation import as_integer, constant_of
from rnn_kernels.ops import Iterate

#: Largest error allowed, relative to the largest number of an output: in a
#: graph with any float32, and in one without.
TOLERANCE, DOUBLE_TOLERANCE = 1e-5, 1e-10

#: Numbers of time steps and sequences, and other lengths, to try.
_TRIALS = ((7, 3, 5), (1, 1, 1), (4, 2, 3))

_WHO = 'to_onnx: '


def check_model(model, inputs, outputs, dimensions, nodes, floats=None,
                holes=False, examples=None, seed=1):
    """Compare a model with the Theano function on random data.

    Parameters
    ----------
    model : ``onnx.ModelProto``
    inputs, outputs : list of variables
    dimensions : :class:`~.dimensions.Dimensions`
    nodes : list of nodes
        Of the graph.
    floats : str, optional
        The dtype of floating-point numbers in the model.
    holes : bool, optional
        Whether masks may have zeros anywhere.
    examples : list of arrays, optional
        Data to use instead of random data.
    seed : int, optional
        The seed of the random data.

    Raises
    ------
    ValueError
        If the model does not run, or its numbers differ.

    """
    require('onnx').checker.check_model(model, full_check=True)
    runtime = require('onnxruntime')
    options = runtime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        session = runtime.InferenceSession(
            model.SerializeToString(), options,
            providers=['CPUExecutionProvider'])
    except Exception as error:  # onnxruntime has a class for each code
        raise ValueError(
            "{}onnxruntime does not load the model; {}it said: {}".format(
                _WHO, "float64 is the usual cause, give dtype='float32'; "
                if 'float64' in {variable.dtype for node in nodes
                                 for variable in node.outputs} and
                floats is None else '', error)) from error
    function = theano.function(list(inputs), list(outputs),
                               on_unused_input='ignore')
    single = floats == 'float32' or any(
        variable.dtype == 'float32' for node in nodes
        for variable in node.inputs + node.outputs
        if hasattr(variable, 'dtype'))
    bound = TOLERANCE if single else DOUBLE_TOLERANCE
    draw = _Draw(inputs, dimensions, nodes, holes,
                 numpy.random.RandomState(seed))
    if examples is not None:
        trials = [[examples]]
    else:
        # An axis of unknown length is often time.
        trials = [[draw(time, batch, other), draw(time, batch, time)]
                  for time, batch, other in _TRIALS]
    for candidates in trials:
        arrays, expected = _first_taken(function, inputs, candidates)
        _compare(session, expected, model, inputs, arrays, floats, bound)


def _first_taken(function, inputs, candidates):
    """Return the first data that a function accepts, and its results."""
    for arrays in candidates:
        try:
            return arrays, function(*[
                numpy.asarray(array, dtype=variable.dtype)
                for variable, array in zip(inputs, arrays)])
        except Exception as refusal:  # any operation may raise its own
            error = refusal
    raise ValueError(
        '{}the Theano function itself raises an error on data of the shapes '
        '{}; pass data that it accepts as examples=[...], or check=False; '
        'the error was: {}'
        .format(_WHO, _shapes(inputs, arrays), error)) from error


def _shapes(inputs, arrays):
    """Format the names and shapes of inputs."""
    return ', '.join('{} {}'.format(variable.name, numpy.shape(array))
                     for variable, array in zip(inputs, arrays))


def _compare(session, expected, model, inputs, arrays, floats, bound):
    """Raise ValueError unless onnxruntime returns the expected arrays."""
    shapes = _shapes(inputs, arrays)
    feed = {}
    for variable, value, array in zip(inputs, model.graph.input, arrays):
        dtype = variable.dtype
        if floats is not None and dtype.startswith('float'):
            dtype = floats
        feed[value.name] = numpy.asarray(array, dtype=dtype)
    read = {one.name for one in session.get_inputs()}
    try:
        got = session.run(None, {name: array for name, array in feed.items()
                                 if name in read})
    except Exception as error:
        raise ValueError('{}onnxruntime cannot run the model on data of the '
                         'shapes {}: {}'.format(_WHO, shapes,
                                                error)) from error
    for value, ours, theirs in zip(model.graph.output, expected, got):
        _check_equal(value.name, numpy.asarray(ours), theirs, shapes,
                     bound)


def _check_equal(name, ours, theirs, shapes, bound):
    """Raise ValueError unless two arrays are equal up to rounding."""
    if ours.shape != theirs.shape:
        raise ValueError(
            '{}output {!r} has the shape {} in onnxruntime and {} in Theano, '
            'on data of the shapes {}'.format(_WHO, name, theirs.shape,
                                              ours.shape, shapes))
    if theirs.dtype.kind != 'f':
        off = float((ours != theirs).mean()) if ours.size else 0.
        bound = 0.
    else:
        finite = numpy.isfinite(ours)
        scale = abs(ours[finite]).max(initial=0) or 1.
        with numpy.errstate(invalid='ignore'):
            same = (ours == theirs) | (numpy.isnan(ours) &
                                       numpy.isnan(theirs))
            differences = numpy.where(same, 0, abs(ours - theirs)) / scale
        off = float(differences.max(initial=0))
    if not off <= bound:
        raise ValueError(
            '{}output {!r} of onnxruntime is off by {:.2g} of its largest '
            'number where {:.0e} is allowed, on data of the shapes {}; '
            'please report this network'.format(_WHO, name, off, bound,
                                                shapes))


class _Draw:
    """Draws arrays for the inputs of a graph."""

    def __init__(self, inputs, dimensions, nodes, holes, random):
        self.inputs = inputs
        self.dimensions = dimensions
        self.holes = holes
        self.random = random
        masks, bounds = _uses(nodes)
        self.masks = [variable in masks for variable in inputs]
        self.bounds = [min(bounds.get(variable, [2])) for variable in inputs]

    def __call__(self, time, batch, other):
        lengths = {'time': time, 'batch': batch, None: other}
        arrays = []
        for variable, is_mask, bound in zip(self.inputs, self.masks,
                                            self.bounds):
            shape = [size if isinstance(size, (int, numpy.integer)) else
                     lengths[self.dimensions.label(size)]
                     for size in self.dimensions.of(variable)]
            if is_mask:
                arrays.append(self._mask(*shape))
            elif variable.dtype.startswith('float'):
                arrays.append(self.random.normal(size=shape))
            elif variable.dtype == 'bool':
                arrays.append(self.random.rand(*shape) < .5)
            else:
                arrays.append(self.random.randint(bound, size=shape))
        return [numpy.asarray(array, dtype='float32')
                if numpy.asarray(array).dtype.kind == 'f' else array
                for array in arrays]

    def _mask(self, time, batch):
        if self.holes:
            return (self.random.rand(time, batch) < .7).astype('float32')
        ends = self.random.randint(0, time + 1, size=batch)
        ends[0] = time
        return (numpy.arange(time)[:, None] < ends).astype('float32')


#: Operations that return their input, for the purposes of this module.
_PASSED = ('DimShuffle', 'Reshape', 'CheckShapes', 'CheckState', 'ViewOp',
           'ReverseTime', 'Subtensor', 'Rebroadcast', 'SpecifyShape')


def _uses(nodes):
    """Find the variables that are masks, and those that are indices.

    Returns
    -------
    masks : set of variables
    bounds : dict
        By index variable, the numbers of rows of the tables it indexes.

    """
    masks, bounds = set(), {}
    for node in reversed(nodes):
        kind = type(node.op).__name__
        if isinstance(node.op, Iterate):
            for recurrence, given in zip(node.op.recurrences,
                                         node.op.split(node.inputs)):
                masks.add(given.get(recurrence.mask))
                masks.add(given.get('mask'))
        if kind == 'CheckShapes':
            masks.update(node.inputs[1:])
        if kind in ('AdvancedSubtensor', 'AdvancedSubtensor1'):
            table = node.inputs[0]
            data = (table.get_value(borrow=True)
                    if hasattr(table, 'get_value') else constant_of(table))
            indices = node.inputs[1:]
            if hasattr(node.op, 'idx_list'):
                indices = get_idx_list(node.inputs, node.op.idx_list)
            if data is not None:
                for axis, index in enumerate(indices):
                    if hasattr(index, 'ndim'):
                        bounds.setdefault(index, []).append(
                            data.shape[axis])
        passed = kind in _PASSED or (
            kind == 'Elemwise' and type(node.op.scalar_op).__name__ in (
                'Identity', 'Cast'))
        if passed and as_integer(node.inputs[0]) is None:
            source = node.inputs[0]
            if node.outputs[0] in masks:
                masks.add(source)
            bounds.setdefault(source, []).extend(
                bounds.get(node.outputs[0], []))
    return masks, {variable: found for variable, found in bounds.items()
                   if found}
