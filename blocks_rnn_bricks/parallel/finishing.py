"""The end of training, which comes to all workers after the same batch."""
import numpy
from blocks.extensions import TrainingExtension

from blocks_rnn_bricks.parallel import workers

FINISH = 'training_finish_requested'


class Agreement(TrainingExtension):
    """Finishes training on all workers when one of them requests it.

    It stands behind all other extensions. They may decide by what differs
    from worker to worker, such as the time that has passed.

    """

    def after_batch(self, batch):
        self._agree()

    def after_epoch(self):
        self._agree()

    def on_resumption(self):
        self._agree()

    def _agree(self):
        row = self.main_loop.log.current_row
        requested = numpy.array([bool(row.get(FINISH))], 'int64')
        workers.team().maximum(requested)
        if requested[0]:
            row[FINISH] = True
