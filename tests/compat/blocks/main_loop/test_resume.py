import os
import pickle
import signal
import subprocess
import sys
import tempfile
import unittest

REPOSITORY = os.path.abspath(__file__).rsplit(os.sep, 5)[0]
MODULE = 'tests.compat.blocks.main_loop.resumable'


def run(task, folder):
    """Run a task in its own process and return the exit code."""
    path = [REPOSITORY, os.path.join(REPOSITORY, 'compat'),
            os.environ.get('PYTHONPATH', '')]
    return subprocess.run(
        [sys.executable, '-m', MODULE, task, folder], cwd=REPOSITORY,
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, path))),
        timeout=300).returncode


def state(folder):
    with open(os.path.join(folder, 'state.pkl'), 'rb') as file_:
        return pickle.load(file_)


class TestResume(unittest.TestCase):

    def test_killed_and_resumed_equals_uninterrupted_bit_for_bit(self):
        with tempfile.TemporaryDirectory() as whole, \
                tempfile.TemporaryDirectory() as halves:
            self.assertEqual(run('whole', whole), 0)
            self.assertEqual(run('killed', halves), -signal.SIGKILL)
            # The killed process left one complete file.
            self.assertEqual(os.listdir(halves), ['checkpoint.tar'])
            self.assertEqual(run('resume', halves), 0)
            expected, resumed = state(whole), state(halves)
        self.assertEqual(expected.keys(), resumed.keys())
        for part, value in expected.items():
            with self.subTest(part):
                self.assertEqual(resumed[part], value)
        # The compared states were not empty.
        self.assertGreater(len(expected['shared']), 15)
        self.assertGreater(len(expected['random']), 0)
        self.assertGreater(len(expected['log']), 10)
        self.assertEqual(len(expected['next']), 1)
        self.assertEqual(expected['status']['iterations_done'], 14)
