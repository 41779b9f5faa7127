"""Extensions that control training or keep its best."""
import inspect
import logging
import math

import numpy

from ..utils.checks import check_callable, check_string
from .simple import SimpleExtension

logger = logging.getLogger(__name__)


class SharedVariableModifier(SimpleExtension):
    """Sets a shared variable, such as a learning rate, by a function.

    Parameters
    ----------
    parameter : :class:`~tensor.TensorSharedVariable`
        The variable.
    function : callable
        Takes the number of iterations done and, if it has two arguments,
        the current value. Returns the new value.
    num_args : int, optional
        Number of arguments to pass, 1 or 2, if it cannot be inferred.
    **kwargs
        Triggers, see :class:`.SimpleExtension`; by default after each
        batch.

    Examples
    --------
    Halve the learning rate after each epoch:

    >>> from blocks.algorithms import Scale
    >>> rule = Scale(learning_rate=0.1)
    >>> decay = SharedVariableModifier(
    ...     rule.learning_rate, lambda iterations, rate: rate / 2,
    ...     after_batch=False, after_epoch=True)

    In a main loop that is to be saved, use a function with a name.

    """

    def __init__(self, parameter, function, num_args=None, **kwargs):
        kwargs.setdefault('after_batch', True)
        super().__init__(**kwargs)
        check_callable('SharedVariableModifier', 'function', function)
        if not hasattr(parameter, 'set_value'):
            raise TypeError('SharedVariableModifier: parameter must be a '
                            f'shared variable, got {parameter!r}')
        self._function, self._num_args = function, num_args
        self.parameter = parameter

    @property
    def num_args(self):
        """The number of arguments of the function."""
        if self._num_args is None:
            parameters = inspect.signature(self._function).parameters.values()
            self._num_args = sum(
                parameter.kind in (parameter.POSITIONAL_ONLY,
                                   parameter.POSITIONAL_OR_KEYWORD)
                for parameter in parameters)
        return self._num_args

    def function(self, *args):
        """Return the new value."""
        return self._function(*args)

    def do(self, which_callback, *args):
        """Set the variable."""
        arguments = [self.main_loop.log.status['iterations_done']]
        if self.num_args != 1:
            arguments.append(self.parameter.get_value())
        self.parameter.set_value(numpy.asarray(
            self.function(*arguments), dtype=self.parameter.dtype))


class TrackTheBest(SimpleExtension):
    """Records in the log whether a record is better than ever before.

    The log's status has the best value as ``best_<record>``. Put it after the
    extension that writes the record, and before those that read the
    notification.

    Parameters
    ----------
    record_name : str
        The record.
    notification_name : str, optional
        The name of the record that is true if the record is the best; by
        default ``<record>_best_so_far``.
    choose_best : callable, optional
        Returns the better of two values; by default :func:`min`.
    **kwargs
        Triggers, see :class:`.SimpleExtension`; by default after each
        epoch.

    Attributes
    ----------
    notification_name : str
        The name of the notification.
    best_name : str
        The name of the best value in the status.

    """

    def __init__(self, record_name, notification_name=None, choose_best=min,
                 **kwargs):
        kwargs.setdefault('after_epoch', True)
        super().__init__(**kwargs)
        check_string('TrackTheBest', 'record_name', record_name)
        check_callable('TrackTheBest', 'choose_best', choose_best)
        self.record_name = record_name
        self.notification_name = (notification_name
                                  or f'{record_name}_best_so_far')
        self.best_name = f'best_{record_name}'
        self.choose_best = choose_best

    def is_better(self, value, best):
        """Return whether a value is better than the best one so far."""
        if math.isnan(value):
            return False
        return best is None or (value != best
                                and self.choose_best(value, best) == value)

    def do(self, which_callback, *args):
        """Check the record, if it was written."""
        row, status = self.main_loop.log.current_row, self.main_loop.status
        value = row.get(self.record_name)
        if value is None:
            return
        if self.is_better(value, status.get(self.best_name)):
            logger.debug('%s: %s is the best so far', self.record_name, value)
            status[self.best_name] = value
            row[self.notification_name] = True


class KeepBestParameters(SimpleExtension):
    """Keeps the best parameters in memory, and sets them after training.

    Use it with :class:`TrackTheBest` or :class:`.EarlyStopping`, after them.
    Extensions that need the best parameters after training, such as a
    :class:`.Checkpoint`, must come after it.

    Parameters
    ----------
    notification_name : str
        The record that is true if the parameters are the best so far.
    restore : bool, optional
        Whether to set them after training. Otherwise call
        :meth:`restore_best` yourself.
    **kwargs
        Triggers, the times at which to check the notification, see
        :class:`.SimpleExtension`; by default after each epoch.

    Attributes
    ----------
    best_values : list of :class:`~numpy.ndarray` or None
        The values kept, in the order of ``main_loop.model.parameters``.
    best_iteration : int or None
        The number of iterations done at that time.

    Examples
    --------
    >>> from blocks.extensions.stopping import EarlyStopping
    >>> extensions = [EarlyStopping('valid_cost', epochs=5),
    ...               KeepBestParameters('valid_cost_best_so_far')]

    """

    def __init__(self, notification_name, restore=True, **kwargs):
        kwargs.setdefault('after_epoch', True)
        super().__init__(**kwargs)
        self.notification_name = notification_name
        self.best_values = self.best_iteration = None
        if restore:
            self.add_condition(['after_training'])

    def do(self, which_callback, *args):
        """Keep the parameters if they are the best, or set the best."""
        log = self.main_loop.log
        # When training ends within an epoch the last row is also new.
        if log.current_row.get(self.notification_name):
            self.best_values = [parameter.get_value() for parameter
                                in self.main_loop.model.parameters]
            self.best_iteration = log.status['iterations_done']
        if which_callback == 'after_training':
            self.restore_best()

    def restore_best(self):
        """Set the parameters to the best values, if there are any."""
        if self.best_values is None:
            logger.warning('KeepBestParameters: %s was never true in the '
                           'log, so the parameters do not change',
                           self.notification_name)
            return
        for parameter, value in zip(self.main_loop.model.parameters,
                                    self.best_values):
            parameter.set_value(value)
