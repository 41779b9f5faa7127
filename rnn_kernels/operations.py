"""The elementwise operations of a step: their code and gradients.

An operation has a name, a template of Python code, and a function that
computes the gradients with respect to its arguments from the gradient with
respect to its result. The gradients are expressions, too; see
:class:`~rnn_kernels.expressions.Expressions`.

"""
import math
import operator
from typing import Any, Callable, NamedTuple, Optional


class Operation(NamedTuple):
    """An elementwise operation.

    Attributes
    ----------
    code : str
        Python code with a placeholder for each argument.
    gradients : callable or None
        ``gradients(make, result, arguments, gradient)`` returns an expression
        for each argument, or None if the gradient is zero. `make` is their
        :class:`~rnn_kernels.expressions.Expressions`. None for an operation
        whose result is constant almost everywhere.
    evaluate : callable
        Computes the result from numbers, for constant folding.
    costly : bool
        Whether recomputing the result costs more than loading it.
    boolean : bool
        Whether the result is Boolean.
    takes_booleans : bool
        Whether arguments may be Boolean.

    """

    code: str
    gradients: Optional[Callable]
    evaluate: Any
    costly: bool = False
    boolean: bool = False
    takes_booleans: bool = False


def _divide_gradients(make, result, arguments, gradient):
    quotient = make('divide', gradient, arguments[1])
    return [quotient, make('negative', make('multiply', quotient, result))]


def _extremum_gradients(make, result, arguments, gradient):
    # If both are equal, the first gets the gradient.
    return [make('multiply', gradient, make(op, result, arguments[0]))
            for op in ('equal', 'not_equal')]


def _power_gradients(make, result, arguments, gradient):
    base, exponent = arguments
    lower = make('power', base, make('subtract', exponent, make.constant(1)))
    logarithm = make('log', make('where', make('greater', base,
                                               make.constant(0)),
                                 base, make.constant(1)))
    return [make('multiply', gradient, make('multiply', exponent, lower)),
            make('multiply', gradient, make('multiply', result, logarithm))]


def _where_gradients(make, result, arguments, gradient):
    condition = arguments[0]
    zero = make.constant(0)
    return [None, make('where', condition, gradient, zero),
            make('where', condition, zero, gradient)]


def _clip_gradients(make, result, arguments, gradient):
    value, low, high = arguments
    below, above = make('less', value, low), make('greater', value, high)
    outside = make('or', below, above)
    zero = make.constant(0)
    return [make('where', outside, zero, gradient),
            make('where', below, gradient, zero),
            make('where', above, gradient, zero)]


def _unary(code, derivative, evaluate, costly=False):
    """Make an operation of one argument from its derivative.

    ``derivative(make, result, argument)`` is an expression.

    """
    def gradients(make, result, arguments, gradient):
        return [make('multiply', gradient,
                     derivative(make, result, arguments[0]))]
    return Operation(code, gradients, evaluate, costly)


def _comparison(sign, evaluate):
    return Operation('({} ' + sign + ' {})', None, evaluate, boolean=True)


def _logical(code, evaluate):
    return Operation(code, None, evaluate, boolean=True, takes_booleans=True)


def _sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.


#: All elementwise operations by name.
OPERATIONS = {
    'add': Operation(
        '({} + {})', lambda make, result, arguments, gradient:
        [gradient, gradient], lambda a, b: a + b),
    'subtract': Operation(
        '({} - {})', lambda make, result, arguments, gradient:
        [gradient, make('negative', gradient)], lambda a, b: a - b),
    'multiply': Operation(
        '({} * {})', lambda make, result, arguments, gradient:
        [make('multiply', gradient, arguments[1]),
         make('multiply', gradient, arguments[0])], lambda a, b: a * b),
    'divide': Operation('({} / {})', _divide_gradients, lambda a, b: a / b),
    'power': Operation('({} ** {})', _power_gradients, lambda a, b: a ** b,
                       costly=True),
    'maximum': Operation('maximum({}, {})', _extremum_gradients, max),
    'minimum': Operation('minimum({}, {})', _extremum_gradients, min),
    'where': Operation('({1} if {0} else {2})', _where_gradients,
                       lambda condition, a, b: a if condition else b,
                       takes_booleans=True),
    'clip': Operation('minimum(maximum({}, {}), {})', _clip_gradients,
                      lambda x, low, high: min(max(x, low), high)),
    'negative': Operation(
        '(-{})', lambda make, result, arguments, gradient:
        [make('negative', gradient)], lambda a: -a),
    'square': _unary(
        'square({})', lambda make, y, x: make('add', x, x), lambda a: a * a),
    'sqrt': _unary(
        'sqrt({})', lambda make, y, x: make('divide', make.constant(.5), y),
        math.sqrt, costly=True),
    'absolute': _unary('abs({})', lambda make, y, x: make('sign', x), abs),
    'tanh': _unary(
        'tanh({})', lambda make, y, x: make(
            'subtract', make.constant(1), make('square', y)),
        math.tanh, costly=True),
    'sigmoid': _unary(
        'sigmoid({})', lambda make, y, x: make(
            'subtract', y, make('square', y)), _sigmoid, costly=True),
    'exp': _unary('exp({})', lambda make, y, x: y, math.exp, costly=True),
    'expm1': _unary('expm1({})', lambda make, y, x: make(
        'add', y, make.constant(1)), math.expm1, costly=True),
    'log': _unary('log({})', lambda make, y, x: make(
        'divide', make.constant(1), x), math.log, costly=True),
    'log1p': _unary('log1p({})', lambda make, y, x: make(
        'divide', make.constant(1), make('add', x, make.constant(1))),
        math.log1p, costly=True),
    'softplus': _unary(
        'softplus({})', lambda make, y, x: make('sigmoid', x),
        lambda x: max(x, 0) + math.log1p(math.exp(-abs(x))), costly=True),
    'sin': _unary('sin({})', lambda make, y, x: make('cos', x), math.sin,
                  costly=True),
    'cos': _unary('cos({})', lambda make, y, x: make(
        'negative', make('sin', x)), math.cos, costly=True),
    'sinh': _unary('sinh({})', lambda make, y, x: make('cosh', x),
                   math.sinh, costly=True),
    'cosh': _unary('cosh({})', lambda make, y, x: make('sinh', x),
                   math.cosh, costly=True),
    'erf': _unary('erf({})', lambda make, y, x: make(
        'multiply', make.constant(2 / math.sqrt(math.pi)),
        make('exp', make('negative', make('square', x)))),
        math.erf, costly=True),
    'sign': Operation('sign({})', None, lambda x: (x > 0) - (x < 0)),
    'number': Operation('({one} if {} else {zero})', None, float,
                        takes_booleans=True),
    'less': _comparison('<', operator.lt),
    'less_equal': _comparison('<=', operator.le),
    'greater': _comparison('>', operator.gt),
    'greater_equal': _comparison('>=', operator.ge),
    'equal': _comparison('==', operator.eq),
    'not_equal': _comparison('!=', operator.ne),
    'and': _logical('({} & {})', lambda a, b: a and b),
    'or': _logical('({} | {})', lambda a, b: a or b),
    'xor': _logical('({} ^ {})', lambda a, b: bool(a) != bool(b)),
    'not': _logical('(not {})', lambda a: not a),
}
