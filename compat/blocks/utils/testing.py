"""Mock objects and conditions for tests."""
import io
import logging
import os
import time
from contextlib import redirect_stdout
from functools import wraps
from importlib import import_module
from unittest import SkipTest

from fuel.datasets import IterableDataset

from ..algorithms import TrainingAlgorithm
from ..config import config
from ..main_loop import MainLoop


def silence_printing(test):
    """Decorate a test: drop its output and its warnings."""
    @wraps(test)
    def silenced(*args, **kwargs):
        logger = logging.getLogger('blocks')
        level = logger.level
        logger.setLevel(logging.ERROR)
        try:
            with redirect_stdout(io.StringIO()):
                return test(*args, **kwargs)
        finally:
            logger.setLevel(level)
    return silenced


def skip_if_not_available(modules=None, datasets=None, configurations=None):
    """Skip a test if its requirements are missing.

    Parameters
    ----------
    modules : list of str, optional
        Modules to be imported.
    datasets : list of str, optional
        Folders below ``config.data_path``.
    configurations : list of str, optional
        Settings that must have a value.

    Raises
    ------
    unittest.SkipTest
        If one of these is missing.

    """
    for module in modules or ():
        try:
            import_module(module)
        except Exception as error:
            raise SkipTest(f'{module} cannot be imported: {error}') from error
    for setting in [*(configurations or ()),
                    *(['data_path'] if datasets else ())]:
        if not hasattr(config, setting):
            raise SkipTest(f'config.{setting} is not set')
    for dataset in datasets or ():
        if not os.path.exists(os.path.join(config.data_path, dataset)):
            raise SkipTest(f'{dataset} is not in {config.data_path}')


def skip_if_configuration_set(configuration, value, message=None):
    """Skip a test if a setting has some value.

    Parameters
    ----------
    configuration : str
        The name of the setting.
    value : object
        The value with which the test cannot run.
    message : str, optional
        The reason.

    Raises
    ------
    unittest.SkipTest
        If the setting has that value.

    """
    if getattr(config, configuration) == value:
        raise SkipTest(message or f'config.{configuration} is {value!r}')


class MockAlgorithm(TrainingAlgorithm):
    """An algorithm that only keeps the last batch.

    Parameters
    ----------
    delay_time : float, optional
        Seconds to wait at each batch.

    """

    _initialized = False

    def __init__(self, delay_time=0):
        self.delay_time = delay_time

    def initialize(self):
        """Record the call: only one is allowed."""
        if self._initialized:
            raise AssertionError('MockAlgorithm was initialized before; a '
                                 'main loop initializes its algorithm once')
        self._initialized = True

    def process_batch(self, batch):
        """Keep a batch, after the delay."""
        time.sleep(self.delay_time)
        self.batch = batch


class MockMainLoop(MainLoop):
    r"""A main loop on ten numbers, with a :class:`MockAlgorithm`.

    Parameters
    ----------
    delay_time : float, optional
        Seconds to wait at each batch.
    \*\*kwargs
        See :class:`~blocks.main_loop.MainLoop`.

    """

    def __init__(self, delay_time=0, **kwargs):
        if 'data_stream' not in kwargs:
            kwargs['data_stream'] = IterableDataset(
                range(10)).get_example_stream()
        kwargs.setdefault('algorithm', MockAlgorithm(delay_time))
        super().__init__(**kwargs)
