"""Where the extra is not installed, the tests that take it say so once."""
import os
import subprocess
import sys
from unittest import TestCase

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), '..', '..'))
WITHOUT = """
import sys
sys.modules['mpi4py'] = None  # no finder is asked, importing it fails
import nose
nose.main(argv=['nosetests', '-v', 'tests/parallel/with_mpi'])
"""


class TestWithoutTheExtra(TestCase):

    def test_one_skip(self):
        paths = [os.path.join(ROOT, 'compat'), ROOT]
        done = subprocess.run(
            [sys.executable, '-c', WITHOUT], cwd=ROOT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, 'PYTHONPATH': os.pathsep.join(
                paths + [os.environ.get('PYTHONPATH', '')])})
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn('OK (SKIP=1)', done.stdout)
        self.assertIn("pip install '.[mpi]'", done.stdout)
        self.assertNotIn('ok', done.stdout)
