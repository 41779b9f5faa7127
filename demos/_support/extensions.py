"""Extensions that the demos share."""
from blocks.extensions import FinishAfter
from blocks.extensions.base import TrainingExtension
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


class Shrink:
    """Multiplies a learning rate by a factor.

    Pass it to :class:`~blocks.extensions.training.SharedVariableModifier`
    instead of a function, since it can be pickled.

    Parameters
    ----------
    factor : float

    """

    def __init__(self, factor):
        self.factor = factor

    def __call__(self, iterations, rate):
        return self.factor * rate
