"""Extensions that the demos share."""
import math

from blocks.extensions import FinishAfter
from blocks.extensions.base import TrainingExtension
from blocks.extensions.training import SharedVariableModifier
from blocks.relocation import WritesFiles


class FinishAfterEpochs(FinishAfter):
    """Ends training after a number of epochs, which may be changed later.

    Parameters
    ----------
    epochs : int
        The planned number of epochs.
    batches : int, optional
        A number of batches after which to end earlier.

    Attributes
    ----------
    epochs : int
        The currently planned number of epochs.

    """

    def __init__(self, epochs, batches=None, **kwargs):
        super().__init__(after_n_epochs=epochs, after_n_batches=batches,
                         **kwargs)
        self.epochs = epochs

    def plan(self, epochs):
        """Change the number of epochs."""
        self.set_conditions(after_n_epochs=epochs)
        self.epochs = epochs


class EpochTable(TrainingExtension):
    """Prints a line of a table after each epoch.

    Parameters
    ----------
    columns : list of (str, str, str)
        Title, record of the log and format specification of each column.
        The cell of a missing record stays empty.

    """

    def __init__(self, columns, **kwargs):
        super().__init__(**kwargs)
        self.columns = columns

    def before_training(self):
        print('  '.join(['epoch', *(self._cell(title, title, '')
                                    for title, _, _ in self.columns)]),
              flush=True)

    def after_epoch(self):
        row = self.main_loop.log.current_row
        cells = [self._cell(title, row.get(record), specification)
                 for title, record, specification in self.columns]
        done = self.main_loop.status['epochs_done']
        print('  '.join([f'{done:5d}', *cells]).rstrip(), flush=True)

    @staticmethod
    def _cell(title, value, specification):
        width = max(len(title), 7)
        if value is None:
            return ' ' * width
        if value is True:
            value, specification = '*', ''
        return f'{value:{specification}}'.rjust(width)


class ResumeHint(WritesFiles, TrainingExtension):
    """Prints how to resume when training is interrupted.

    Parameters
    ----------
    command : str
        The demo's command, for example 'python -m demos.speech'.
    checkpoint : str
        The file that was written.

    """

    def __init__(self, command, checkpoint, **kwargs):
        super().__init__(**kwargs)
        self.command = command
        self.checkpoint = checkpoint

    def on_interrupt(self):
        print(f'Interrupted. Resume with:\n'
              f'  {self.command} --resume {self.place(self.checkpoint)}',
              flush=True)


class LinearDecay(SharedVariableModifier):
    """Lets a learning rate decay linearly to zero.

    The rate is zero after the last epoch of :class:`FinishAfterEpochs`.

    Parameters
    ----------
    rate : :class:`~tensor.TensorSharedVariable`
        The learning rate; its value is the initial one.
    examples : int
        The number of training examples.
    batch_size : int

    """

    def __init__(self, rate, examples, batch_size):
        self.initial = float(rate.get_value())
        self.batches = math.ceil(examples / batch_size)
        super().__init__(rate, self.rate_after, on_resumption=True)

    def rate_after(self, batches):
        """Return the rate after a number of batches."""
        total = planned_end(self.main_loop).epochs * self.batches
        return self.initial * max(0, 1 - batches / total)


def planned_end(main_loop):
    """Return the extension that ends a demo's main loop."""
    return next(extension for extension in main_loop.extensions
                if isinstance(extension, FinishAfterEpochs))
