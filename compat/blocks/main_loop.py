"""The main loop, which trains a model on the batches of a stream."""
import logging
import traceback

from ._former import former_names
from .config import config
from .extensions.base import CALLBACK_NAMES, CallbackName
from .interrupts import Interrupts, batch_interrupt_message
from .log import BACKENDS
from .utils import change_recursion_limit
from .utils.checks import check_stream
from .utils.profile import Profile, Timer

__all__ = ['MainLoop', 'TrainingFinish', 'batch_interrupt_message',
           'error_in_error_handling_message', 'error_message',
           'no_model_message']

logger = logging.getLogger(__name__)

error_message = (
    'Training ended with an error, which will be raised when the callbacks '
    'on_error have run; after_training will not be run. Press Ctrl-C twice '
    'to end now.')
error_in_error_handling_message = (
    'A callback on_error failed itself; those of the later extensions are not '
    'run.')
no_model_message = (
    'this main loop has no model, but something (maybe an extension, such as '
    'Load) needs one: pass MainLoop(model=Model(cost))')

# The counters of the status for completed levels of the loop.
COUNTERS = {'batch': 'iterations_done', 'epoch': 'epochs_done'}
END_OF_EPOCH = object()
CALLBACKS = {name: CallbackName(name) for name in CALLBACK_NAMES}


class TrainingFinish(Exception):
    """Raised inside the main loop to end training normally."""


class MainLoop:
    """Trains a model with an algorithm on the batches of a data stream.

    The loop itself only passes batches from the stream to the algorithm.
    Extensions do everything else; the loop calls their callbacks in the order
    of the list. They communicate with each other and the loop through the log:
    the loop ends after the batch, epoch or resumption in which a record
    ``training_finish_requested`` is true.

    Ctrl-C or SIGTERM ends training after the current batch; the callbacks
    ``on_interrupt`` and ``after_training`` are run, so that a
    :class:`.Checkpoint` saves. A second Ctrl-C ends it at once, without
    them. An error runs the callbacks ``on_error`` and is raised again.

    A finished main loop can be run again, even after it was pickled and
    loaded, and continues where it stopped.

    Parameters
    ----------
    algorithm : :class:`.TrainingAlgorithm`
        Performs an update per batch.
    data_stream : :class:`fuel.streams.AbstractDataStream`
        Yields the batches.
    model : :class:`.Model`, optional
        The trained model, for extensions that need it, like
        :class:`.Checkpoint`.
    log : :class:`.TrainingLogBase`, optional
        The log, by default a new one.
    log_backend : {'python', 'sqlite'}, optional
        The kind of log, by default ``config.log_backend``.
    extensions : list of :class:`.TrainingExtension`, optional
        The extensions.

    Attributes
    ----------
    epoch_iterator : iterator
        Yields the rest of the current epoch.
    profile : :class:`.Profile`
        The time spent in each part.
    saved_as : tuple of str or None
        The working directory and the path of the file to which
        :class:`.Checkpoint` last saved it.

    Raises
    ------
    ValueError
        If `log_backend` is unknown.

    """

    saved_as = None

    def __init__(self, algorithm, data_stream, model=None, log=None,
                 log_backend=None, extensions=None):
        if log is None:
            backend = config.log_backend if log_backend is None else (
                log_backend)
            if not isinstance(backend, str) or backend not in BACKENDS:
                raise ValueError(f'log_backend must be one of '
                                 f'{", ".join(BACKENDS)}, got {backend!r}')
            log = BACKENDS[backend]()
        elif isinstance(log, type) or not hasattr(log, 'status'):
            raise TypeError(f'MainLoop: log must be a TrainingLog() or an '
                            f'SQLiteLog(), got {log!r}')
        self._check_parts(algorithm, data_stream, extensions)
        self.algorithm = algorithm
        self.data_stream = data_stream
        self.epoch_iterator = None
        self.log = log
        self.extensions = [] if extensions is None else extensions
        self.profile = Profile()
        self._model = model
        self._interrupts = Interrupts()
        for flag in ('training_started', 'epoch_started',
                     'epoch_interrupt_received', 'batch_interrupt_received'):
            self.status[flag] = False

    @staticmethod
    def _check_parts(algorithm, data_stream, extensions):
        """Raise TypeError if a part has the wrong type."""
        if algorithm is not None and (isinstance(algorithm, type)
                                      or not hasattr(algorithm, 'initialize')):
            raise TypeError(f'MainLoop: algorithm must be a TrainingAlgorithm '
                            f'such as GradientDescent(...), got '
                            f'{algorithm!r}')
        if data_stream is not None:
            check_stream('MainLoop', data_stream)
        if extensions is None:
            return
        if not isinstance(extensions, (list, tuple)):
            raise TypeError(f'MainLoop: extensions must be a list, got '
                            f'{extensions!r}')
        for extension in extensions:
            if isinstance(extension, type):
                raise TypeError(
                    f'MainLoop: extensions must be objects, got the class '
                    f'{extension.__name__}; write {extension.__name__}()')

    @property
    def status(self):
        """The status of the log."""
        return self.log.status

    @property
    def interrupted_by(self):
        """The number of the signal that ended the last run, or None."""
        return self._interrupts.number

    @property
    def model(self):
        """The model of the loop.

        Raises
        ------
        AttributeError
            If it has no model.

        """
        if not self._model:
            raise AttributeError(no_model_message)
        return self._model

    def find_extension(self, name):
        """Return the extension with a name.

        Parameters
        ----------
        name : str
            By default, extensions have the name of their class.

        Raises
        ------
        ValueError
            If not exactly one extension has the name.

        """
        found = [extension for extension in self.extensions
                 if extension.name == name]
        if len(found) != 1:
            names = ', '.join(extension.name for extension in self.extensions)
            raise ValueError(f'{len(found)} extensions have the name '
                             f'{name!r}; the names are: {names}')
        return found[0]

    @property
    def iteration_state(self):
        """The data stream and the iterator of the current epoch."""
        return self.data_stream, self.epoch_iterator

    @iteration_state.setter
    def iteration_state(self, value):
        self.data_stream, self.epoch_iterator = value

    def run(self):
        """Train until an extension requests to finish, or an interrupt.

        Raises
        ------
        TypeError
            If the algorithm or the data stream is missing.
        RuntimeError
            If it is already running, in this or another thread.

        """
        if self._interrupts.active:
            raise RuntimeError(
                'this main loop is already running: two runs would change the '
                'same parameters and the same log; to continue later, call '
                'run() when it has ended')
        logging.basicConfig()  # nothing if the user has configured logging
        for name, part in [('algorithm', self.algorithm),
                           ('data_stream', self.data_stream)]:
            if part is None:
                raise TypeError(f'MainLoop: {name} must be set before run(), '
                                f'got None')
        if hasattr(self._model, 'check_sanity'):
            self._model.check_sanity(self.algorithm)
        self.profile.current = []
        with change_recursion_limit(config.recursion_limit), \
                Interrupts() as self._interrupts:
            try:
                self._begin()
                with Timer('training', self.profile):
                    while self._run_epoch():
                        pass
            except TrainingFinish:
                if self.status['batch_interrupt_received']:
                    self._run_extensions('on_interrupt')
            except Exception as error:
                self._report_error(error)
                raise
            self.log.current_row['training_finished'] = True
            self._run_extensions('after_training')
            if config.profile:
                self.profile.report()

    def _begin(self):
        """Start training, or continue it."""
        for flag in 'epoch_interrupt_received', 'batch_interrupt_received':
            self.status[flag] = False
        for extension in self.extensions:
            extension.main_loop = self
        if self.status['training_started']:
            with Timer('initialization', self.profile):
                getattr(self.algorithm, 'resume', lambda: None)()
        else:
            self._run_extensions('before_training')
            with Timer('initialization', self.profile):
                self.algorithm.initialize()
            self.status['training_started'] = True
        # An extension (such as Load) may just have replaced the log.
        if self.status['iterations_done'] > 0:
            # The end of the last run must not end this one.
            for record in 'training_finish_requested', 'training_finished':
                self.log.current_row.pop(record, None)
            self.log.resume()
            self._run_extensions('on_resumption')
            if self.log.current_row.get('training_finish_requested'):
                raise TrainingFinish

    def _run_epoch(self):
        """Finish the current epoch, or run a new one.

        Returns
        -------
        bool
            Whether the stream had another epoch.

        """
        under_way = self.status['epoch_started'] and (
            self.epoch_iterator is not None)
        if not (under_way or self._open_epoch()):
            return False
        with Timer('epoch', self.profile):
            while self._run_iteration():
                pass
        self.status['epoch_started'] = False
        self._complete('epoch')
        return True

    def _open_epoch(self):
        """Begin an epoch; return whether the stream had one."""
        try:
            self.epoch_iterator = self.data_stream.get_epoch_iterator(
                as_dict=True)
        except StopIteration:
            return False
        self.status['received_first_batch'] = False
        self.status['epoch_started'] = True
        self._run_extensions('before_epoch')
        return True

    def _run_iteration(self):
        """Train on one batch.

        Returns
        -------
        bool
            Whether the epoch had another batch.

        """
        with Timer('read_data', self.profile):
            batch = next(self.epoch_iterator, END_OF_EPOCH)
        if not self.status['received_first_batch']:
            if batch is END_OF_EPOCH:
                raise ValueError(
                    f'an epoch of the data stream {self.data_stream!r} had '
                    f'no batch: the data set is empty, a filter dropped all '
                    f'examples, or the stream is an iterator that can be '
                    f'read only once')
            self.status['received_first_batch'] = True
        if batch is END_OF_EPOCH:
            return False
        self._run_extensions('before_batch', batch)
        with Timer('train', self.profile):
            self.algorithm.process_batch(batch)
        self._complete('batch', batch)
        return True

    def _complete(self, level, *args):
        """Count a batch or an epoch, and notify the extensions.

        Parameters
        ----------
        level : {'batch', 'epoch'}
            The completed level.
        *args
            The arguments of the callbacks after it.

        Raises
        ------
        TrainingFinish
            If training should end now.

        """
        self.status[COUNTERS[level]] += 1
        if level == 'epoch':
            self.status['_epoch_ends'] = [*self.status['_epoch_ends'],
                                          self.status['iterations_done']]
        self._run_extensions(f'after_{level}', *args)
        self._check_finish_training(level)

    def _run_extensions(self, method_name, *args):
        """Call one callback of all extensions."""
        name = CALLBACKS[method_name]
        with Timer(method_name, self.profile):
            for extension in self.extensions:
                with Timer(type(extension).__name__, self.profile):
                    extension.dispatch(name, *args)

    def _check_finish_training(self, level):
        """End training if that is requested.

        Parameters
        ----------
        level : {'batch', 'epoch'}
            The completed level.

        Raises
        ------
        TrainingFinish
            If the loop must end.

        """
        if self._interrupts.received:
            self.log.current_row['batch_interrupt_received'] = True
            self.status['batch_interrupt_received'] = True
        if (self.log.current_row.get('training_finish_requested')
                or self.status['batch_interrupt_received']
                or level == 'epoch'
                and self.status['epoch_interrupt_received']):
            raise TrainingFinish

    def _report_error(self, error):
        """Record an error in the log and let the extensions save.

        An error in an extension is only reported, so that the first is raised.

        """
        report = traceback.format_exc()
        try:
            self.log.current_row['got_exception'] = report
        except OSError as failure:  # the log may be the cause of the error
            logger.error('The error could not be recorded in the log: %s',
                         failure)
        logger.error(error_message)
        try:
            self._run_extensions('on_error', error)
        except Exception:
            logger.exception(error_in_error_handling_message)


__getattr__ = former_names(__name__, {
    'DifferentiableCostMinimizer': 'blocks.algorithms.UpdatesAlgorithm',
    # Now Ctrl-C ends training at once.
    'epoch_interrupt_message': 'blocks.main_loop.batch_interrupt_message',
}, used=(
    'blocks.log', 'blocks.model', 'blocks.utils'))
