"""Tests of settings."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import TestCase

import pytensor
import theano
from theano import _flags, config
from theano.configparser import INERT


class TestFlags(TestCase):
    """Tests of settings from the environment."""

    def test_flags(self):
        self.assertEqual(
            _flags.read_flags('floatX=float32,,scan.allow_gc=True,floatX=x'),
            {'floatX': 'x', 'scan__allow_gc': 'True'})

    def test_flag_without_value(self):
        with self.assertRaisesRegex(ValueError, "'floatX' sets nothing"):
            _flags.read_flags('floatX')

    def test_files_and_precedence(self):
        with tempfile.TemporaryDirectory() as folder:
            first, second = (Path(folder, name) for name in 'ab')
            first.write_text('[global]\nfloatX = float32\ndevice = cpu\n'
                             '[blas]\nldflags = -lopenblas\n')
            second.write_text('[global]\ndevice = cuda\n')
            settings = _flags.read_settings({
                'THEANORC': os.pathsep.join([str(first), str(second),
                                             str(Path(folder, 'missing'))]),
                'THEANO_FLAGS': 'floatX=float64'})
        self.assertEqual(settings, {'floatX': 'float64', 'device': 'cuda',
                                    'blas__ldflags': '-lopenblas'})

    def test_settings_needed_at_import_are_passed_to_pytensor(self):
        fixed = {name for name, setting
                 in pytensor.config._config_var_dict.items()
                 if not setting.mutable}
        self.assertLessEqual(fixed, _flags.NEEDED_AT_IMPORT | INERT.keys())

    def test_environment_is_restored(self):
        for before in {}, {'PYTENSOR_FLAGS': 'cxx='}:
            environ = dict(before)
            with _flags.handed_to_pytensor({'floatX': 'float32'}, environ):
                self.assertIn('floatX=float32', environ['PYTENSOR_FLAGS'])
            self.assertEqual(environ, before)

    def test_process_uses_its_flags(self):
        with tempfile.TemporaryDirectory() as folder:
            environ = dict(
                os.environ, THEANO_FLAGS=f'floatX=float32,device=cuda0,'
                f'dnn.enabled=True,mode=FAST_COMPILE,optimizer=fast_compile,'
                f'base_compiledir={folder}', THEANORC='')
            environ.pop('PYTENSOR_FLAGS', None)
            script = ('import theano; c = theano.config; print(c.floatX, '
                      'c.device, c.dnn.enabled, c.mode, c.optimizer, '
                      'theano.tensor.vector().dtype, c.base_compiledir)')
            output = subprocess.run(
                [sys.executable, '-W', 'error', '-c', script], env=environ,
                stdout=subprocess.PIPE, check=True, text=True).stdout
        self.assertEqual(
            output.split(),
            ['float32', 'cuda0', 'True', 'FAST_COMPILE', 'fast_compile',
             'float32', folder])


class TestConfig(TestCase):
    """Tests of ``theano.config``."""

    def test_sections(self):
        self.assertEqual(config.scan.allow_gc, config.scan__allow_gc)
        self.assertEqual(config.compute_test_value, 'off')
        self.assertIn('floatX', dir(config))

    def test_change_flags(self):
        before = config.floatX
        with self.assertRaises(ZeroDivisionError):
            with theano.change_flags(floatX='float16', device='cuda'):
                self.assertEqual((config.floatX, config.device),
                                 ('float16', 'cuda'))
                raise ZeroDivisionError
        self.assertEqual((config.floatX, config.device), (before, 'cpu'))

    def test_change_flags_by_dotted_names(self):
        before = theano.config.scan.allow_gc
        for changes in ({'scan.allow_gc': not before},
                        [('scan.allow_gc', not before)],
                        (('scan__allow_gc', not before),)):
            with self.subTest(changes):
                with theano.change_flags(changes, floatX='float16'):
                    self.assertIs(theano.config.scan.allow_gc, not before)
                    self.assertEqual(theano.config.floatX, 'float16')
                self.assertIs(theano.config.scan.allow_gc, before)
        with self.assertRaisesRegex(AttributeError, 'no_such'):
            with theano.change_flags([('no_such', 1)]):
                self.fail('it must not begin')

    def test_change_flags_as_decorator(self):
        @theano.change_flags(floatX='float32')
        def dtype():
            return theano.tensor.vector().dtype

        self.assertEqual([dtype(), dtype()], ['float32', 'float32'])

    def test_wrong_names_and_values(self):
        with self.assertRaisesRegex(AttributeError, 'colour'):
            config.colour
        with self.assertRaises(ValueError):
            config.floatX = 'float31'

    def test_version(self):
        self.assertEqual(theano.__version__, '1.0.5')
