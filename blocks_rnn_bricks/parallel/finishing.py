"""Ending training on all workers after the same batch."""
import numpy
from blocks.extensions import TrainingExtension

from blocks_rnn_bricks.parallel import workers

FINISH = 'training_finish_requested'


class Agreement(TrainingExtension):
    """Finishes training on all workers when one of them requests it.

    It runs after all other extensions, whose decisions may depend on values
    that differ between workers, such as the elapsed time.

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
