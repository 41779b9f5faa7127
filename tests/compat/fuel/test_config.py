"""Tests of settings: their places and precedence."""
import os
import subprocess
import sys
import tempfile
from unittest import TestCase, mock

from fuel import config
from fuel.config_parser import Configuration, multiple_paths_parser
from fuel.exceptions import ConfigurationError
from fuel.utils import find_in_data_path, remember_cwd


class TestConfiguration(TestCase):
    def setUp(self):
        self.settings = Configuration()
        self.settings.add_config('depth', int, default='3',
                                 env_var='FUEL_TEST_DEPTH')
        self.settings.add_config('needed', str)

    def load(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'fuelrc')
            with open(path, 'w') as file_:
                file_.write(text)
            with mock.patch.dict(os.environ, FUEL_CONFIG=path):
                self.settings.load_yaml()

    def test_precedence_of_places(self):
        self.assertEqual(self.settings.depth, 3)
        self.load('depth: 4\nneeded: 12')
        self.assertEqual(self.settings.depth, 4)
        self.assertEqual(self.settings.needed, '12')
        with mock.patch.dict(os.environ, FUEL_TEST_DEPTH='5'):
            self.assertEqual(self.settings.depth, 5)
            self.settings.depth = '6'
            self.assertEqual(self.settings.depth, 6)

    def test_errors(self):
        with self.assertRaisesRegex(ConfigurationError, "'needed'.*not set"):
            self.settings.needed
        with self.assertRaisesRegex(AttributeError, "'width'.*depth, needed"):
            self.settings.width
        self.assertFalse(hasattr(self.settings, 'width'))
        for text, message in [('width: 1', "no setting 'width'.*depth"),
                              ('depth', "'setting: value'")]:
            with self.assertRaisesRegex(ValueError, message):
                self.load(text)

    def test_missing_and_empty_file(self):
        self.load('')
        with mock.patch.dict(os.environ, FUEL_CONFIG='/nowhere/fuelrc'):
            self.settings.load_yaml()
        self.assertEqual(self.settings.depth, 3)

    def test_undeclared_names_are_attributes(self):
        self.settings.note = 'new'
        self.assertEqual(self.settings.note, 'new')

    def test_defaults(self):
        with mock.patch.dict(os.environ):
            for variable in ('FUEL_FLOATX', 'FUEL_LOCAL_DATA_PATH'):
                os.environ.pop(variable, None)
            for name, default in [('default_seed', 1),
                                  ('local_data_path', ''),
                                  ('extra_converters', []),
                                  ('extra_downloaders', [])]:
                self.assertEqual(config.config[name].default, default, name)
            os.environ['FUEL_DATA_PATH'] = os.pathsep.join(['a', 'b'])
            os.environ['FUEL_EXTRA_CONVERTERS'] = 'c d'
            self.assertEqual(config.extra_converters, ['c', 'd'])
            self.assertEqual(
                multiple_paths_parser(os.environ['FUEL_DATA_PATH']),
                ['a', 'b'])


class TestFloatX(TestCase):
    """Fuel's floatX follows an imported Theano's unless it is set."""

    def check(self, expected, *statements):
        environment = {name: value for name, value in os.environ.items()
                       if name not in ('FUEL_FLOATX', 'THEANO_FLAGS')}
        output = subprocess.run(
            [sys.executable, '-c', '; '.join(
                statements + ('import fuel', 'print(fuel.config.floatX)'))],
            env=dict(environment, FUEL_CONFIG='', HOME=os.devnull),
            check=True, stdout=subprocess.PIPE, text=True).stdout
        self.assertEqual(output.strip(), expected)

    def test_without_theano(self):
        self.check('float64')

    def test_follows_theano(self):
        self.check('float32', 'import fuel', 'import theano',
                   "theano.config.floatX = 'float32'")

    def test_set_explicitly(self):
        self.check('float64', 'import theano', 'import fuel',
                   "theano.config.floatX = 'float32'",
                   "fuel.config.floatX = 'float64'")


class TestDataPath(TestCase):
    def test_first_folder_with_the_file(self):
        setting = config.config['data_path']
        self.addCleanup(setattr, setting, 'assigned', setting.assigned)
        with tempfile.TemporaryDirectory() as folder:
            for name, files in [('one', ['a']), ('two', ['a', 'b'])]:
                os.mkdir(os.path.join(folder, name))
                for file_ in files:
                    with open(os.path.join(folder, name, file_), 'w'):
                        pass
            config.data_path = os.pathsep.join(
                os.path.join('$FUEL_TEST_FOLDER', name)
                for name in ('one', 'two'))
            with mock.patch.dict(os.environ, FUEL_TEST_FOLDER=folder):
                for file_, name in [('a', 'one'), ('b', 'two')]:
                    self.assertEqual(find_in_data_path(file_),
                                     os.path.join(folder, name, file_))
                with self.assertRaisesRegex(OSError, "c is in none.*two"):
                    find_in_data_path('c')

    def test_remember_cwd(self):
        directory = os.getcwd()
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaises(KeyError), remember_cwd():
                os.chdir(folder)
                raise KeyError
            self.assertEqual(os.getcwd(), directory)
