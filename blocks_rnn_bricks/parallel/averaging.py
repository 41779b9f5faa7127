r"""Gradients of the whole batch, averaged over the workers' parts.

On the part of worker :math:`r`, the cost is a mean over :math:`w_r` steps or
sequences and has the gradient :math:`g_r`. The gradient on the whole batch
is

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
    """The state of the current training step; one per process.

    Attributes
    ----------
    examples : int
        The number of examples in this worker's part of the current batch.
    idle : bool
        Whether this worker's part is empty, so that its results do not
        count.
    source : :class:`~blocks_rnn_bricks.parallel.sharing.SharedBatches`
        The stream that the current batch comes from.
    seconds : float
        The time spent averaging, including waiting for other workers, since
        it was last reset.
    bytes : int
        The size of the buffer.

    """

    examples, idle, source, seconds, bytes = 1, False, None, 0., 0


#: The current step.
step = Step()


class WeightedAverage(theano.Op):
    """The weighted average of variables over workers.

    Parameters
    ----------
    by_examples : bool, optional
        Whether to weight by the number of examples in the current batch,
        which the stream knows, instead of by the first input.

    Notes
    -----
    The inputs are the weight, a floating-point scalar, and the variables;
    the outputs are the sum of all weights and the averages, with the types
    of the variables. Everything after it in the graph is bitwise the same on
    all workers. With one worker, the outputs are the inputs.

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
        The weight of this worker; ignored if it is idle.
    arrays : list of :class:`numpy.ndarray`
        Arrays whose shapes are the same on all workers.

    Returns
    -------
    total : float
        The sum of the weights.
    averages : list of :class:`numpy.ndarray`
        With the dtypes of `arrays`; zero if the weights sum to zero.

    """
    dtype = numpy.result_type(*arrays)
    ends = numpy.cumsum([1] + [array.size for array in arrays])
    buffer = numpy.zeros(ends[-1], dtype)
    step.bytes = buffer.nbytes
    if not step.idle and weight:
        # Never multiply by 0: the value may be infinite.
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
