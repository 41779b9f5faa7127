"""Base class of user-defined operations.

PyTensor renamed the methods of an operation and changed some signatures.
A class derived from :class:`Op` uses those of Theano 1.0; this module
forwards PyTensor's calls to them.

"""

import functools
import inspect

from pytensor.compile.sharedvalue import SharedVariable
from pytensor.gradient import DisconnectedType, disconnected_type
from pytensor.graph.basic import Constant, Variable
from pytensor.graph.op import Op as _BackendOp
from pytensor.graph.utils import MetaType

__all__ = ['Op', 'PureOp', 'get_debug_values', 'get_test_value']


class _OpMeta(MetaType):
    """Treats PyTensor's operations as instances of Theano's class."""

    def __instancecheck__(cls, instance):
        if cls is Op:
            return _BackendOp in type(instance).__mro__
        return super().__instancecheck__(instance)

    def __subclasscheck__(cls, subclass):
        if cls is Op:
            return _BackendOp in subclass.__mro__
        return super().__subclasscheck__(subclass)


def _without_graph(method):
    """Drop the function graph that PyTensor passes to ``infer_shape``."""
    @functools.wraps(method)
    def infer_shape(self, *args):
        return method(self, *args[-2:])

    return infer_shape


class Op(_BackendOp, metaclass=_OpMeta):
    """Base of all operations.

    A subclass defines ``make_node`` and ``perform(node, inputs,
    output_storage)``, and may define ``__props__``, ``infer_shape(node,
    input_shapes)``, ``grad(inputs, output_grads)`` or ``L_op(inputs,
    outputs, output_grads)``, ``R_op(inputs, eval_points)``,
    ``connection_pattern(node)``, ``view_map`` and ``destroy_map``.  Such
    an operation runs in every mode; any C code in it is ignored.

    Examples
    --------
    >>> import numpy, theano
    >>> from theano import tensor
    >>> class Double(theano.Op):
    ...     __props__ = ()
    ...
    ...     def make_node(self, x):
    ...         x = tensor.as_tensor_variable(x)
    ...         return theano.Apply(self, [x], [x.type()])
    ...
    ...     def perform(self, node, inputs, output_storage):
    ...         output_storage[0][0] = 2 * inputs[0]
    ...
    ...     def grad(self, inputs, output_grads):
    ...         return [2 * output_grads[0]]
    >>> x = tensor.dvector()
    >>> gradient = theano.grad(Double()(x).sum(), x)
    >>> theano.function([x], gradient)(numpy.zeros(2))
    array([2., 2.])

    """

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        method = vars(cls).get('infer_shape')
        if method is not None and len(
                inspect.signature(method).parameters) == 3:
            cls.infer_shape = _without_graph(method)

    def perform(self, node, inputs, output_storage):
        """Compute the outputs.

        Parameters
        ----------
        node : Apply
            The application of this operation.
        inputs : list of object
            Values, which may be changed only if ``destroy_map`` says so.
        output_storage : list of list
            One cell for each output, to store its value in; it may hold the
            value of an earlier call, which may be overwritten.

        Raises
        ------
        NotImplementedError
            If the operation does not define it.

        """
        raise NotImplementedError(f'{self} of class {type(self).__name__} '
                                  f'does not define perform')

    def L_op(self, inputs, outputs, output_grads):
        """Return the gradients of the inputs; by default those of ``grad``.

        Parameters
        ----------
        inputs, outputs : list of Variable
            The inputs and outputs of the node.
        output_grads : list of Variable
            Gradients of the outputs, of ``DisconnectedType`` where the
            cost does not depend on the output.

        Returns
        -------
        list of Variable
            One for each input.

        """
        return self.grad(inputs, output_grads)

    def pullback(self, inputs, outputs, cotangents):
        """Forward PyTensor's call for gradients to :meth:`L_op`."""
        return self.L_op(inputs, outputs, cotangents)

    def R_op(self, inputs, eval_points):
        """Return the derivatives of the outputs along `eval_points`.

        Parameters
        ----------
        inputs : list of Variable
            The inputs of the node.
        eval_points : list of Variable or None
            Directions; None for an input that is constant.

        Returns
        -------
        list of Variable or None
            One for each output.

        Raises
        ------
        NotImplementedError
            If the operation does not define it.

        """
        raise NotImplementedError(f'{self} of class {type(self).__name__} '
                                  f'does not define R_op')

    def pushforward(self, inputs, outputs, tangents):
        """Forward PyTensor's call for derivatives to :meth:`R_op`."""
        directions = [None if isinstance(tangent.type, DisconnectedType)
                      else tangent for tangent in tangents]
        return [disconnected_type() if derivative is None else derivative
                for derivative in self.R_op(inputs, directions)]


PureOp = Op


def get_test_value(variable):
    """Return the test value of a variable.

    Parameters
    ----------
    variable : Variable or object
        Objects that are not variables are returned as they are.

    Returns
    -------
    object
        The value of a constant or shared variable, otherwise
        ``variable.tag.test_value``.

    Raises
    ------
    AttributeError
        If the variable has no test value.

    """
    if not isinstance(variable, Variable):
        return variable
    if isinstance(variable, Constant):
        return variable.data
    if isinstance(variable, SharedVariable):
        return variable.get_value(borrow=True)
    if not hasattr(variable.tag, 'test_value'):
        raise AttributeError(f'{variable} has no test value; set its '
                             f'tag.test_value')
    return variable.tag.test_value


def get_debug_values(*variables):
    """Return an empty list: no test values are checked.

    Theano returns the same while ``config.compute_test_value`` is ``'off'``;
    other settings have no effect here.

    """
    return []
