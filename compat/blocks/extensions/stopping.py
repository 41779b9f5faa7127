"""Extensions that end training when it no longer improves."""
import logging

from ..utils.checks import check_number, check_string
from .predicates import OnLogRecord
from .simple import CompositeExtension, FinishAfter
from .training import TrackTheBest

logger = logging.getLogger(__name__)

EPOCH_TRIGGERS = 'after_epoch', 'every_n_epochs', 'after_n_epochs'


class FinishIfNoImprovementAfter(FinishAfter):
    """Ends training after some time without a new best.

    Parameters
    ----------
    notification_name : str
        The record whose presence in the log indicates a new best, see
        :class:`.TrackTheBest`.
    iterations, epochs : int, optional
        The time to wait for a new best. Pass exactly one of them.
    patience_log_record : str, optional
        The record for the remaining time to wait, by default
        ``<notification>_patience_iterations`` or ``..._epochs``.
    **kwargs
        Triggers, see :class:`.SimpleExtension`; by default after each
        epoch.

    Raises
    ------
    ValueError
        If not exactly one of `iterations` and `epochs` is given.

    """

    def __init__(self, notification_name, iterations=None, epochs=None,
                 patience_log_record=None, **kwargs):
        if (iterations is None) == (epochs is None):
            raise ValueError(f'FinishIfNoImprovementAfter takes either '
                             f'iterations or epochs, got iterations='
                             f'{iterations} and epochs={epochs}')
        kwargs.setdefault('after_epoch', True)
        super().__init__(**kwargs)
        self.notification_name = check_string(
            'FinishIfNoImprovementAfter', 'notification_name',
            notification_name)
        for name, value in [('iterations', iterations), ('epochs', epochs)]:
            if value is not None:
                check_number(self, name, value, int, least=0)
        self.iterations = iterations
        self.epochs = epochs
        self.last_best_iter = self.last_best_epoch = None
        unit = 'iterations' if epochs is None else 'epochs'
        self.patience_log_record = (
            patience_log_record or f'{notification_name}_patience_{unit}')

    def update_best(self):
        """Record the time of the best; override for another criterion."""
        log = self.main_loop.log
        if self.notification_name in log.current_row:
            self.last_best_iter = log.status['iterations_done']
            self.last_best_epoch = log.status['epochs_done']

    def do(self, which_callback, *args):
        """Record the remaining patience, and stop if there is none."""
        self.update_best()
        if self.last_best_iter is None:
            return
        log = self.main_loop.log
        if self.epochs is None:
            deadline, now = (self.last_best_iter + self.iterations,
                             log.status['iterations_done'])
        else:
            deadline, now = (self.last_best_epoch + self.epochs,
                             log.status['epochs_done'])
        log.current_row[self.patience_log_record] = max(deadline - now, 0)
        if now >= deadline:
            super().do(which_callback, *args)


class EarlyStopping(CompositeExtension):
    """Tracks the best value of a record; ends training without a new one.

    It consists of :class:`.TrackTheBest` and
    :class:`FinishIfNoImprovementAfter`; a :class:`.Checkpoint` can save the
    best parameters. To restore the best parameters when training ends, put a
    :class:`.KeepBestParameters` after it.

    Parameters
    ----------
    record_name : str
        The record, e.g. of the cost on validation data.
    checkpoint_extension : :class:`.Checkpoint`, optional
        Also saves each new best. It need not be among the main loop's
        extensions; if it is, put it after this one.
    checkpoint_filename : str, optional
        The file for the best. Needed with a `checkpoint_extension`.
    notification_name : str, optional
        See :class:`.TrackTheBest`.
    choose_best : callable, optional
        See :class:`.TrackTheBest`.
    iterations, epochs : int, optional
        See :class:`FinishIfNoImprovementAfter`.
    **kwargs
        Triggers, the times at which to check the record, see
        :class:`.SimpleExtension`; by default after each epoch.

    Raises
    ------
    ValueError
        If there is a `checkpoint_extension`, but no file for it.

    Examples
    --------
    Stop after five epochs without a new lowest cost on validation data, and
    keep the best in a separate file:

    >>> from blocks.extensions.saveload import Checkpoint
    >>> stopping = EarlyStopping(
    ...     'valid_cost', Checkpoint('latest.tar', after_epoch=True),
    ...     'best.tar', epochs=5)

    If greater values are better:

    >>> stopping = EarlyStopping('valid_accuracy', choose_best=max,
    ...                          epochs=5)

    """

    def __init__(self, record_name, checkpoint_extension=None,
                 checkpoint_filename=None, notification_name=None,
                 choose_best=min, iterations=None, epochs=None, **kwargs):
        if checkpoint_extension and not checkpoint_filename:
            raise ValueError('EarlyStopping: a checkpoint_extension is given '
                             'without checkpoint_filename, the file for the '
                             'best')
        kwargs.setdefault('after_epoch', True)
        tracker = TrackTheBest(record_name, notification_name, choose_best,
                               **kwargs)
        notification = tracker.notification_name
        stopper = FinishIfNoImprovementAfter(
            notification, iterations=iterations, epochs=epochs, **kwargs)
        kwargs.setdefault('before_training', True)
        super().__init__([tracker, stopper], **kwargs)
        self.checkpoint_extension = checkpoint_extension
        if checkpoint_extension:
            # At an epoch's end, after_batch has already run when the record is
            # written.
            callbacks = ['after_batch']
            if any(kwargs.get(trigger) for trigger in EPOCH_TRIGGERS):
                callbacks.insert(0, 'after_epoch')
            for name in callbacks:
                checkpoint_extension.add_condition(
                    [name], OnLogRecord(notification),
                    (checkpoint_filename,))

    def do(self, which_callback, *args):
        """Run the checkpoint extension if it is not in the main loop."""
        checkpoint = self.checkpoint_extension
        if which_callback != 'before_training' or not checkpoint:
            return
        extensions = self.main_loop.extensions
        if checkpoint not in extensions:
            checkpoint.main_loop = self.main_loop
            self.sub_extensions.append(checkpoint)
        elif (self in extensions
              and extensions.index(checkpoint) < extensions.index(self)):
            logger.warning(
                'EarlyStopping: %s comes before this extension in the list, '
                'so it will not see a new best value; put it after',
                type(checkpoint).__name__)
