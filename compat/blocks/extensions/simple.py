"""Extensions that do one thing when triggers chosen by the user fire."""
import logging
import math
from abc import ABC, abstractmethod
from numbers import Real

from .base import TrainingExtension, callbacks_of

logger = logging.getLogger(__name__)

# For each trigger other than the callbacks: the callback it belongs to.
TRIGGERED_BY = {'before_first_epoch': 'before_epoch',
                'after_n_epochs': 'after_epoch',
                'every_n_epochs': 'after_epoch',
                'after_n_batches': 'after_batch',
                'every_n_batches': 'after_batch'}
TAKE_ARGUMENT = frozenset({'before_batch', 'after_batch', 'on_error'})


def always_true(log):
    """Return True: the predicate of a condition without one."""
    return True


def has_done_epochs(log):
    """Return whether no epoch is done yet, for ``before_first_epoch``."""
    return not log.status['epochs_done']


class Predicate:
    """The predicate of a trigger that counts epochs or batches.

    Parameters
    ----------
    condition : str
        ``after_n_epochs``, ``every_n_epochs``, ``after_n_batches`` or
        ``every_n_batches``.
    num : int
        The number `n`.

    """

    def __init__(self, condition, num):
        if not (isinstance(num, Real) and 1 <= num < math.inf
                and num == int(num)):
            raise ValueError(f'{condition} takes a positive integer, '
                             f'got {num!r}')
        self.condition = condition
        self.num = int(num)
        self.repeats = condition.startswith('every')
        self.counter = ('epochs_done' if condition.endswith('epochs')
                        else 'iterations_done')

    def __call__(self, log):
        done = log.status[self.counter]
        return done % self.num == 0 if self.repeats else done == self.num


class SimpleExtension(TrainingExtension, ABC):
    """Base class of extensions that do one thing when triggered.

    The thing is :meth:`do`. Triggers are keyword arguments;
    :meth:`add_condition` adds more, with a predicate on the log and with
    arguments for :meth:`do`.

    Parameters
    ----------
    before_training, before_first_epoch, before_epoch : bool, optional
        Run before training, before the first epoch, before each epoch.
    before_batch, after_batch : bool, optional
        Run before or after each batch.
    after_epoch, after_training : bool, optional
        Run after each epoch, after training.
    on_resumption, on_interrupt, on_error : bool, optional
        Run when training is resumed, interrupted, ended by an error.
    after_n_epochs, every_n_epochs : int, optional
        Run after the n-th epoch, after each n-th epoch.
    after_n_batches, every_n_batches : int, optional
        Run after the n-th batch, after each n-th batch.
    name : str, optional
        See :class:`.TrainingExtension`.

    """

    BOOLEAN_TRIGGERS = callbacks_of(TrainingExtension) | {
        'before_first_epoch'}
    INTEGER_TRIGGERS = TRIGGERED_BY.keys() - BOOLEAN_TRIGGERS

    def __init__(self, **kwargs):
        triggers = self.BOOLEAN_TRIGGERS | self.INTEGER_TRIGGERS
        conditions = {key: kwargs.pop(key) for key in list(kwargs)
                      if key in triggers}
        super().__init__(**kwargs)
        self._conditions = []
        self.set_conditions(**conditions)

    def set_conditions(self, **kwargs):
        """Replace all conditions.

        Parameters
        ----------
        **kwargs
            Triggers, as for the class. A trigger that is false or None is
            ignored.

        Returns
        -------
        :class:`SimpleExtension`
            The extension itself.

        Raises
        ------
        KeyError
            If the trigger does not exist.

        """
        self._conditions.clear()
        for trigger, value in kwargs.items():
            if trigger in self.BOOLEAN_TRIGGERS:
                if value:
                    self.add_condition([trigger])
            elif trigger in self.INTEGER_TRIGGERS:
                if value is not None and value is not False:
                    self.add_condition([TRIGGERED_BY[trigger]],
                                       Predicate(trigger, value))
            else:
                raise KeyError(
                    f'{trigger!r} is not a trigger; the triggers are: '
                    + ', '.join(sorted(self.BOOLEAN_TRIGGERS
                                       | self.INTEGER_TRIGGERS)))
        return self

    def add_condition(self, callbacks_names, predicate=None, arguments=None):
        """Add a condition on which :meth:`do` runs.

        Parameters
        ----------
        callbacks_names : list or tuple of str
            The callbacks at which to check, including ``before_first_epoch``.
        predicate : callable, optional
            Takes the log and returns whether to run; by default, always.
        arguments : iterable, optional
            Passed to :meth:`do` after the arguments from the main loop.

        Returns
        -------
        :class:`SimpleExtension`
            The extension itself.

        Raises
        ------
        ValueError
            If `callbacks_names` is a string, or a name is unknown.

        """
        if not isinstance(callbacks_names, (list, tuple)):
            raise ValueError(f'callbacks_names must be a list or tuple of '
                             f'names, got {callbacks_names!r}; write '
                             f'[{callbacks_names!r}]')
        known = callbacks_of(type(self)) | {'before_first_epoch'}
        for name in callbacks_names:
            if name not in known:
                raise ValueError(f'{name!r} is not a callback; these are: '
                                 f'{", ".join(sorted(known))}')
            self._conditions.append((
                TRIGGERED_BY.get(name, name),
                predicate or (has_done_epochs if name == 'before_first_epoch'
                              else always_true),
                tuple(arguments or ())))
        return self

    @abstractmethod
    def do(self, which_callback, *args):
        """Do the thing for which the extension exists.

        Parameters
        ----------
        which_callback : str
            The name of the callback that runs it.
        *args
            The arguments that the main loop passes to the callback, then those
            of the condition. Accept them even if they are not needed.

        """

    def dispatch(self, callback_invoked, *from_main_loop):
        """Run :meth:`do` once for each condition that is met."""
        # A plain string, as comparing CallbackNames is slow.
        invoked = str(callback_invoked)
        for name, predicate, arguments in self._conditions:
            if name == invoked and predicate(self.main_loop.log):
                self.do(callback_invoked, *from_main_loop, *arguments)

    @staticmethod
    def parse_args(which_callback, args):
        """Separate the arguments of the callback from those of the condition.

        Parameters
        ----------
        which_callback : str
            The callback.
        args : iterable
            The arguments after it.

        Returns
        -------
        from_main_loop, from_user : tuple
            The arguments of the callback and those of the condition.

        Examples
        --------
        >>> SimpleExtension.parse_args('after_batch', ['batch', 'path'])
        (('batch',), ('path',))
        >>> SimpleExtension.parse_args('after_epoch', ['path'])
        ((), ('path',))

        """
        args = tuple(args)
        count = 1 if str(which_callback) in TAKE_ARGUMENT else 0
        return args[:count], args[count:]


class CompositeExtension(SimpleExtension):
    """An extension that consists of others.

    Each of the others keeps its triggers. Those of this class are for its
    :meth:`do`, which does nothing unless overridden.

    Parameters
    ----------
    sub_extensions : iterable of :class:`.TrainingExtension`
        The others, in the order in which to run them.
    run_before_children : bool, optional
        Whether to run before the others (the default) or after them.
    **kwargs
        Triggers, see :class:`SimpleExtension`.

    """

    def __init__(self, sub_extensions, run_before_children=True, **kwargs):
        super().__init__(**kwargs)
        self.sub_extensions = sub_extensions
        self.run_before_children = run_before_children

    @property
    def main_loop(self):
        return super().main_loop

    @main_loop.setter
    def main_loop(self, value):
        self._main_loop = value
        for extension in self.sub_extensions:
            extension.main_loop = value

    def dispatch(self, callback_invoked, *from_main_loop):
        """Run this extension and the others if their conditions are met."""
        if self.run_before_children:
            super().dispatch(callback_invoked, *from_main_loop)
        for extension in self.sub_extensions:
            extension.dispatch(callback_invoked, *from_main_loop)
        if not self.run_before_children:
            super().dispatch(callback_invoked, *from_main_loop)

    def do(self, which_callback, *args):
        """Do nothing."""


class FinishAfter(SimpleExtension):
    """Ends training when triggered, after the current batch or epoch.

    Parameters
    ----------
    **kwargs
        Triggers, see :class:`SimpleExtension`.

    Notes
    -----
    ``after_n_epochs=5`` triggers when exactly five epochs are done: training
    that is resumed later continues without limit, after a warning.

    """

    def dispatch(self, callback_invoked, *from_main_loop):
        """Run :meth:`do`; warn on resumption if all limits have passed."""
        if str(callback_invoked) == 'on_resumption':
            limits = [predicate for _, predicate, _ in self._conditions]
            status = self.main_loop.status
            if limits and all(
                    isinstance(limit, Predicate) and not limit.repeats
                    and status[limit.counter] >= limit.num
                    for limit in limits):
                logger.warning(
                    '%s was to end training %s: this has passed, and training '
                    'continues without limit. Set a new limit with '
                    'set_conditions(), or press Ctrl-C', self.name,
                    ' or '.join(f'{limit.condition}={limit.num}'
                                for limit in limits))
        super().dispatch(callback_invoked, *from_main_loop)

    def do(self, which_callback, *args):
        """Ask the main loop to finish."""
        self.main_loop.log.current_row['training_finish_requested'] = True
