"""Draws from discrete distributions, from uniform numbers."""

import numpy
from theano import tensor
from theano.gof import Apply, Op
from theano.gradient import grad_undefined

__all__ = ['ChoiceFromUniform', 'MultinomialFromUniform']


class _FromUniform(Op):
    """Base class: takes rows of probabilities, one uniform number per draw."""

    __props__ = ('odtype',)

    def __init__(self, odtype):
        self.odtype = odtype

    def _arguments(self, pvals, unis, n):
        pvals = tensor.as_tensor_variable(pvals)
        unis = tensor.as_tensor_variable(unis)
        name = type(self).__name__
        if pvals.ndim != 2:
            raise NotImplementedError(f'{name}: pvals must be a matrix, got '
                                      f'{pvals.ndim} dimensions')
        if unis.ndim != 1:
            raise NotImplementedError(f'{name}: unis must be a vector, got '
                                      f'{unis.ndim} dimensions')
        return [pvals, unis, tensor.as_tensor_variable(n)]

    @staticmethod
    def _by_draw(pvals, unis, n):
        """Arrange the uniform numbers in one row for each draw."""
        if len(unis) != len(pvals) * n:
            raise ValueError(f'{n} draws from {len(pvals)} distributions '
                             f'need {len(pvals) * n} uniform numbers, got '
                             f'{len(unis)}')
        return unis.reshape(n, len(pvals))

    def grad(self, inputs, output_grads):
        return [grad_undefined(self, position, variable, 'draws')
                for position, variable in enumerate(inputs)]


class MultinomialFromUniform(_FromUniform):
    """Count how often each outcome is drawn.

    Parameters
    ----------
    odtype : str
        Data type of the counts, or ``'auto'`` for that of the
        probabilities.

    """

    def make_node(self, pvals, unis, n=1):
        """Take probabilities (rows, outcomes) and rows * n numbers."""
        inputs = self._arguments(pvals, unis, n)
        dtype = (inputs[0].dtype if self.odtype == 'auto' else self.odtype)
        output = tensor.TensorType(dtype, inputs[0].broadcastable)()
        return Apply(self, inputs, [output])

    def perform(self, node, inputs, output_storage):
        pvals, unis, n = inputs
        bounds = pvals.cumsum(axis=1, dtype='float64')
        counts = numpy.zeros(pvals.shape, node.outputs[0].dtype)
        rows = numpy.arange(len(pvals))
        for numbers in self._by_draw(pvals, unis, int(n)):
            outcomes = (bounds <= numbers[:, None]).sum(axis=1)
            drawn = outcomes < pvals.shape[1]
            counts[rows[drawn], outcomes[drawn]] += 1
        output_storage[0][0] = counts

    def infer_shape(self, node, input_shapes):
        return [input_shapes[0]]


class ChoiceFromUniform(_FromUniform):
    """Draw distinct outcomes.

    Parameters
    ----------
    odtype : str
        Data type of the numbers of the outcomes; ``'auto'`` for int64.
    replace : bool
        Whether an outcome can be drawn again.

    """

    __props__ = ('odtype', 'replace')

    def __init__(self, odtype, replace=False):
        super().__init__(odtype)
        self.replace = replace

    def make_node(self, pvals, unis, n=1):
        """Take probabilities (rows, outcomes) and rows * n numbers."""
        inputs = self._arguments(pvals, unis, n)
        dtype = 'int64' if self.odtype == 'auto' else self.odtype
        return Apply(self, inputs, [tensor.TensorType(
            dtype, (inputs[0].broadcastable[0], False))()])

    def perform(self, node, inputs, output_storage):
        pvals, unis, n = inputs
        if n > pvals.shape[1]:
            raise ValueError(f'cannot draw {n} distinct outcomes of '
                             f'{pvals.shape[1]}')
        pvals = pvals.copy()
        chosen = numpy.full((len(pvals), int(n)), -1, node.outputs[0].dtype)
        rows = numpy.arange(len(pvals))
        for draw, numbers in enumerate(self._by_draw(pvals, unis, int(n))):
            # Sums in the C code of Theano are of single precision.
            bounds = pvals.cumsum(axis=1)
            outcomes = (bounds <= numbers[:, None]).sum(axis=1)
            drawn = outcomes < pvals.shape[1]
            chosen[drawn, draw] = outcomes[drawn]
            if not self.replace:
                pvals[rows[drawn], outcomes[drawn]] = 0
                with numpy.errstate(invalid='ignore'):
                    pvals[drawn] /= pvals[drawn].sum(axis=1, keepdims=True)
        output_storage[0][0] = chosen

    def infer_shape(self, node, input_shapes):
        return [(input_shapes[0][0], node.inputs[2])]
