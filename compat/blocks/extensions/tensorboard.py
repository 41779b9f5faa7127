"""The log, parameters and gradients in TensorBoard."""
import numbers
import os
import time

import numpy
import theano

from ..relocation import WritesFiles
from ..utils.checks import check_path
from .simple import SimpleExtension

INSTALL = "pip install 'blocks-rnn-bricks[tensorboard]'"


class TensorBoard(WritesFiles, SimpleExtension):
    """Writes the log into a folder that TensorBoard shows.

    A record that is a single number becomes a scalar at its iteration, an
    array a histogram, anything else text. Each is written once. Training
    that resumes from a checkpoint hides records written after the checkpoint,
    and new training in the folder of an old run hides the old run.

    Parameters
    ----------
    folder : str
        The folder for the event files.
    parameters : bool, optional
        Whether to write histograms of the parameters of the model.
    gradients : bool, optional
        Whether to write histograms of the gradients on the latest batch, at
        the current values of the parameters. This compiles a function and
        takes about as long as an update each time.
    pictures : dict of (str, str), optional
        Paths of PNG files that other extensions write, by tag.
    **kwargs
        Triggers, see :class:`.SimpleExtension`; by default before the first
        epoch, after each epoch, after training and when it is interrupted.
        All records since the last time are written, whatever the trigger.

    Raises
    ------
    ImportError
        If tensorboardX is not installed.

    """

    def __init__(self, folder, parameters=False, gradients=False,
                 pictures=None, **kwargs):
        check_path('TensorBoard', 'folder', folder)
        for trigger in ('before_first_epoch', 'after_epoch',
                        'after_training', 'on_interrupt'):
            kwargs.setdefault(trigger, True)
        super().__init__(**kwargs)
        _package()  # fail now rather than after an epoch
        self.folder = os.fspath(folder)
        self.parameters = parameters
        self.gradients = gradients
        self.pictures = dict(pictures or {})
        self._from = 0  # the first row that may not be complete
        self._forget()

    def __getstate__(self):
        state = self.__dict__.copy()
        for name in ('_writer', '_written', '_batch', '_function'):
            state.pop(name, None)
        return state

    def __setstate__(self, state):
        self.__dict__.update(state)
        self._forget()

    def _forget(self):
        self._writer = self._batch = self._function = None
        self._written = set()  # (iteration, tag) from self._from on

    def dispatch(self, callback_invoked, *from_main_loop):
        """Keep the batch for the gradients, and run the conditions."""
        if self.gradients and str(callback_invoked) == 'after_batch':
            self._batch = from_main_loop[0]
        return super().dispatch(callback_invoked, *from_main_loop)

    def do(self, which_callback, *args):
        """Write new records."""
        if self._writer is None:
            # It hides the contents of earlier files from this row on.
            self._writer = _EventFile(self.place(self.folder), self._from)
            self._written = set()
        now = self.main_loop.log.status['iterations_done']
        log = self.main_loop.log
        for iteration in sorted(row for row in log if row >= self._from):
            for name, value in dict(log[iteration]).items():
                self._once(iteration, name, self._record, value)
        for tag, value in self._histograms():
            self._once(now, tag, self._writer.histogram, value)
        if which_callback in ('after_training', 'on_interrupt'):
            for tag, path in self.pictures.items():
                self._once(now, tag, self._picture, self.place(path))
        self._from = now
        self._written = {key for key in self._written if key[0] >= now}
        self._writer.flush()
        if which_callback == 'after_training':
            self._writer.close()
            self._writer = None

    def _once(self, iteration, tag, write, value):
        if (iteration, tag) not in self._written:
            self._written.add((iteration, tag))
            write(tag, value, iteration)

    def _record(self, name, value, iteration):
        array = (numpy.asarray(value) if isinstance(
            value, (numbers.Number, numpy.ndarray, numpy.generic)) else None)
        if array is None or array.dtype.kind not in 'biuf':
            self._writer.text(name, str(value), iteration)
        elif array.size == 1:
            self._writer.scalar(name, float(array.item()), iteration)
        elif array.size and numpy.isfinite(array).all():
            self._writer.histogram(name, array, iteration)
        else:
            self._writer.text(name, str(value), iteration)

    def _picture(self, tag, path, iteration):
        if os.path.exists(path):
            from PIL import Image
            with Image.open(path) as image:
                pixels = numpy.asarray(image.convert('RGB'))
            self._writer.image(tag, pixels, iteration)

    def _histograms(self):
        """Yield tags and values; omit values that are not finite."""
        found = []
        names = {}
        if self.parameters or self.gradients:
            parameters = self.main_loop.model.get_parameter_dict()
            names = {parameter: name for name, parameter in parameters.items()}
        if self.parameters:
            found += [(f'parameters{name}', parameter.get_value())
                      for parameter, name in names.items()]
        if self.gradients and self._batch is not None:
            gradients = self.main_loop.algorithm.gradients
            if self._function is None:
                self._function = theano.function(
                    self.main_loop.algorithm.inputs,
                    list(gradients.values()), on_unused_input='ignore')
            values = self._function(*[
                self._batch[variable.name]
                for variable in self.main_loop.algorithm.inputs])
            found += [(f'gradients{names.get(parameter, parameter.name)}',
                       value) for parameter, value in zip(gradients, values)]
        return [(tag, value) for tag, value in found
                if value.size and numpy.isfinite(value).all()]


class _EventFile:
    """A new event file, written at once and not by a thread.

    ``tensorboardX.SummaryWriter`` has a queue, for which its ``flush`` does
    not wait: a checkpoint could record data as written that are lost if the
    process is killed.

    Parameters
    ----------
    folder : str
    first : int
        TensorBoard ignores data in earlier files from this iteration on.

    """

    def __init__(self, folder, first):
        writer, self._event, status, self._summary = _package()
        os.makedirs(folder, exist_ok=True)
        now = time.time()
        # The library's names have the time in seconds; later ones must sort
        # last.
        self._file = writer(os.path.join(folder, 'events'),
                            f'.{time.time_ns()}')
        self._file.write_event(self._event(
            wall_time=now, step=first, file_version='brain.Event:2'))
        self._file.write_event(self._event(
            wall_time=now, step=first, session_log=status(
                status=status.START)))

    def scalar(self, tag, value, step):
        self._add(self._summary.scalar(tag, value), step)

    def histogram(self, tag, array, step):
        self._add(self._summary.histogram(
            tag, array.astype(float).ravel(), 30), step)

    def text(self, tag, text, step):
        self._add(self._summary.text(tag, text), step)

    def image(self, tag, pixels, step):
        self._add(self._summary.image(tag, pixels, dataformats='HWC'), step)

    def _add(self, summary, step):
        self._file.write_event(self._event(
            wall_time=time.time(), step=step, summary=summary))

    def flush(self):
        self._file.flush()

    def close(self):
        self._file.close()


def _package():
    try:
        from tensorboardX import summary
        from tensorboardX.event_file_writer import EventsWriter
        from tensorboardX.proto.event_pb2 import Event, SessionLog
    except ImportError as error:
        raise ImportError(f'TensorBoard: the package tensorboardX is not '
                          f'installed; run: {INSTALL}') from error
    return EventsWriter, Event, SessionLog, summary
