"""Data-parallel training: one script, several processes, over MPI.

Import :class:`GradientDescent` and :class:`MainLoop` from here instead of from
Blocks to start the script with ``mpiexec``::

    from blocks_rnn_bricks.parallel import GradientDescent, MainLoop

    algorithm = GradientDescent(cost=cost, weight=mask.sum(), ...)
    main_loop = MainLoop(algorithm, stream, extensions=[...])
    main_loop.run()

    $ mpiexec -n 4 python train.py

Each batch of the stream is split among the workers, and the gradients are
averaged into those of the whole batch. So n workers make the same updates as
one, and without ``mpiexec`` nothing changes. It requires the extra ``mpi``.

"""
from blocks_rnn_bricks.parallel import workers
from blocks_rnn_bricks.parallel.algorithm import GradientDescent
from blocks_rnn_bricks.parallel.averaging import WeightedAverage
from blocks_rnn_bricks.parallel.main_loop import MainLoop
from blocks_rnn_bricks.parallel.sharing import share
from blocks_rnn_bricks.parallel.workers import (
                                                WorkerError,
                                                is_first,
                                                rank,
                                                size,
)

__all__ = ('GradientDescent', 'MainLoop', 'WeightedAverage', 'WorkerError',
           'is_first', 'rank', 'share', 'size')

# Divide the threads before any network is built, and fail right away if
# mpiexec is used without mpi4py.
workers.team()
