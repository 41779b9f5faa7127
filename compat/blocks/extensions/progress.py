"""The progress of an epoch on the screen."""
import sys
from shutil import get_terminal_size

from tqdm import tqdm

from ..utils.screen import give_up
from .base import TrainingExtension


class EpochBar(tqdm):
    """A progress bar whose text is computed only when it is drawn."""

    monitor_interval = 0  # no thread: not redrawn within a batch

    def __init__(self, note, **kwargs):
        self.note = note
        super().__init__(**kwargs)

    @property
    def format_dict(self):
        return dict(super().format_dict, postfix=self.note())


class ProgressBar(TrainingExtension):
    """Draws a bar per epoch: batches done, rate, time left, last cost.

    The number of batches per epoch is that of the iteration scheme if known;
    otherwise that of the previous epoch; otherwise the bar has no end. Nothing
    is drawn if standard error is not a terminal or is closed. The bar has no
    colours.

    Put it before extensions that print, such as :class:`.Printing`.

    Parameters
    ----------
    **kwargs
        See :class:`.TrainingExtension`.

    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.bar = None
        self.gone = False

    def __getstate__(self):
        return dict(self.__dict__, bar=None, gone=False)

    def _draw(self, method, *args):
        """Draw; a closed terminal does not end training."""
        try:
            return method(*args)
        except (OSError, ValueError) as error:
            self.bar, self.gone = None, True
            give_up(sys.stderr, self, error)

    def get_iter_per_epoch(self):
        """Return the number of batches per epoch in the iteration scheme.

        Returns
        -------
        int or None
            None if unknown.

        """
        scheme = getattr(self.main_loop.data_stream, 'iteration_scheme', None)
        if getattr(scheme, 'times', None):
            return scheme.times
        examples = getattr(scheme, 'num_examples', None)
        if hasattr(scheme, 'indices'):
            examples = len(scheme.indices)
        if examples is None:
            return None
        return -(-examples // getattr(scheme, 'batch_size', 1))  # rounded up

    def create_bar(self):
        """Create the bar of the current epoch."""
        status = self.main_loop.log.status
        ends = [0, *status['_epoch_ends']]
        total = self.get_iter_per_epoch()
        if total is None and len(ends) > 1:
            total = ends[-1] - ends[-2]
        # Not left to tqdm, which draws nothing on a terminal without a size.
        columns, lines = get_terminal_size()
        return EpochBar(self.describe_cost, total=total, unit=' batches',
                        initial=status['iterations_done'] - ends[-1],
                        desc=f"Epoch {status['epochs_done'] + 1}",
                        ncols=columns, nrows=lines,
                        disable=True if sys.stderr is None else None)

    def describe_cost(self):
        """Return the last cost, if the algorithm has one."""
        cost = getattr(self.main_loop.algorithm, 'last_cost', None)
        return None if cost is None else f'cost={cost:.4g}'

    def before_batch(self, batch):
        """Start a bar unless there is one."""
        if self.bar is None and not self.gone:
            self.bar = self._draw(self.create_bar)

    def after_batch(self, batch):
        """Draw the bar if it is time."""
        if self.bar is not None:
            self._draw(self.bar.update)

    def close(self):
        """Keep the bar, and begin a new line."""
        if self.bar is not None:
            self._draw(self.bar.close)
            self.bar = None

    def after_epoch(self):
        """End the bar."""
        self.close()

    def on_interrupt(self):
        """End the bar."""
        self.close()

    def after_training(self):
        """End the bar."""
        self.close()

    def on_error(self, exception):
        """End the bar."""
        self.close()
