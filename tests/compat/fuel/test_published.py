"""Tests of the files of published datasets, and of errors without them."""
import importlib
import os
import tempfile
from unittest import TestCase, mock

from fuel import config, datasets
from fuel.converters import all_converters
from fuel.datasets import imagenet, youtube_audio
from fuel.exceptions import ConfigurationError

#: Module, class and arguments of each dataset, its file and the arguments
#: that convert it.
CASES = [
    ('adult', 'Adult', (('train',),), 'adult.hdf5', 'adult'),
    ('binarized_mnist', 'BinarizedMNIST', (('train',),),
     'binarized_mnist.hdf5', 'binarized_mnist'),
    ('caltech101_silhouettes', 'CalTech101Silhouettes', (('train',),),
     'caltech101_silhouettes28.hdf5', 'caltech101_silhouettes 28'),
    ('caltech101_silhouettes', 'CalTech101Silhouettes', (('train',), 16),
     'caltech101_silhouettes16.hdf5', 'caltech101_silhouettes 16'),
    ('celeba', 'CelebA', ('64', ('train',)), 'celeba_64.hdf5', 'celeba 64'),
    ('celeba', 'CelebA', ('aligned_cropped', ('train',)),
     'celeba_aligned_cropped.hdf5', 'celeba aligned_cropped'),
    ('cifar10', 'CIFAR10', (('train',),), 'cifar10.hdf5', 'cifar10'),
    ('cifar100', 'CIFAR100', (('train',),), 'cifar100.hdf5', 'cifar100'),
    ('dogs_vs_cats', 'DogsVsCats', (('train',),), 'dogs_vs_cats.hdf5',
     'dogs_vs_cats'),
    ('imagenet', 'ILSVRC2010', (('train',),), 'ilsvrc2010.hdf5',
     'ilsvrc2010'),
    ('imagenet', 'ILSVRC2012', (('train',),), 'ilsvrc2012.hdf5',
     'ilsvrc2012'),
    ('iris', 'Iris', (('all',),), 'iris.hdf5', 'iris'),
    ('mnist', 'MNIST', (('train',),), 'mnist.hdf5', 'mnist'),
    ('svhn', 'SVHN', (1, ('train',)), 'svhn_format_1.hdf5', 'svhn 1'),
    ('svhn', 'SVHN', (2, ('train',)), 'svhn_format_2.hdf5', 'svhn 2'),
    ('youtube_audio', 'YouTubeAudio', ('abc',), 'abc.hdf5',
     'youtube_audio --youtube-id abc')]


class TestPublished(TestCase):
    def test_modules(self):
        for module, name, *_ in CASES:
            module = importlib.import_module(f'fuel.datasets.{module}')
            self.assertIs(getattr(module, name), getattr(datasets, name))
            self.assertEqual(getattr(module, name).__module__,
                             module.__name__)
        self.assertIs(imagenet.ILSVRC2010, datasets.ILSVRC2010)
        self.assertIs(youtube_audio.YouTubeAudio, datasets.YouTubeAudio)

    def test_missing_file(self):
        converters = dict(all_converters)
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(
                config.config['data_path'], 'assigned', folder):
            for _, name, arguments, filename, conversion in CASES:
                with self.subTest(name=name, arguments=arguments), \
                        self.assertRaises(OSError) as caught:
                    getattr(datasets, name)(*arguments)
                message = str(caught.exception)
                self.assertIn(f'{name} reads {filename}: ', message)
                self.assertIn(folder, message)
                self.assertIn(f'`fuel-convert {conversion}`', message)
                self.assertIn(conversion.split()[0], converters)

    def test_no_data_path(self):
        setting = config.config['data_path']
        environment = {name: value for name, value in os.environ.items()
                       if name != setting.env_var}
        with mock.patch.dict(os.environ, environment, clear=True), \
                mock.patch.multiple(setting, assigned=setting.default,
                                    from_file=setting.default), \
                self.assertRaisesRegex(
                    ConfigurationError, 'MNIST reads mnist.hdf5: .*'
                    'FUEL_DATA_PATH.*`fuel-convert mnist`'):
            datasets.MNIST(('train',))

    def test_unknown_formats(self):
        for dataset, message in [
                (datasets.SVHN, 'SVHN: which_format must be one of 1, 2, '
                                'got 3'),
                (datasets.CelebA, "of 'aligned_cropped', '64', got 3")]:
            with self.assertRaisesRegex(ValueError, message):
                dataset(3, ('train',))
        with self.assertRaisesRegex(ValueError, 'must be 16 or 28, got 10'):
            datasets.CalTech101Silhouettes(('train',), size=10)
