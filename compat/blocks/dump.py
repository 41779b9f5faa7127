"""Dumps: folders with parameters, the log and the state of iteration.

Blocks 0.0.1 saved training in this way, and its parameters can be loaded. In
new scripts, use :class:`.Checkpoint`, which writes one file atomically, and
:class:`.Load`.

.. warning::

   The iteration state and the log are pickles, which can run arbitrary code.
   Load them only from folders that you trust.

"""
import logging
import os
import pickle

import numpy

from .extensions.simple import SimpleExtension
from .serialization import (  # noqa: F401
    load_parameter_values,
    values_of_any_version,
)

LOADED_FROM, SAVED_TO = 'loaded_from', 'saved_to'
logger = logging.getLogger(__name__)


def save_parameter_values(param_values, path):
    """Save arrays by names in an ``.npz`` file.

    Parameters
    ----------
    param_values : dict of (str, :class:`~numpy.ndarray`)
        The arrays. The file replaces ``/`` in their names with ``-``.
    path : str
        The file.

    Raises
    ------
    ValueError
        If a name contains ``-``, which would be read back as ``/``.

    """
    wrong = sorted(name for name in param_values if '-' in name)
    if wrong:
        raise ValueError(f"save_parameter_values: names must not have '-', "
                         f"got {', '.join(wrong)}; rename these bricks or "
                         f"use blocks.serialization.dump")
    numpy.savez(path, **{name.replace('/', '-'): value
                         for name, value in param_values.items()})


class MainLoopDumpManager:
    """Writes and reads the dump of a main loop.

    Parameters
    ----------
    folder : str
        The folder.

    """

    def __init__(self, folder):
        self.folder = folder
        self.path_to_parameters = os.path.join(folder, 'params.npz')
        self.path_to_iteration_state = os.path.join(
            folder, 'iterations_state.pkl')
        self.path_to_log = os.path.join(folder, 'log')

    def dump(self, main_loop):
        """Write everything; create the folder if it is missing."""
        os.makedirs(self.folder, exist_ok=True)
        self.dump_parameters(main_loop)
        self.dump_iteration_state(main_loop)
        self.dump_log(main_loop)

    def dump_parameters(self, main_loop):
        """Write the values of the parameters of the model."""
        save_parameter_values(main_loop.model.get_parameter_values(),
                              self.path_to_parameters)

    def dump_iteration_state(self, main_loop):
        """Write the data stream and its position in the epoch."""
        with open(self.path_to_iteration_state, 'wb') as file:
            pickle.dump(main_loop.iteration_state, file)

    def dump_log(self, main_loop):
        """Write the log."""
        with open(self.path_to_log, 'wb') as file:
            pickle.dump(main_loop.log, file)

    def load(self):
        """Return parameters, iteration state and log."""
        return (self.load_parameters(), self.load_iteration_state(),
                self.load_log())

    def load_parameters(self):
        """Return the values of the parameters by name."""
        return values_of_any_version(self.path_to_parameters)

    def load_iteration_state(self):
        """Return the iteration state, which is unpickled."""
        with open(self.path_to_iteration_state, 'rb') as file:
            return pickle.load(file)

    def load_log(self):
        """Return the log, which is unpickled."""
        with open(self.path_to_log, 'rb') as file:
            return pickle.load(file)

    def load_to(self, main_loop):
        """Load everything into a main loop, which must have a model."""
        parameters, iteration_state, log = self.load()
        epoch_started = log.status['epoch_started']
        main_loop.model.set_parameter_values(parameters)
        main_loop.log = log
        main_loop.iteration_state = iteration_state
        main_loop.status['received_first_batch'] = epoch_started


class Dump(SimpleExtension):
    """Dumps the main loop into a folder.

    Parameters
    ----------
    state_path : str
        The folder.
    **kwargs
        Triggers, see :class:`.SimpleExtension`; by default after training.

    """

    def __init__(self, state_path, **kwargs):
        kwargs.setdefault('after_training', True)
        super().__init__(**kwargs)
        self.manager = MainLoopDumpManager(state_path)

    def do(self, which_callback, *args):
        """Write the folder, and its name into the log."""
        row = self.main_loop.log.current_row
        row[SAVED_TO] = self.manager.folder
        try:
            self.manager.dump(self.main_loop)
        except BaseException:
            row[SAVED_TO] = None
            raise


class LoadFromDump(SimpleExtension):
    """Loads a folder written by :class:`Dump` into the main loop.

    If the folder does not exist, training starts from scratch.

    Parameters
    ----------
    state_path : str
        The folder.
    **kwargs
        Triggers, see :class:`.SimpleExtension`; by default before training.

    """

    def __init__(self, state_path, **kwargs):
        kwargs.setdefault('before_training', True)
        super().__init__(**kwargs)
        self.manager = MainLoopDumpManager(state_path)

    def do(self, which_callback, *args):
        """Load if the folder exists."""
        folder = self.manager.folder
        if not os.path.exists(folder):
            logger.warning('there is no %s to load: training starts from '
                           'scratch', folder)
            return
        self.manager.load_to(self.main_loop)
        self.main_loop.log.current_row[LOADED_FROM] = folder
