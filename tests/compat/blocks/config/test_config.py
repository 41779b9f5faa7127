import os
import tempfile
import unittest
from unittest import mock

from blocks.config import (
    Configuration,
    ConfigurationError,
    bool_,
    config,
    str_or_none,
)


def declared():
    """Return a configuration with some declared settings."""
    settings = Configuration()
    settings.add_config('depth', int, default='3', env_var='TEST_DEPTH')
    settings.add_config('path', str, env_var='TEST_PATH')
    settings.add_config('size', int)
    return settings


def loaded(text):
    """Return the same settings with a configuration file of this text."""
    settings = declared()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'rc')
        with open(path, 'w') as file_:
            file_.write(text)
        with mock.patch.dict(os.environ, BLOCKS_CONFIG=path):
            settings.load_yaml()
    return settings


class TestConfiguration(unittest.TestCase):

    def test_precedence_of_places(self):
        settings = declared()
        self.assertEqual(settings.depth, 3)
        settings = loaded('depth: 4')
        self.assertEqual(settings.depth, 4)
        with mock.patch.dict(os.environ, TEST_DEPTH='5'):
            self.assertEqual(settings.depth, 5)
            settings.depth = '6'
            self.assertEqual(settings.depth, 6)
        self.assertEqual(settings.depth, 6)

    def test_unset_setting_names_the_remedy(self):
        with self.assertRaisesRegex(ConfigurationError,
                                    "'path' has no default.*TEST_PATH"):
            declared().path

    def test_undeclared_attributes(self):
        settings = declared()
        self.assertRaisesRegex(AttributeError, 'colour', getattr, settings,
                               'colour')
        settings.colour = 'red'
        self.assertEqual(settings.colour, 'red')

    def test_bad_files(self):
        for text, complaint in [('colour: red', 'no setting colour.*depth'),
                                ('- depth', 'expected lines')]:
            with self.subTest(text):
                self.assertRaisesRegex(ValueError, complaint, loaded, text)

    def test_file_without_settings(self):
        for text in ('', '# nothing\n'):
            with self.subTest(text):
                self.assertEqual(loaded(text).depth, 3)

    def test_invalid_value_names_its_place(self):
        cases = [({'TEST_DEPTH': 'deep'}, 'depth: 1', 'variable TEST_DEPTH'),
                 ({}, 'depth: deep', 'the configuration file')]
        for environment, text, place in cases:
            with self.subTest(place), mock.patch.dict(os.environ,
                                                      environment):
                self.assertRaisesRegex(ValueError, f"'depth'.*{place}",
                                       getattr, loaded(text), 'depth')

    def test_converters(self):
        for word in ('False', 'false', 'no', 'OFF', '0', '', ' 0 '):
            self.assertIs(bool_(word), False, word)
        for word in ('True', 'yes', '1', 2, True):
            self.assertIs(bool_(word), True, word)
        self.assertIsNone(str_or_none(None))
        self.assertEqual(str_or_none(3), '3')

    def test_settings_of_blocks(self):
        for name, type_ in [('default_seed', int), ('recursion_limit', int),
                            ('profile', bool), ('log_backend', str),
                            ('sqlite_database', str),
                            ('max_blob_size', int)]:
            self.assertIsInstance(getattr(config, name), type_, name)
        with mock.patch.dict(os.environ, BLOCKS_PROFILE='true'):
            self.assertTrue(config.profile)
