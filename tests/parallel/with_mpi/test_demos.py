"""A demo starts its own workers."""
import os
import subprocess
import sys
import tempfile
from unittest import TestCase

from tests.parallel.with_mpi.running import PATIENCE, surroundings


class TestWorkers(TestCase):

    def test_speech(self):
        """Two workers print, warn and save as one does."""
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, '-m', 'demos.speech', '--smoke', '--workers',
                 '2', '--dim', '3', '--layers', '1', '--save-to', folder],
                env=surroundings(), text=True, timeout=PATIENCE,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertIn('parameters.tar', os.listdir(folder))
        for once in 'Test accuracy', 'Pictures', 'never true in the log':
            self.assertEqual(done.stdout.count(once), 1, done.stdout)
