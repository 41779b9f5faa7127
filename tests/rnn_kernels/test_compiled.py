import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

import numba

from rnn_kernels import compiled as compiled_module
from rnn_kernels.compiled import VARIABLE, cache_folder, compiled, load


def halve(x):
    return x / 2


class TestCompiled(unittest.TestCase):
    def test_options(self):
        function = compiled(halve)
        self.assertEqual(function(3), 1.5)
        self.assertTrue(function.targetoptions['nogil'])
        self.assertEqual(function.targetoptions['error_model'], 'numpy')

    def test_without_a_cache_folder(self):
        jit = numba.njit

        def read_only(*arguments, **options):
            if options.get('cache'):
                def refuse(function):
                    raise RuntimeError("cannot cache function: no locator "
                                       "available for file")
                return refuse
            return jit(*arguments, **options)
        with mock.patch.object(numba, 'njit', read_only):
            self.assertEqual(compiled(halve)(5), 2.5)


class TestImport(unittest.TestCase):
    def test_numba_is_imported_with_the_first_kernel(self):
        done = subprocess.run([
            sys.executable, '-c', 'import sys, blocks_rnn_bricks\n'
            'sys.exit("numba" in sys.modules)'])
        self.assertEqual(done.returncode, 0)


class TestCache(unittest.TestCase):
    """Generated code on disk, each test in its own processes."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def start(self, *arguments, **environment):
        environment = dict(os.environ, **environment)
        return subprocess.Popen(
            [sys.executable, '-m', 'tests.rnn_kernels.cached'] +
            list(arguments), stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, universal_newlines=True,
            env={name: value for name, value in environment.items()
                 if value is not None})

    def finish(self, process):
        """Return the number of compilations and the cache folder."""
        printed, _ = process.communicate()
        self.assertEqual(process.returncode, 0, printed[-3000:])
        right, number, folder = printed.split()[-3:]
        self.assertEqual(right, 'right')
        return int(number), folder

    def test_two_processes_at_the_same_time(self):
        made = os.path.join(self.folder, 'deep', 'made')
        processes = [self.start(RNN_KERNELS_CACHE=made) for _ in range(2)]
        for process in processes:
            number, folder = self.finish(process)
            self.assertEqual(folder, made)
        self.assertFalse([name for name in os.listdir(made)
                          if name.endswith('.tmp')])
        # A third process finds everything in the cache.
        number, _ = self.finish(self.start(RNN_KERNELS_CACHE=made))
        self.assertEqual(number, 0)

    def test_full_disk(self):
        # The source can be written, the machine code cannot.
        made = os.path.join(self.folder, 'made')
        number, _ = self.finish(self.start('20000', RNN_KERNELS_CACHE=made))
        self.assertGreater(number, 0)
        self.assertTrue([name for name in os.listdir(made)
                         if name.endswith('.py')])


class TestFolder(unittest.TestCase):
    def folder(self, **environment):
        known = {name: value for name, value in os.environ.items()
                 if name not in (VARIABLE, 'XDG_CACHE_HOME')}
        with mock.patch.dict(os.environ, dict(known, **environment),
                             clear=True):
            return cache_folder.__wrapped__()

    def test_places(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(
                self.folder(HOME=folder),
                pathlib.Path(folder, '.cache', 'rnn_kernels'))
            self.assertEqual(
                self.folder(HOME='/', XDG_CACHE_HOME=folder),
                pathlib.Path(folder, 'rnn_kernels'))
            self.assertEqual(
                self.folder(HOME='/', **{VARIABLE: folder + '/mine'}),
                pathlib.Path(folder, 'mine'))

    def test_no_home(self):
        with mock.patch.object(pathlib.Path, 'home',
                               side_effect=RuntimeError('no home')):
            self.assertIsNone(self.folder())

    def test_nowhere_to_write(self):
        # A folder below a file cannot be made, not even by root.
        with tempfile.NamedTemporaryFile() as file:
            self.assertIsNone(self.folder(HOME=file.name))

    def test_read_only(self):
        with tempfile.TemporaryDirectory() as folder:
            with mock.patch.object(tempfile, 'TemporaryFile',
                                   side_effect=PermissionError('read-only')):
                self.assertIsNone(self.folder(**{VARIABLE: folder}))


class TestLoad(unittest.TestCase):
    TEXT = 'compiled = ["half"]\n\n\ndef half(x):\n    return x / 2\n'

    def load(self, folder, text=TEXT):
        with mock.patch.object(compiled_module, 'cache_folder',
                               lambda: folder):
            module = load.__wrapped__(text)
        self.addCleanup(sys.modules.pop, module.__name__)
        return module

    def test_file(self):
        with tempfile.TemporaryDirectory() as folder:
            module = self.load(pathlib.Path(folder))
            self.assertEqual(module.half(3), 1.5)
            with open(module.__file__) as file:
                self.assertEqual(file.read(), self.TEXT)
            self.assertTrue([name for name in os.listdir(os.path.join(
                folder, '__pycache__')) if name.endswith('.nbc')])
            other = self.load(pathlib.Path(folder),
                              self.TEXT.replace('2', '4'))
            self.assertEqual((module.half(3), other.half(3)), (1.5, .75))
            self.assertNotEqual(module.__file__, other.__file__)

    def test_no_folder(self):
        module = self.load(None)
        self.assertEqual(module.half(3), 1.5)

    def test_full_disk(self):
        with tempfile.TemporaryDirectory() as folder:
            with mock.patch.object(os, 'replace', side_effect=OSError(
                    28, 'No space left on device')):
                module = self.load(pathlib.Path(folder))
            self.assertEqual(module.half(3), 1.5)
            self.assertEqual(os.listdir(folder), [])

    def test_callbacks_that_cannot_be_cached(self):
        cfunc = numba.cfunc

        def full(signature, cache=False, **options):
            if cache:
                raise OSError(28, 'No space left on device')
            return cfunc(signature, **options)
        text = 'compiled = []\ncallbacks = {"nothing": 1}\n\n\n' \
            'def nothing(x):\n    pass\n'
        with tempfile.TemporaryDirectory() as folder:
            with mock.patch.object(numba, 'cfunc', full):
                module = self.load(pathlib.Path(folder), text)
        self.assertNotEqual(module.nothing.address, 0)

    def test_editing_the_package_recompiles(self):
        # Machine code includes code of the package.
        original = compiled_module._fingerprint.__wrapped__()
        self.assertEqual(compiled_module._fingerprint.__wrapped__(), original)
        with tempfile.TemporaryDirectory() as folder:
            package = os.path.join(folder, 'rnn_kernels')
            shutil.copytree(os.path.dirname(compiled_module.__file__),
                            package)
            path = os.path.join(package, 'compiled.py')
            with mock.patch.object(compiled_module, '__file__', path):
                self.assertEqual(compiled_module._fingerprint.__wrapped__(),
                                 original)
                with open(os.path.join(package, 'product.py'), 'a') as file:
                    file.write('\n')
                self.assertNotEqual(
                    compiled_module._fingerprint.__wrapped__(), original)
        for name, value in ('CPU_NAME', 'other'), ('CPU_FEATURES', '+x'):
            with mock.patch.object(numba.config, name, value):
                self.assertNotEqual(
                    compiled_module._fingerprint.__wrapped__(), original)
