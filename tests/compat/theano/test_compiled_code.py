"""Tests on machines that cannot compile or store compiled code."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import TestCase

#: A compiler without Python's headers.
COMPILER = '''#!/bin/sh
echo "$*" >> {log}
case " $* " in *" -shared "*)
    echo "mod.cpp:1:10: fatal error: Python.h: No such file" >&2
    exit 1;;
esac
'''

FUNCTION = '''
from theano import tensor
x = tensor.dscalar()
print(theano.function([x], 2 * x)(21.), theano.function([x], x + 1)(0.))
'''


class TestCompiledCode(TestCase):
    """Each test runs in its own process."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.log = self.folder / 'log'
        self.log.touch()
        compiler = self.folder / 'g++'
        compiler.write_text(COMPILER.format(log=self.log))
        compiler.chmod(0o755)

    def run_script(self, script, *options, flags='', before=''):
        """Run a script; return its output and its errors."""
        flags = f'cxx={self.folder}/g++,' + flags
        done = subprocess.run(
            [sys.executable, *options, '-c',
             before + 'import theano\n' + script],
            capture_output=True, text=True,
            env=dict(os.environ, THEANO_FLAGS=flags, THEANORC='',
                     PYTENSOR_FLAGS='', TMPDIR=str(self.folder)))
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout, done.stderr

    def test_default_compiles_nothing(self):
        # A file in the place of a folder stops even root.
        output, errors = self.run_script(
            FUNCTION, '-W', 'error', flags=f'base_compiledir={self.log}/x')
        self.assertEqual((output, errors), ('42.0 1.0\n', ''))
        self.assertNotIn('-shared', self.log.read_text())

    def test_default_imports_no_compilers(self):
        output, _ = self.run_script(
            FUNCTION + 'import sys\n'
            'print({"setuptools", "numba", "pytensor.link.c.exceptions"}'
            '.intersection(sys.modules))\n')
        self.assertEqual(output, '42.0 1.0\nset()\n')

    def test_c_without_headers(self):
        output, errors = self.run_script(
            FUNCTION, flags=f'linker=cvm,base_compiledir={self.folder}/c')
        self.assertEqual(output, '42.0 1.0\n')
        self.assertEqual(errors.count('UserWarning'), 1, errors)
        self.assertRegex(errors, r'g\+\+ cannot compile.*Python\.h.*install '
                                 r"Python's headers")
        self.assertEqual(self.log.read_text().count('-shared'), 1)

    def test_no_writable_folder(self):
        output, errors = self.run_script(
            'from theano.compile._compiled_code import find_folder\n'
            'find_folder()\nfind_folder()\n'
            '(theano.config.compiledir / "x").touch()\n'
            'print(theano.config.compiledir)\n',
            flags=f'base_compiledir={self.log}/x')
        self.assertIn(str(self.folder / 'theano-'), output)
        self.assertFalse(Path(output.strip()).parent.exists())
        self.assertEqual(errors.count('UserWarning'), 1, errors)
        self.assertRegex(errors, 'cannot write to.*/log/x.*THEANO_FLAGS='
                                 'base_compiledir')

    def test_loggers_are_quiet(self):
        for level in 'INFO', 'DEBUG':
            output, errors = self.run_script(
                FUNCTION, before=f'import logging\n'
                                 f'logging.basicConfig(level="{level}")\n')
            self.assertEqual((output, errors), ('42.0 1.0\n', ''))

    def test_loggers_on_request(self):
        _, errors = self.run_script(
            FUNCTION, before='import logging\n'
                             'logging.basicConfig()\n'
                             'logging.getLogger("pytensor").setLevel(10)\n')
        self.assertIn('DEBUG:pytensor', errors)
