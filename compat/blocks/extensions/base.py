"""The callbacks of a training extension."""


def callback(func):
    """Mark a method of an extension as a callback of the main loop."""
    func._is_callback = True
    return func


class TrainingExtension:
    """Base class of training extensions.

    A main loop calls the callbacks of an extension at certain times. Derive
    from this class and define the callbacks that you need, or derive from
    :class:`.SimpleExtension` to let the user choose the times.

    Parameters
    ----------
    name : str, optional
        Distinguishes extensions of one class; by default the class name.

    Attributes
    ----------
    name : str
        The name.
    main_loop : :class:`.MainLoop`
        The main loop, which assigns it before training.
    is_monitoring : bool
        Whether :class:`.Timing` counts its time as monitoring.

    """

    is_monitoring = False

    def __init__(self, name=None):
        self.name = name or type(self).__name__

    @property
    def main_loop(self):
        try:
            return self._main_loop
        except AttributeError:
            raise ValueError(
                f'{type(self).__name__} belongs to no main loop: pass it in '
                f'MainLoop(extensions=[...]) and run that, or assign its '
                f'main_loop') from None

    @main_loop.setter
    def main_loop(self, value):
        self._main_loop = value

    @callback
    def before_training(self):
        """Called before training starts, before compilation."""

    @callback
    def after_training(self):
        """Called when training has ended without an error."""

    @callback
    def before_epoch(self):
        """Called before each epoch."""

    @callback
    def after_epoch(self):
        """Called after each epoch."""

    @callback
    def before_batch(self, batch):
        """Called before each update.

        Parameters
        ----------
        batch : dict of (str, :class:`~numpy.ndarray`)
            The data by source.

        """

    @callback
    def after_batch(self, batch):
        """Called after each update.

        Parameters
        ----------
        batch : dict of (str, :class:`~numpy.ndarray`)
            The data by source.

        """

    @callback
    def on_resumption(self):
        """Called when training is resumed, e.g. from a checkpoint."""

    @callback
    def on_interrupt(self):
        """Called when Ctrl-C or SIGTERM ends training, after the batch."""

    @callback
    def on_error(self, exception):
        """Called when an error ends training.

        Parameters
        ----------
        exception : Exception
            The error.

        """

    def dispatch(self, callback_name, *args):
        """Run a callback by name; override it to intercept all callbacks.

        Parameters
        ----------
        callback_name : str
            The name of one of the callbacks above.
        *args
            The arguments of the callback.

        """
        getattr(self, str(callback_name))(*args)


def callbacks_of(extension_class):
    """Return the names of the callbacks of a class of extensions."""
    return frozenset(name for name in dir(extension_class)
                     if getattr(getattr(extension_class, name, None),
                                '_is_callback', False))


CALLBACK_NAMES = callbacks_of(TrainingExtension)


class CallbackName(str):
    """The name of a callback; comparing it with a typo raises an error.

    Examples
    --------
    >>> CallbackName('after_batch') == 'after_epoch'
    False
    >>> CallbackName('after_batch') == 'after_bacth'
    Traceback (most recent call last):
    ...
    TypeError: 'after_bacth' is not a callback; these are: after_batch, \
after_epoch, after_training, before_batch, before_epoch, before_training, \
on_error, on_interrupt, on_resumption

    """

    __hash__ = str.__hash__

    def __eq__(self, other):
        if other not in CALLBACK_NAMES:
            raise TypeError(f'{other!r} is not a callback; these are: '
                            f'{", ".join(sorted(CALLBACK_NAMES))}')
        return str(self) == str(other)

    def __ne__(self, other):
        return not self == other
