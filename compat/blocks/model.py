"""Models: computation graphs and their bricks."""
import logging
from collections import Counter, OrderedDict
from collections.abc import Mapping

import numpy

from ._former import former_method, former_names
from .filter import get_brick
from .graph import ComputationGraph

logger = logging.getLogger(__name__)


class Model(ComputationGraph):
    r"""A computation graph with its bricks and its parameters' full names.

    Parameters
    ----------
    \*args, \*\*kwargs
        See :class:`~blocks.graph.ComputationGraph`.

    Attributes
    ----------
    top_bricks : list of :class:`~blocks.bricks.base.Brick`
        The bricks without a parent.

    Raises
    ------
    ValueError
        If two of these have the same name.

    Examples
    --------
    >>> from theano import tensor
    >>> from blocks.bricks import MLP, Tanh
    >>> mlp = MLP([Tanh()], [10, 5])
    >>> model = Model(mlp.apply(tensor.matrix('x')))
    >>> sorted(model.get_parameter_dict())
    ['/mlp/linear_0.W', '/mlp/linear_0.b']

    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        owners = (get_brick(var)
                  for var in [*self.variables, *self.scan_variables])
        bricks = dict.fromkeys(brick for brick in owners
                               if brick is not None)
        children = {child for brick in bricks for child in brick.children}
        self.top_bricks = [brick for brick in bricks if brick not in children]
        self._check_names()
        self._parameter_dict = OrderedDict(
            (self._full_name(parameter), parameter)
            for parameter in self.parameters)

    def _check_names(self):
        counts = Counter(brick.name for brick in self.top_bricks)
        repeated = [name for name, count in counts.items() if count > 1]
        if repeated:
            raise ValueError(
                'top bricks with the same name: '
                f'{", ".join(map(repr, repeated))}. Pass name=... to all '
                'but one of them, so that their parameters can be '
                'distinguished')

    @staticmethod
    def _full_name(parameter):
        brick = get_brick(parameter)
        if brick is None:
            return parameter.name
        return brick.get_hierarchical_name(parameter)

    def check_sanity(self, algorithm):
        """Warn if an algorithm does not train exactly the model's parameters.

        Parameters
        ----------
        algorithm : :class:`~blocks.algorithms.TrainingAlgorithm`
            The algorithm. Only gradient descent is checked.

        """
        from .algorithms import GradientDescent
        if not isinstance(algorithm, GradientDescent):
            return
        if {*algorithm.parameters} != {*self.get_parameter_dict().values()}:
            logger.warning('different parameters for model and algorithm')

    def get_parameter_dict(self):
        """Return the parameters by their full names.

        Returns
        -------
        OrderedDict
            Names such as ``/mlp/linear_0.W``, or the variable's own name if
            it belongs to no brick.

        """
        return self._parameter_dict

    def get_parameter_values(self):
        """Return the values of the parameters by their full names.

        Returns
        -------
        OrderedDict
            From names to arrays.

        """
        values = OrderedDict(self.get_parameter_dict())
        for name, parameter in values.items():
            values[name] = parameter.get_value()
        return values

    def set_parameter_values(self, parameter_values):
        """Set the values of parameters.

        Unknown names are logged as errors and skipped. Values of a different
        floating-point dtype are rounded, with a warning.

        Parameters
        ----------
        parameter_values : dict
            From full names to arrays.

        Raises
        ------
        ValueError
            If the shape of a value differs from its parameter's, or a value is
            out of range for its dtype. Nothing is then set.
        TypeError
            If the dtype of a value cannot be converted to the parameter's,
            such as float64 to an integer. Nothing is then set.

        """
        if not isinstance(parameter_values, Mapping):
            raise TypeError('Model: parameter_values must be a dict from full '
                            f'names to arrays, got {parameter_values!r}')
        parameters = self.get_parameter_dict()
        unknown = sorted(set(parameter_values) - set(parameters))
        missing = sorted(set(parameters) - set(parameter_values))
        if unknown:
            logger.error(f'unknown parameter names: {", ".join(unknown)}')
        if missing:
            logger.error('missing values for parameters: '
                         f'{", ".join(missing)}')
        known = {name: value for name, value in parameter_values.items()
                 if name in parameters}
        for name, value in known.items():
            known[name] = self._fitting(name, value, parameters[name])
        rounded = [name for name, value in known.items()
                   if value.dtype != parameter_values[name].dtype]
        if rounded:
            logger.warning('values were converted to the type of their '
                           f'parameters: {", ".join(sorted(rounded))}')
        for name, value in known.items():
            parameters[name].set_value(value)

    get_params = former_method('get_params', 'get_parameter_dict')
    get_param_values = former_method('get_param_values',
                                     'get_parameter_values')
    set_param_values = former_method('set_param_values',
                                     'set_parameter_values')

    @staticmethod
    def _fitting(name, value, parameter):
        """Return a value with the type of a parameter; check its shape."""
        expected = parameter.get_value(borrow=True)
        if value.shape != expected.shape:
            raise ValueError(f'{name}: shape mismatch, expected '
                             f'{expected.shape}, got {value.shape}')
        if value.dtype == expected.dtype:
            return value
        if not numpy.can_cast(value.dtype, expected.dtype, 'same_kind'):
            raise TypeError(f'{name}: expected a value of type '
                            f'{expected.dtype}, got {value.dtype}, which '
                            f'cannot be converted; convert it before you '
                            f'set it')
        with numpy.errstate(over='ignore'):
            converted = value.astype(expected.dtype)
        is_whole = expected.dtype.kind in 'biu'
        if not numpy.array_equal(*(array if is_whole else numpy.isfinite(array)
                                   for array in (value, converted))):
            raise ValueError(f'{name}: a value is too large for the type '
                             f'{expected.dtype} of the parameter')
        return converted

    def get_top_bricks(self):
        """Return the bricks without a parent."""
        return self.top_bricks


__getattr__ = former_names(__name__, {
    'AbstractModel': 'blocks.model.Model'}, used=(
    'blocks.select', 'blocks.filter', 'blocks.roles'))
