"""Writing a network as an ONNX model."""
from collections.abc import Mapping

import numpy
import theano
from theano import tensor
from theano.gof.graph import io_toposort

from blocks_rnn_bricks.export import arrays, indexing, recurrent, scans, shapes  # noqa: F401 (they register)
from blocks_rnn_bricks.export.checking import check_model
from blocks_rnn_bricks.export.dimensions import Dimensions
from blocks_rnn_bricks.export.nodes import (
    OPSET,
    OnnxGraph,
    require,
    tensor_type,
)
from blocks_rnn_bricks.export.refusal import check_inference
from blocks_rnn_bricks.export.translation import Translation
from blocks_rnn_bricks.settings import check_choice, check_flag


def to_onnx(path, inputs, outputs, check=True, dtype=None, masks='prefix',
            examples=None):
    """Write a network as an ONNX model.

    Batch and time stay symbolic. Parameters become initializers named by the
    path of their brick, such as '/mlp/linear_0.W'.

    Parameters
    ----------
    path : str or path-like or None
        The file to write; None writes no file.
    inputs : list of variables, or dict
        The inputs of the model, named by the variables or by the keys of the
        dictionary.
    outputs : variable, list of variables, or dict
        The outputs, named likewise.
    check : bool, optional
        Whether to run the model in onnxruntime on random data of several
        shapes and compare it with the Theano function. Floating-point
        numbers must agree to 1e-5 of the largest one of an output.
    dtype : {None, 'float32', 'float64'}, optional
        The dtype of floating-point numbers; unchanged by default. Runtimes
        implement LSTM, GRU and RNN only in float32, so in float64 these
        become loops.
    masks : {'prefix', 'any'}, optional
        'prefix': each column of a mask is ones followed by zeros. Recurrent
        layers become LSTM, GRU and RNN, and running the model with any other
        mask raises an error. 'any': masks may have holes and values between
        0 and 1; masked layers become loops (Scan).
    examples : list of arrays, or dict, optional
        Data to check the model with instead of random data.

    Returns
    -------
    ``onnx.ModelProto``

    Raises
    ------
    ImportError
        If onnx or, for the check, onnxruntime is missing.
    ValueError
        If the graph contains an operation that cannot be exported; the
        message names the brick, the operation and the remedy. If a name is
        missing or used twice. If the model does not agree with the function.

    Examples
    --------
    >>> from blocks.bricks import MLP, Softmax, Tanh
    >>> from blocks.initialization import Constant, IsotropicGaussian
    >>> from theano import tensor
    >>> from blocks_rnn_bricks.export import to_onnx
    >>> mlp = MLP([Tanh(), Softmax()], [2, 3, 4], biases_init=Constant(0),
    ...           weights_init=IsotropicGaussian())
    >>> mlp.initialize()
    >>> x = tensor.matrix('x')
    >>> model = to_onnx(None, [x], {'probabilities': mlp.apply(x)})
    >>> [node.op_type for node in model.graph.node]
    ['MatMul', 'Add', 'Tanh', 'MatMul', 'Add', 'Softmax', 'Identity']
    >>> sorted(one.name for one in model.graph.initializer)[:2]
    ['/mlp/linear_0.W', '/mlp/linear_0.b']

    """
    onnx = require('onnx')
    check_choice('to_onnx', 'masks', masks, ('prefix', 'any'))
    if dtype is not None:
        check_choice('to_onnx', 'dtype', dtype, ('float32', 'float64'))
    if check_flag('to_onnx', 'check', check):
        require('onnxruntime')
    inputs = _named('inputs', inputs)
    outputs = _named('outputs', outputs)
    _check_distinct(inputs, outputs)
    check_inference(list(outputs.values()))
    graph = OnnxGraph()
    for name in list(inputs) + list(outputs):
        graph.unused(name)
    translation = Translation(
        graph, {variable: name for name, variable in inputs.items()},
        list(outputs.values()), dtype, masks)
    made = translation.run()
    nodes = io_toposort(list(inputs.values()), list(outputs.values()))
    dimensions = Dimensions(nodes)
    model = _model(onnx, translation, dimensions, inputs, outputs, made)
    if check:
        check_model(model, list(inputs.values()), list(outputs.values()),
                    dimensions, nodes, dtype, masks == 'any',
                    _examples(inputs, examples))
    if path is not None:
        onnx.save_model(model, str(path))
    return model


def _named(kind, variables):
    """Return variables by name."""
    if isinstance(variables, theano.Variable):
        variables = [variables]
    if isinstance(variables, Mapping):
        named = dict(variables)
    else:
        named = {}
        for variable in variables:
            name = getattr(variable, 'name', None)
            if not name:
                raise ValueError(
                    'to_onnx: {} must have names, but {!r} has no name; pass '
                    'a dictionary, {{name: variable}}'.format(kind, variable))
            if name in named:
                raise ValueError(
                    'to_onnx: two {} are called {!r}; give a dictionary, '
                    '{{name: variable}}'.format(kind, name))
            named[name] = variable
    for name, variable in named.items():
        if not isinstance(variable, tensor.TensorVariable):
            raise TypeError('to_onnx: {} must be tensors, got {!r} for {!r}'
                            .format(kind, variable, name))
    return named


def _check_distinct(inputs, outputs):
    if not outputs:
        raise ValueError('to_onnx: outputs is empty; give the variables that '
                         'the model is to return')
    for name in inputs:
        if name in outputs:
            raise ValueError(
                'to_onnx: an input and an output are called {!r}; give '
                'another name in a dictionary, {{name: variable}}'.format(
                    name))
    if len(set(inputs.values())) < len(inputs):
        raise ValueError('to_onnx: a variable is given as two inputs; pass '
                         'each variable only once')


def _examples(inputs, examples):
    """Return example data in the order of the inputs."""
    if examples is None:
        return None
    if isinstance(examples, Mapping):
        missing = set(inputs).symmetric_difference(examples)
        if missing:
            raise ValueError('to_onnx: examples must have an array for each '
                             'input, {}; {} is missing or unknown'.format(
                                 ', '.join(inputs), sorted(missing)[0]))
        return [examples[name] for name in inputs]
    if len(examples) != len(inputs):
        raise ValueError('to_onnx: examples must have an array for each '
                         'input, {}, got {}'.format(', '.join(inputs),
                                                    len(examples)))
    return list(examples)


def _model(onnx, translation, dimensions, inputs, outputs, made):
    """Put the graph together."""
    helper, graph = onnx.helper, translation.graph
    for name, value in zip(outputs, made):
        graph.nodes.append(helper.make_node(
            'Identity', [value], [name], name=graph.unused('output ' + name)))
    needed = graph.needed(outputs)

    def info(name, variable, lengths):
        return helper.make_tensor_value_info(
            name, tensor_type(translation.dtype(variable)), lengths)

    names = {}
    taken = set()
    for name, variable in inputs.items():
        for axis, length in enumerate(dimensions.of(variable)):
            if not _is_number(length) and length not in names:
                label = dimensions.label(length)
                names[length] = (label if label and label not in taken else
                                 '{}_{}'.format(name, axis))
                taken.add(names[length])

    def lengths(variable):
        return [int(length) if _is_number(length) else names.get(length)
                for length in dimensions.of(variable)]

    onnx_graph = helper.make_graph(
        graph.nodes, 'network',
        [info(name, variable, lengths(variable))
         for name, variable in inputs.items()],
        [info(name, variable, lengths(variable))
         for name, variable in outputs.items()],
        [onnx.numpy_helper.from_array(array, name)
         for name, array in graph.initializers.items() if name in needed])
    return helper.make_model(
        onnx_graph, producer_name='blocks-rnn-bricks', ir_version=8,
        opset_imports=[helper.make_opsetid('', OPSET)])


def _is_number(length):
    return isinstance(length, (int, numpy.integer))
