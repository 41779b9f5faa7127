"""Batches that all workers process in step."""
import numpy
from fuel.transformers import Transformer

from blocks_rnn_bricks.parallel import workers
from blocks_rnn_bricks.parallel.averaging import step


class InStep(Transformer):
    """Yields batches as long as any worker has one.

    Parameters
    ----------
    data_stream : :class:`fuel.streams.AbstractDataStream`
        A stream whose batches come from `source`, one by one.
    source : :class:`~blocks_rnn_bricks.parallel.sharing.SharedBatches`

    Attributes
    ----------
    interrupts : :class:`~blocks_rnn_bricks.parallel.interrupts.Interrupts` \
or None
        Consulted and notified at each batch about ending training.

    Raises
    ------
    RuntimeError
        In an epoch, if the workers read different data.

    """

    epoch_state = ()
    interrupts = None

    def __init__(self, data_stream, source, **kwargs):
        kwargs.setdefault('axis_labels', data_stream.axis_labels)
        super().__init__(data_stream, **kwargs)
        self.produces_examples = data_stream.produces_examples
        self.source = source

    def __getstate__(self):
        return {name: value for name, value in vars(self).items()
                if name != 'interrupts'}

    def get_data(self, request=None):
        if request is not None:
            raise ValueError('InStep: it takes no requests, got {!r}'.format(
                request))
        batch = next(self.child_epoch_iterator, None)
        examples, checksum = (self.source.parts.popleft() if batch is not None
                              else (0, 0))
        team = workers.team()
        if team.size > 1:
            try:
                self._agree(team, batch, checksum)
            except workers.WorkerError:
                if batch is not None:
                    self.source.put_back()
                raise
        if batch is None:
            raise StopIteration
        step.source = self.source
        step.examples, step.idle = examples, not examples and team.size > 1
        return batch

    def _agree(self, team, batch, checksum):
        interrupted = self.interrupts is not None and (
            self.interrupts.number or 0)
        state = numpy.array([interrupted, checksum, -checksum,
                             batch is None, batch is not None], 'int64')
        team.maximum(state)
        if state[1] != -state[2] or state[3] and state[4]:
            raise RuntimeError(
                'parallel: the workers read different batches, so some '
                'examples would be lost and others used twice; all workers '
                'must read the same data in the same order: give shuffling '
                'a seed, and each worker the same files')
        if state[0]:
            self.interrupts.end_training(int(state[0]))
