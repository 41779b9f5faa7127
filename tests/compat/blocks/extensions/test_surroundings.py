"""Tests of extensions whose terminal or disk fails during training."""
import contextlib
import errno
import io
import os
import tempfile
import unittest
from unittest import mock

from blocks.extensions import FinishAfter, Printing, ProgressBar
from blocks.extensions.plot import Plot

from tests.compat.blocks.training import counting_loop


class Terminal(io.StringIO):
    """A terminal that hangs up after some characters."""

    def __init__(self, length):
        super().__init__()
        self.length = length

    def isatty(self):
        return True

    def write(self, text):
        self.length -= len(text)
        if self.length < 0:
            raise OSError(errno.EPIPE, 'Broken pipe')
        return super().write(text)


def closed():
    stream = io.StringIO()
    stream.close()
    return stream


class TestScreen(unittest.TestCase):
    def check(self, extension, stream, warnings):
        name = ('stdout' if isinstance(extension, Printing) else 'stderr')
        loop = counting_loop([extension, FinishAfter(after_n_epochs=2)])
        with contextlib.ExitStack() as stack:
            stack.enter_context(mock.patch(f'sys.{name}', stream))
            if warnings:
                logged = stack.enter_context(
                    self.assertLogs('blocks.utils.screen', 'WARNING'))
            loop.run()
        self.assertEqual(loop.status['epochs_done'], 2)
        if warnings:
            self.assertRegex(logged.output[0],
                             f'{type(extension).__name__} cannot write')
        return logged.output if warnings else []

    def test_missing_stream(self):
        for extension in Printing(), ProgressBar():
            self.check(extension, None, warnings=False)

    def test_closed_stream(self):
        for extension in Printing(), ProgressBar():
            self.check(extension, closed(), warnings=True)

    def test_terminal_that_hangs_up(self):
        for length in 0, 30, 60:
            with self.subTest(length):
                self.check(Printing(), Terminal(length), warnings=True)
                self.assertEqual(len(self.check(
                    ProgressBar(), Terminal(length), warnings=True)), 1)

    def test_other_errors_are_raised(self):
        loop = counting_loop([Printing()])
        with mock.patch('blocks.extensions.printing.print', create=True,
                        side_effect=ValueError('another')):
            with self.assertRaisesRegex(ValueError, 'another'):
                loop.run()


class TestDisk(unittest.TestCase):
    def test_unwritable_picture(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'curves.png')
            with mock.patch('os.replace', side_effect=OSError(
                    errno.ENOSPC, 'No space left on device')):
                with self.assertRaises(OSError) as caught:
                    counting_loop([FinishAfter(after_n_epochs=1),
                                   Plot(path, [['a']])]).run()
            self.assertEqual(caught.exception.errno, errno.ENOSPC)
            self.assertEqual(caught.exception.filename, path)
            self.assertEqual(os.listdir(folder), [])
