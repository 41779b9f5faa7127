"""The main loop of each worker."""
import contextlib
import logging
import os
import sys

from blocks import main_loop

from blocks_rnn_bricks.parallel import noise, workers
from blocks_rnn_bricks.parallel.algorithm import GradientDescent
from blocks_rnn_bricks.parallel.averaging import step
from blocks_rnn_bricks.parallel.finishing import Agreement
from blocks_rnn_bricks.parallel.interrupts import Interrupts
from blocks_rnn_bricks.parallel.monitoring import share_monitoring
from blocks_rnn_bricks.parallel.sharing import share

#: Class names of extensions, or their bases, that print, draw or save.
FIRST_ONLY = {'Dump', 'Plot', 'Printing', 'ProgressBar', 'WritesFiles'}
#: Prefix of the loggers that would repeat worker 0's messages on each worker.
TALKATIVE = 'blocks.'


class Saving:
    """Saves a checkpoint on the first worker for all workers.

    It replaces the checkpoint's method `do`.

    Parameters
    ----------
    checkpoint : :class:`~blocks.extensions.saveload.Checkpoint`

    """

    def __init__(self, checkpoint):
        self.checkpoint = checkpoint

    def __call__(self, which_callback, *args):
        checkpoint = self.checkpoint
        algorithm = checkpoint.main_loop.algorithm
        if which_callback != 'on_error':  # then the others may not join in
            noise.collect(algorithm)
        try:
            if workers.is_first():
                type(checkpoint).do(checkpoint, which_callback, *args)
        finally:
            algorithm._saved_noise = None


class MainLoop(main_loop.MainLoop):
    """A main loop that trains together with those of other workers.

    In a script started by ``mpiexec -n 4 python script.py``, the batches of
    the stream are split among four workers; started without ``mpiexec``, the
    main loop is that of Blocks.

    Parameters
    ----------
    algorithm : :class:`~blocks_rnn_bricks.parallel.GradientDescent`
    data_stream : :class:`fuel.streams.AbstractDataStream`
        Yields whole batches, the same ones on all workers.
    *args, **kwargs
        See :class:`blocks.main_loop.MainLoop`.

    Raises
    ------
    TypeError
        If the algorithm would not average the gradients.

    Notes
    -----
    All workers run all extensions, except that only worker 0 runs those
    that print, draw or save; output that other workers print while training
    is dropped. Monitoring covers the data of all workers, so their logs are
    the same, and extensions that read them make the same decisions. When an
    extension of one worker requests to finish, all workers finish after
    that batch or epoch.

    When a worker raises an error, all workers run their ``on_error``
    callbacks, then all processes exit with code 1; code after :meth:`run`
    is not reached.

    """

    def __init__(self, algorithm, data_stream, *args, **kwargs):
        super().__init__(algorithm, data_stream, *args, **kwargs)
        self._share()

    def _share(self):
        if not isinstance(self.algorithm, GradientDescent):
            raise TypeError(
                'MainLoop: to train on several workers the algorithm must be '
                'a blocks_rnn_bricks.parallel.GradientDescent, which '
                'averages the gradients, got {!r}'.format(self.algorithm))
        if self.data_stream is not None:
            self.data_stream = share(self.data_stream)

    def run(self):
        """Train; see Blocks' main loop."""
        self._share()
        self.extensions = [
            extension for extension in self.extensions
            if not isinstance(extension, (Agreement, Interrupts))]
        team = workers.team()
        step.idle = False
        if team.size == 1:
            super().run()
            return
        extensions = self.extensions
        try:
            with _only_first_talks(team):
                self._join(team)
                super().run()
        except BaseException as error:
            team.fail(error)
        finally:
            self.extensions = extensions
            self.data_stream.interrupts = None

    def _join(self, team):
        """Prepare for training with the other workers."""
        self.algorithm.monitored = share_monitoring(self.extensions)
        self.algorithm.join()
        interrupts = Interrupts()
        self.data_stream.interrupts = interrupts
        if self.epoch_iterator is not None:  # of an epoch to resume
            getattr(self.epoch_iterator, 'data_stream',
                    self.data_stream).interrupts = interrupts
        kept = []
        for extension in self.extensions:
            names = {kind.__name__ for kind in type(extension).__mro__}
            if 'Checkpoint' in names:
                if 'do' not in vars(extension):
                    extension.do = Saving(extension)
            elif team.rank and names & FIRST_ONLY:
                continue
            kept.append(extension)
        self.extensions = [interrupts] + kept + [Agreement()]


@contextlib.contextmanager
def _only_first_talks(team):
    """Let only worker 0 print, and only one worker report an error."""
    def is_news(record):
        error = sys.exc_info()[1]
        return not isinstance(error, workers.WorkerError) and (
            team.rank == 0 or record.levelno >= logging.ERROR)

    loggers = [logging.getLogger(name) for name in
               list(logging.root.manager.loggerDict)
               if name.startswith(TALKATIVE)]
    for logger in loggers:
        logger.addFilter(is_news)
    try:
        if team.rank == 0:
            yield
        else:
            with open(os.devnull, 'w') as nowhere, \
                    contextlib.redirect_stdout(nowhere):
                yield
    finally:
        for logger in loggers:
            logger.removeFilter(is_news)
