"""Tests of exit codes and messages when the environment fails."""
import contextlib
import errno
import io
import os
import resource
import signal
import subprocess
import sys
from unittest import TestCase, skipUnless

from demos._support import exits
from tests.demos.support.test_command import ROOT, Tiny

FULL = '/dev/full'


def fail_again(first, second):
    try:
        raise first
    finally:
        raise second


class TestExitCode(TestCase):
    def run_raising(self, *errors):
        def main():
            fail_again(*errors) if errors[1:] else self.fail_with(*errors)
        with contextlib.redirect_stderr(io.StringIO()) as written:
            code = exits.exit_code(main)
        return code, written.getvalue()

    @staticmethod
    def fail_with(error):
        raise error

    def test_messages_of_one_line(self):
        full = OSError(errno.ENOSPC, 'No space left', 'a.tar')
        for errors, words in [
                ([full], 'cannot write a.tar: No space left; free some'),
                ([full, ValueError('not closed')], 'cannot write a.tar'),
                ([OSError(errno.EFBIG, 'File too large')],
                 'cannot write output: File too large'),
                ([MemoryError()], 'not enough memory; try'),
                ([MemoryError('9 TiB')], r'not enough memory \(9 TiB\); try'),
                ([exits.UserError('no such town')], 'no such town')]:
            with self.subTest(words):
                code, written = self.run_raising(*errors)
                self.assertEqual(code, 1)
                self.assertRegex(written, f'^error: {words}.*\n$')

    def test_defects_show_a_traceback(self):
        for error in (ValueError('a defect'), OSError('no number'),
                      ConnectionError(errno.ECONNRESET, 'reset')):
            with self.assertRaises(type(error)):
                self.run_raising(error)


class TestSurroundings(Tiny):
    def ends(self, process, code, errors=''):
        _, written = process.communicate(timeout=120)
        self.assertEqual(process.returncode, code, written)
        if errors is not None:
            self.assertRegex(written, f'^{errors}$')

    def start(self, *arguments, **kwargs):
        kwargs.setdefault('stdout', subprocess.DEVNULL)
        kwargs.setdefault('stderr', subprocess.PIPE)
        return super().start(*arguments, text=True, **kwargs)

    @skipUnless(os.path.exists(FULL), f'there is no {FULL} on this system')
    def test_full_output(self):
        with open(FULL, 'w') as full:
            self.ends(self.start(stdout=full), 1,
                      'error: cannot write output: No space left.*\n')

    def test_closed_standard_streams(self):
        self.ends(self.start(preexec_fn=lambda: os.closerange(1, 3),
                             stdout=None, stderr=None), 0, None)
        self.assertIn('parameters.tar', os.listdir(self.folder))
        # No file that reused their descriptors contains the output.
        for name in os.listdir(self.folder):
            with open(os.path.join(self.folder, name), 'rb') as file:
                self.assertNotIn(b'epoch     cost', file.read())

    def test_full_disk(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        # The picture of the curves is the first file above the limit.
        self.ends(self.start(preexec_fn=limit), 1,
                  r'error: nothing was saved to .*File too large.*; '
                  r'free some.*\n')
        self.assertEqual([name for name in os.listdir(self.folder)
                          if name.startswith('.')], [])

    def test_list_of_demos(self):
        for output, code, words in [(FULL, 1, 'error: .*No space.*\n'),
                                    (None, 0, ''), ('pipe', 141, '')]:
            if output == FULL and not os.path.exists(FULL):
                continue
            with self.subTest(output), contextlib.ExitStack() as stack:
                kwargs = {}
                if output is None:
                    kwargs['preexec_fn'] = lambda: os.close(1)
                elif output == 'pipe':
                    read, kwargs['stdout'] = os.pipe()
                    os.close(read)
                    stack.callback(os.close, kwargs['stdout'])
                else:
                    kwargs['stdout'] = stack.enter_context(open(FULL, 'w'))
                process = subprocess.Popen(
                    [sys.executable, '-m', 'demos'], cwd=ROOT,
                    env=dict(os.environ, PYTHONPATH=os.pathsep.join(
                        [ROOT, os.path.join(ROOT, 'compat')])),
                    stderr=subprocess.PIPE, text=True, **kwargs)
                self.ends(process, code, words)
