"""Tests of the commands fuel-convert and fuel-info."""
import contextlib
import io
import os
import sys
import types
from unittest import mock

import h5py
from fuel import config
from fuel.bin import fuel_convert, fuel_info
from fuel.utils import remember_cwd

from tests.compat.fuel.converters import raw_files
from tests.compat.fuel.converters.cases import ConverterCase, html


def package(name, convert):
    """Return a package with a converter of this name."""
    return types.SimpleNamespace(
        all_converters=((name, lambda subparser: convert),))


class TestCommands(ConverterCase):
    def convert(self, *arguments):
        fuel_convert.main([*arguments, '-d', str(self.raw), '-o',
                           str(self.made)])

    def fails(self, command, arguments, code, message):
        with contextlib.redirect_stderr(io.StringIO()) as errors, \
                self.assertRaises(SystemExit) as caught:
            command(arguments)
        self.assertEqual(caught.exception.code, code)
        self.assertRegex(errors.getvalue(), message)
        self.assertNotIn('Traceback', errors.getvalue())

    def test_convert_and_info(self):
        raw_files.write_mnist(self.raw)
        self.convert('mnist', '--dtype', 'bool')
        path = str(self.made / 'mnist_bool.hdf5')
        with h5py.File(path, 'r') as h5file:
            self.assertEqual(h5file['features'].dtype, 'bool')
            self.assertEqual(h5file.attrs['fuel_convert_version'], '0.2')
            self.assertEqual(h5file.attrs['h5py_interface_version'], '0.3')
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            fuel_info.main([path])
        for text in ('Metadata for mnist_bool.hdf5',
                     f'fuel-convert mnist --dtype bool -d {self.raw} -o ',
                     'H5PYDataset     0.3', 'fuel.converters 0.2'):
            self.assertIn(text, printed.getvalue())

    def test_names_of_files(self):
        raw_files.write_iris(self.raw)
        for option, given, made in [
                ('-r', 'x', 'x.hdf5'), ('-r', 'x.y', 'x.y.hdf5'),
                ('--output_filename', 'x.h5', 'x.h5'),
                ('--output-filename', 'y.hdf', 'y.hdf')]:
            self.convert('iris', option, given)
            self.assertTrue((self.made / made).exists())
        with remember_cwd():
            os.chdir(self.raw)
            fuel_convert.main(['iris'])
        self.assertTrue((self.raw / 'iris.hdf5').exists())

    def test_command_line_of_the_process(self):
        raw_files.write_iris(self.raw)
        with remember_cwd(), mock.patch.object(
                sys, 'argv', ['somewhere/fuel-convert', 'iris', '-r', 'a b']):
            os.chdir(self.raw)
            fuel_convert.main()
        with h5py.File(self.raw / 'a b.hdf5', 'r') as h5file:
            self.assertEqual(h5file.attrs['fuel_convert_command'],
                             "fuel-convert iris -r 'a b'")

    def test_errors_take_one_line(self):
        folders = ['-d', str(self.raw), '-o', str(self.made)]
        self.fails(fuel_convert.main, ['iris', *folders], 1,
                   'lacks the files iris.data; fuel-download fetches')
        (self.raw / 'iris.data').write_bytes(html(b''))
        self.fails(fuel_convert.main, ['iris', *folders], 1,
                   'fuel-convert: error: line 1 of .*iris.data: expected')
        self.fails(fuel_convert.main, ['iris', '-o', '/no/folder'], 2,
                   "there is no folder '/no/folder'")
        self.fails(fuel_convert.main, [], 2, 'dataset')
        self.fails(fuel_info.main, [str(self.raw / 'iris.data')], 1,
                   'fuel-info: error: .*iris.data: ')
        self.fails(fuel_info.main, [str(self.raw / 'none')], 1, 'none: ')
        self.assertEqual(list(self.made.iterdir()), [])

    def test_info_of_other_files(self):
        with h5py.File(self.made / 'x.hdf5', 'w'):
            pass
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            fuel_info.main([str(self.made / 'x.hdf5')])
        self.assertIn('H5PYDataset     N/A', printed.getvalue())

    def test_extra_converters(self):
        calls = []

        def convert(**arguments):
            calls.append(arguments)
            return ()
        with mock.patch.dict(sys.modules, mine=package('own', convert)), \
                mock.patch.object(config.config['extra_converters'],
                                  'assigned', 'mine'):
            self.convert('own')
        self.assertEqual(calls, [{'directory': str(self.raw),
                                  'output_directory': str(self.made)}])
        with mock.patch.dict(sys.modules, mine=package('iris', convert)), \
                mock.patch.object(config.config['extra_converters'],
                                  'assigned', ['mine']), \
                self.assertRaisesRegex(ValueError, "mine has the name 'iris'"):
            self.convert('iris')
