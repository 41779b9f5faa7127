"""Elementwise operations as ONNX operators.

The names are those of :data:`rnn_kernels.operations.OPERATIONS`, plus a few
more. Operations without a corresponding operator are composed of others.

"""
import numpy

#: Operators whose arguments and result have the same dtype.
_OPERATORS = {
    'add': 'Add', 'subtract': 'Sub', 'multiply': 'Mul', 'divide': 'Div',
    'power': 'Pow', 'maximum': 'Max', 'minimum': 'Min', 'negative': 'Neg',
    'sqrt': 'Sqrt', 'absolute': 'Abs', 'tanh': 'Tanh', 'sigmoid': 'Sigmoid',
    'exp': 'Exp', 'log': 'Log', 'softplus': 'Softplus', 'sin': 'Sin',
    'cos': 'Cos', 'tan': 'Tan', 'arcsin': 'Asin', 'arccos': 'Acos',
    'arctan': 'Atan', 'sinh': 'Sinh', 'cosh': 'Cosh', 'arcsinh': 'Asinh',
    'arccosh': 'Acosh', 'arctanh': 'Atanh', 'erf': 'Erf', 'sign': 'Sign',
    'floor': 'Floor', 'ceil': 'Ceil', 'round': 'Round', 'where': 'Where'}

#: Operators that take numbers and return a truth value.
_COMPARISONS = {
    'less': 'Less', 'less_equal': 'LessOrEqual', 'greater': 'Greater',
    'greater_equal': 'GreaterOrEqual', 'equal': 'Equal'}

#: Operators on truth values.
_LOGIC = {'and': 'And', 'or': 'Or', 'xor': 'Xor', 'not': 'Not'}

BOOLEAN = set(_COMPARISONS) | set(_LOGIC) | {'not_equal', 'isnan', 'isinf'}


def _square(graph, dtype, x):
    return graph.node('Mul', x, x)


def _clip(graph, dtype, x, low, high):
    return graph.node('Min', graph.node('Max', x, low), high)


def _expm1(graph, dtype, x):
    # exp(x) - 1 loses the digits of a small x; with t = tanh(x / 2) it is
    # 2 t / (1 - t), which does not.
    one, two = (graph.constant(number, dtype) for number in (1, 2))
    half = graph.node('Tanh', graph.node('Div', x, two))
    near = graph.node('Div', graph.node('Mul', two, half),
                      graph.node('Sub', one, half))
    return graph.node(
        'Where', graph.node('Less', graph.node('Abs', x), one), near,
        graph.node('Sub', graph.node('Exp', x), one))


def _log1p(graph, dtype, x):
    # log(u) x / (u - 1) with u = 1 + x as it was rounded: the errors of u
    # cancel (Kahan).
    one = graph.constant(1, dtype)
    rounded = graph.node('Add', x, one)
    rest = graph.node('Sub', rounded, one)
    exact = graph.node('Or', graph.node('Equal', rounded, one),
                       graph.node('IsInf', rounded))
    divisor = graph.node('Where', exact, one, rest)
    ratio = graph.node('Div', x, divisor)
    return graph.node('Where', exact, x, graph.node(
        'Mul', graph.node('Log', rounded), ratio))


def _logarithm(base):
    def compose(graph, dtype, x):
        return graph.node('Div', graph.node('Log', x), graph.constant(
            numpy.log(base), dtype))
    return compose


def _power_of_two(graph, dtype, x):
    return graph.node('Pow', graph.constant(2, dtype), x)


def _reciprocal(graph, dtype, x):
    return graph.node('Div', graph.constant(1, dtype), x)


def _remainder(graph, dtype, x, y):
    if numpy.dtype(dtype).kind != 'f':
        return graph.node('Mod', x, y)
    return graph.node('Sub', x, graph.node(
        'Mul', y, _floor_divide(graph, dtype, x, y)))


def _floor_divide(graph, dtype, x, y):
    if numpy.dtype(dtype).kind == 'f':
        return graph.node('Floor', graph.node('Div', x, y))
    return graph.node('Div', graph.node(
        'Sub', x, graph.node('Mod', x, y)), y)


def _truncate(graph, dtype, x):
    return graph.node('Mul', graph.node('Sign', x),
                      graph.node('Floor', graph.node('Abs', x)))


def _round_away(graph, dtype, x):
    return graph.node('Mul', graph.node('Sign', x), graph.node(
        'Floor', graph.node('Add', graph.node('Abs', x),
                            graph.constant(.5, dtype))))


_COMPOSED = {
    'square': _square, 'clip': _clip, 'expm1': _expm1, 'log1p': _log1p,
    'log2': _logarithm(2), 'log10': _logarithm(10), 'exp2': _power_of_two,
    'reciprocal': _reciprocal, 'remainder': _remainder,
    'floor_divide': _floor_divide, 'truncate': _truncate,
    'round_away': _round_away}


def elementwise(graph, operation, dtype, *arguments):
    """Add the nodes of an operation.

    Parameters
    ----------
    graph : :class:`~blocks_rnn_bricks.export.nodes.OnnxGraph`
    operation : str
    dtype : str
        The dtype of numeric arguments; those of 'and', 'or', 'xor' and
        'not' and the first argument of 'where' are booleans.
    *arguments : str
        Names of values; any number of them for 'add' and 'multiply'.

    Returns
    -------
    str
        The name of the result, a boolean for the operations in `BOOLEAN`,
        otherwise of the given dtype.

    Raises
    ------
    KeyError
        If there is no such operation.

    """
    if operation == 'not_equal':
        return graph.node('Not', graph.node('Equal', *arguments))
    if operation == 'number':
        return graph.cast(arguments[0], dtype)
    if operation in ('isnan', 'isinf'):
        return graph.node({'isnan': 'IsNaN', 'isinf': 'IsInf'}[operation],
                          *arguments)
    if operation in _COMPOSED:
        return _COMPOSED[operation](graph, dtype, *arguments)
    operator = (_COMPARISONS.get(operation) or _LOGIC.get(operation) or
                _OPERATORS[operation])
    if operation in ('add', 'multiply', 'and', 'or', 'xor'):
        total = arguments[0]
        for argument in arguments[1:]:
            total = graph.node(operator, total, argument)
        return total
    return graph.node(operator, *arguments)


#: Operations by the names of Theano's scalar operations.
OF_SCALARS = {
    'Add': 'add', 'Mul': 'multiply', 'Sub': 'subtract', 'TrueDiv': 'divide',
    'IntDiv': 'floor_divide', 'Mod': 'remainder', 'Pow': 'power',
    'Maximum': 'maximum', 'ScalarMaximum': 'maximum', 'Minimum': 'minimum',
    'ScalarMinimum': 'minimum', 'Switch': 'where', 'Clip': 'clip',
    'Neg': 'negative', 'Sqr': 'square', 'Sqrt': 'sqrt', 'Abs': 'absolute',
    'Tanh': 'tanh', 'Sigmoid': 'sigmoid', 'ScalarSigmoid': 'sigmoid',
    'Exp': 'exp', 'Exp2': 'exp2', 'Expm1': 'expm1', 'Log': 'log',
    'Log2': 'log2', 'Log10': 'log10', 'Log1p': 'log1p',
    'Softplus': 'softplus', 'ScalarSoftplus': 'softplus', 'Sin': 'sin',
    'Cos': 'cos', 'Tan': 'tan', 'ArcSin': 'arcsin', 'ArcCos': 'arccos',
    'ArcTan': 'arctan', 'Sinh': 'sinh', 'Cosh': 'cosh',
    'ArcSinh': 'arcsinh', 'ArcCosh': 'arccosh', 'ArcTanh': 'arctanh',
    'Erf': 'erf', 'Sgn': 'sign', 'Sign': 'sign', 'Floor': 'floor',
    'Ceil': 'ceil', 'Trunc': 'truncate', 'RoundHalfToEven': 'round',
    'RoundHalfAwayFromZero': 'round_away', 'Inv': 'reciprocal',
    'Reciprocal': 'reciprocal', 'LT': 'less', 'LE': 'less_equal',
    'GT': 'greater', 'GE': 'greater_equal', 'EQ': 'equal',
    'NEQ': 'not_equal', 'IsNan': 'isnan', 'IsInf': 'isinf', 'AND': 'and',
    'OR': 'or', 'XOR': 'xor', 'Invert': 'not'}
