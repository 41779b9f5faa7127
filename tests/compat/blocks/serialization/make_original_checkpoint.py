"""Write original_checkpoint.tar with the original Blocks on Python 3.8.

This needs Theano 1.0.5, Fuel 0.2.0 and the original Blocks; run it as
``python make_original_checkpoint.py`` where these can be imported. The
checkpoint holds the parameters of an LSTM and an MLP after three batches, and
the log. With an argument, the main loop is also saved, to that path.

"""
import os
import sys

import numpy
import theano
from blocks.algorithms import GradientDescent, Scale
from blocks.bricks import MLP, Linear, Tanh
from blocks.bricks.recurrent import LSTM
from blocks.extensions import FinishAfter
from blocks.extensions.monitoring import TrainingDataMonitoring
from blocks.extensions.saveload import Checkpoint
from blocks.graph import ComputationGraph
from blocks.initialization import Constant, IsotropicGaussian
from blocks.main_loop import MainLoop
from blocks.model import Model
from fuel.datasets import IterableDataset
from theano import tensor

SETTINGS = {'weights_init': IsotropicGaussian(0.5),
            'biases_init': Constant(0.25), 'seed': 7}


def build(path, save_main_loop):
    """Return a main loop that saves to a path at its end."""
    fork = Linear(3, 8, name='fork', **SETTINGS)
    lstm = LSTM(2, name='lstm', **SETTINGS)
    mlp = MLP([Tanh(), None], [2, 4, 1], name='mlp', **SETTINGS)
    for brick in fork, lstm, mlp:
        brick.initialize()
    x = tensor.tensor3('x')
    cost = tensor.sqr(
        mlp.apply(lstm.apply(fork.apply(x))[0][-1]) - 1).mean()
    cost.name = 'cost'
    data = numpy.random.RandomState(1).normal(size=(3, 5, 2, 3))
    stream = IterableDataset(
        {'x': data.astype(theano.config.floatX)}).get_example_stream()
    algorithm = GradientDescent(
        cost=cost, parameters=ComputationGraph(cost).parameters,
        step_rule=Scale(0.1))
    return MainLoop(
        algorithm, stream, model=Model(cost), extensions=[
            TrainingDataMonitoring([cost], after_batch=True),
            FinishAfter(after_n_epochs=1),
            Checkpoint(path, save_separately=['log'],
                       save_main_loop=save_main_loop)])


if __name__ == '__main__':
    here = os.path.dirname(os.path.abspath(__file__))
    target = os.path.join(here, 'original_checkpoint.tar')
    build(*(sys.argv[1:] or [target]), save_main_loop=len(sys.argv) > 1).run()
