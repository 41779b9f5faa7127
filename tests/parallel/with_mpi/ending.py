"""A training that is interrupted, fails, is killed and resumed.

    mpiexec -n 2 python -m tests.parallel.with_mpi.ending FOLDER OPTIONS

where OPTIONS is a dictionary in JSON: `epochs`; `noise`, whether there is
any; `ahead`, how many batches are read ahead from a file; `fail`, the worker
that fails and after which batch; `finish`, the worker that wants to finish,
when, and how; `pause`, the seconds that each batch takes besides.

"""
import json
import os
import sys
import time

import numpy
import theano
from blocks.algorithms import Adam
from blocks.extensions import FinishAfter, Printing, TrainingExtension
from blocks.extensions.saveload import Checkpoint
from blocks.main_loop import TrainingFinish
from blocks.serialization import load
from blocks.utils import shared_floatx
from fuel.datasets import H5PYDataset, IndexableDataset
from fuel.schemes import ShuffledScheme
from fuel.streams import DataStream
from theano import tensor
from theano.sandbox.rng_mrg import MRG_RandomStreams

from blocks_rnn_bricks import padded_batches, to_hdf5
from blocks_rnn_bricks.parallel import GradientDescent, MainLoop, rank


class Trouble(TrainingExtension):
    """Takes time, notes that it runs, fails when it is told to."""

    def __init__(self, folder, fail=None, pause=0., finish=None):
        super().__init__()
        self.folder, self.fail, self.pause = folder, fail, pause
        self.finish = finish

    def after_epoch(self):
        self.maybe_finish('epoch', self.main_loop.status['epochs_done'])

    def maybe_finish(self, *when):
        if self.finish and self.finish[:3] == [rank(), *when]:
            if self.finish[3] == 'raise':
                raise TrainingFinish
            row = self.main_loop.log.current_row
            row['training_finish_requested'] = True

    def after_batch(self, batch):
        done = self.main_loop.status['iterations_done']
        time.sleep(self.pause)
        path = os.path.join(self.folder, f'worker_{rank()}')
        with open(path + '.new', 'w') as file:
            file.write(f'{os.getpid()} {done}')
        os.replace(path + '.new', path)  # never seen empty
        if self.fail == [rank(), done]:
            raise ValueError('broken on purpose')
        self.maybe_finish('batch', done)


def make_stream(folder, examples, ahead):
    """Batches of 4 in random order, from memory or from a file."""
    if not ahead:
        return DataStream(
            IndexableDataset({'x': examples}), iteration_scheme=ShuffledScheme(
                len(examples), 4, rng=numpy.random.RandomState(2)))
    path = os.path.join(folder, f'examples_{rank()}.hdf5')
    to_hdf5(({'x': example} for example in examples), path, progress=False)
    return padded_batches(
        H5PYDataset(path, which_sets=('train',)), 4, shuffle=True, seed=2,
        mask_sources=(), time_major=False, ahead=ahead)


def make(folder, epochs=3, noise=False, fail=None, pause=0., finish=None,
         ahead=0):
    """A linear regression, with noise on its inputs or without."""
    rng = numpy.random.RandomState(1)
    x = tensor.matrix('x')
    weights = shared_floatx(rng.normal(size=(3, 2)), name='weights')
    heard = x
    if noise:
        heard = x + MRG_RandomStreams(seed=3).normal(x.shape)
    cost = tensor.sqr(heard.dot(weights) - x[:, :2] * 2).mean()
    cost.name = 'cost'
    stream = make_stream(folder, rng.normal(size=(45, 3)).astype(
        theano.config.floatX), ahead)
    algorithm = GradientDescent(cost=cost, parameters=[weights],
                                step_rule=Adam(.01))
    return MainLoop(algorithm, stream, extensions=[
        FinishAfter(after_n_epochs=epochs), Printing(every_n_epochs=1),
        Trouble(folder, fail, pause, finish),
        Checkpoint(os.path.join(folder, 'checkpoint.tar'),
                   parameters=[weights], every_n_batches=6, on_interrupt=True,
                   on_error=True)])


def main(folder, **options):
    """Make a training, or go on with one; write what it has come to."""
    theano.config.floatX = 'float64'
    path = os.path.join(folder, 'checkpoint.tar')
    if os.path.exists(path):
        with open(path, 'rb') as file:
            main_loop = load(file)
        for extension in main_loop.extensions:
            if type(extension) is Trouble:
                extension.__init__(
                    folder, options.get('fail'), options.get('pause', 0.),
                    options.get('finish'))
    else:
        main_loop = make(folder, **options)
    main_loop.run()
    weights, = main_loop.algorithm.parameters
    with open(os.path.join(folder, f'end_{rank()}.json'), 'w') as file:
        json.dump({'weights': weights.get_value().tolist(),
                   'batches': main_loop.status['iterations_done']}, file)
    return main_loop


if __name__ == '__main__':
    # Under its own name, for pickle.
    from tests.parallel.with_mpi import ending
    ending.main(sys.argv[1], **json.loads(sys.argv[2]))
