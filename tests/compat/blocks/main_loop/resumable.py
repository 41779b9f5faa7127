"""A training run that other processes save, kill and resume.

Run as ``python -m tests.compat.blocks.main_loop.resumable TASK FOLDER``;
the tasks are ``whole``, ``killed`` and ``resume``.

"""
import os
import pickle
import signal
import sys

import numpy
import theano
from blocks.algorithms import (
    Adam,
    CompositeRule,
    GradientDescent,
    StepClipping,
)
from blocks.bricks import Linear, Tanh
from blocks.bricks.recurrent import SimpleRecurrent
from blocks.extensions import FinishAfter, TrainingExtension
from blocks.extensions.monitoring import (
    DataStreamMonitoring,
    TrainingDataMonitoring,
)
from blocks.extensions.saveload import Checkpoint
from blocks.extensions.training import KeepBestParameters, TrackTheBest
from blocks.graph import ComputationGraph, apply_dropout
from blocks.initialization import Constant, IsotropicGaussian
from blocks.main_loop import MainLoop
from blocks.model import Model
from blocks.scripts import continue_training
from fuel.datasets import IndexableDataset
from fuel.schemes import ShuffledScheme
from fuel.streams import DataStream
from fuel.transformers import Mapping
from theano import tensor
from theano.gof.graph import inputs

# An epoch has 5 batches: the checkpoint is saved in the middle of the second.
HALF = 7


class KillOneBatchLater(TrainingExtension):
    """Kills the process after the batch that follows the checkpoint."""

    def __init__(self, active):
        super().__init__()
        self.active = active

    def after_batch(self, batch):
        if self.active and self.main_loop.status['iterations_done'] > HALF:
            os.kill(os.getpid(), signal.SIGKILL)

    def on_resumption(self):
        self.active = False


class Summary(TrainingExtension):
    """Writes the whole state of training when it ends."""

    def __init__(self, folder):
        super().__init__()
        self.folder = folder

    def after_training(self):
        main_loop = self.main_loop
        algorithm, model = main_loop.algorithm, main_loop.model
        shared = [*model.parameters,
                  *(variable for variable, _ in algorithm.updates)]
        state = {
            'shared': [(variable.name, variable.get_value().tobytes())
                       for variable in shared],
            'random': [variable.get_value().tobytes() for variable
                       in inputs([algorithm.cost])
                       if getattr(variable, 'default_update', None)
                       is not None],
            'log': {time: {name: numpy.asarray(value).tolist()
                           for name, value in row.items()}
                    for time, row in main_loop.log.items()},
            'status': {name: numpy.asarray(value).tolist()
                       for name, value in main_loop.status.items()
                       if name != 'resumed_from'},
            'best': [value.tobytes() for value
                     in main_loop.extensions[3].best_values],
            'next': [{name: value.tolist() for name, value in batch.items()}
                     for batch in main_loop.epoch_iterator],
            'next_epoch': [value[0].tolist() for value in
                           main_loop.data_stream.get_epoch_iterator()]}
        with open(os.path.join(self.folder, 'state.pkl'), 'wb') as file_:
            pickle.dump(state, file_)


def time_major(batch):
    return batch[0].swapaxes(0, 1), batch[1]


def build(folder, killed):
    """Return the main loop, which trains 2 * HALF batches."""
    settings = {'weights_init': IsotropicGaussian(0.3),
                'biases_init': Constant(0.1), 'seed': 3}
    fork = Linear(2, 3, use_bias=False, name='fork', **settings)
    recurrent = SimpleRecurrent(3, Tanh(), name='recurrent', **settings)
    out = Linear(3, 1, use_bias=False, name='out', **settings)
    for brick in fork, recurrent, out:
        brick.initialize()
    x, y = tensor.tensor3('x'), tensor.vector('y')
    hidden = recurrent.apply(fork.apply(x))[-1]
    cost = tensor.sqr(out.apply(hidden)[:, 0] - y).mean()
    cost.name = 'cost'
    noisy, = apply_dropout(ComputationGraph(cost), [hidden], 0.3,
                           seed=5).outputs
    noisy.name = 'noisy_cost'
    rng = numpy.random.RandomState(0)
    dataset = IndexableDataset({
        'x': rng.normal(size=(14, 4, 2)).astype(theano.config.floatX),
        'y': rng.normal(size=14).astype(theano.config.floatX)})
    stream, valid_stream = (
        Mapping(DataStream(dataset, iteration_scheme=scheme), time_major)
        for scheme in (
            ShuffledScheme(14, 3, rng=numpy.random.RandomState(4)),
            ShuffledScheme(14, 14, rng=numpy.random.RandomState(5))))
    algorithm = GradientDescent(
        cost=noisy, parameters=ComputationGraph(cost).parameters,
        step_rule=CompositeRule([StepClipping(0.5), Adam(0.02)]))
    checkpoint = Checkpoint('checkpoint.tar', after_n_batches=HALF,
                            after_training=False)
    return MainLoop(algorithm, stream, model=Model(cost), extensions=[
        TrainingDataMonitoring([noisy, algorithm.total_gradient_norm],
                               every_n_batches=3),
        DataStreamMonitoring([cost], valid_stream, prefix='valid',
                             every_n_batches=2),
        TrackTheBest('valid_cost', every_n_batches=2),
        KeepBestParameters('valid_cost_best_so_far', restore=False,
                           every_n_batches=2),
        FinishAfter(after_n_batches=2 * HALF), Summary(folder),
        checkpoint, KillOneBatchLater(killed)])


def main(task, folder):
    """Run a task in a folder."""
    os.chdir(folder)
    if task == 'resume':
        continue_training(['checkpoint.tar'])
    else:
        build(folder, killed=task == 'killed').run()


if __name__ == '__main__':
    # Under the module's own name, so that pickles can be loaded.
    from tests.compat.blocks.main_loop import resumable
    resumable.main(*sys.argv[1:])
