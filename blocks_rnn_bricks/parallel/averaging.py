r"""Gradients of the whole batch, from the parts that workers have.

A cost that is a mean has, on the part of worker :math:`r`, the gradient
:math:`g_r` and is a mean over :math:`w_r` steps or sequences. The gradient
on the whole batch is

.. math:: g = \sum_r w_r g_r \Big/ \sum_r w_r.

:class:`WeightedAverage` computes it for all parameters at once: one buffer
with the weight and the weighted gradients, one Allreduce.

"""
import time

import numpy
import theano
from theano import tensor

from blocks_rnn_bricks.parallel import workers


class Step:
    """What a worker does in the present step; one for the whole process.

    Attributes
    ----------
    examples : int
        Of the present batch, this worker's part of it.
    idle : bool
        Whether there was no example left for this worker, so that it
        computes something that counts for nothing.
    source : :class:`~blocks_rnn_bricks.parallel.sharing.SharedBatches`
        Where the present batch comes from.
    seconds : float
        What was spent in averaging, the time of waiting for other workers
        included, since it was last set.
    bytes : int
        The size of the buffer.

    """

    examples, idle, source, seconds, bytes = 1, False, None, 0., 0


#: The present step.
step = Step()


class WeightedAverage(theano.Op):
    """The average over workers of variables, weighted.

    Parameters
    ----------
    by_examples : bool, optional
        Whether the weight is the number of examples of the present batch,
        which the stream knows, instead of the first input.

    Notes
    -----
    The inputs are the weight, a floating-point scalar, and the variables;
    the outputs the sum of all weights and the averages, of the variables'
    types. What comes behind it in the graph is the same on all workers, bit
    by bit. With one worker the outputs are the inputs.

    """

    __props__ = ('by_examples',)

    def __init__(self, by_examples=False):
        self.by_examples = by_examples

    def make_node(self, weight, *variables):
        inputs = [tensor.as_tensor_variable(variable)
                  for variable in (weight,) + variables]
        for variable in inputs:
            if not variable.dtype.startswith('float'):
                raise TypeError(
                    'WeightedAverage: {} must be floating point, got '
                    '{}'.format(variable, variable.dtype))
        return theano.Apply(self, inputs,
                            [variable.type() for variable in inputs])

    def perform(self, node, inputs, output_storage):
        weight = inputs[0]
        if self.by_examples:
            weight = numpy.asarray(step.examples, weight.dtype)
        team = workers.team()
        if team.size == 1:
            for storage, value in zip(output_storage, [weight] + inputs[1:]):
                storage[0] = numpy.array(value)
            return
        begin = time.perf_counter()
        total, averages = average(team, weight, inputs[1:])
        output_storage[0][0] = numpy.asarray(total, weight.dtype)
        for storage, value in zip(output_storage[1:], averages):
            storage[0] = value
        step.seconds += time.perf_counter() - begin

    def infer_shape(self, node, input_shapes):
        return input_shapes

    def connection_pattern(self, node):
        count = len(node.inputs)
        return [[one == other for other in range(count)]
                for one in range(count)]

    def grad(self, inputs, output_gradients):
        raise NotImplementedError(
            'WeightedAverage: it has no gradient; average the gradients, not '
            'the cost')


def average(team, weight, arrays):
    """Average arrays over all workers.

    Parameters
    ----------
    team : :class:`~blocks_rnn_bricks.parallel.workers.Team`
    weight : float
        Of this worker; without effect if it is idle.
    arrays : list of :class:`numpy.ndarray`
        The same shapes on all workers.

    Returns
    -------
    total : float
        The sum of the weights.
    averages : list of :class:`numpy.ndarray`
        Of the types of `arrays`; zero if the sum of the weights is.

    """
    dtype = numpy.result_type(*arrays)
    ends = numpy.cumsum([1] + [array.size for array in arrays])
    buffer = numpy.zeros(ends[-1], dtype)
    step.bytes = buffer.nbytes
    if not step.idle and weight:
        # Not 0 times something, which may be infinite.
        buffer[0] = weight
        for array, begin, end in zip(arrays, ends, ends[1:]):
            numpy.multiply(array.ravel(), buffer[0], out=buffer[begin:end])
    team.add(buffer)
    total = float(buffer[0])
    if total:
        buffer /= buffer[0]
    return total, [
        buffer[begin:end].reshape(array.shape).astype(array.dtype,
                                                      copy=False)
        for array, begin, end in zip(arrays, ends, ends[1:])]
