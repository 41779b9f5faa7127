"""Converters: raw files of published datasets to files for `H5PYDataset`.

Each module has a function that converts the files of one dataset, and a
function ``fill_subparser`` that adds its arguments of ``fuel-convert`` to an
:class:`argparse.ArgumentParser` and returns the converter. The tools for
writing converters are in :mod:`fuel.converters.base`.

A file appears only when it is complete. An invalid raw file raises a
`ValueError` that names it.

"""
from fuel.converters import (
                             adult,
                             binarized_mnist,
                             caltech101_silhouettes,
                             celeba,
                             cifar10,
                             cifar100,
                             dogs_vs_cats,
                             ilsvrc2010,
                             ilsvrc2012,
                             iris,
                             mnist,
                             svhn,
                             youtube_audio,
)

__version__ = '0.2'

#: The commands of ``fuel-convert`` and the functions that add arguments.
all_converters = tuple(
    (module.__name__.rpartition('.')[2], module.fill_subparser)
    for module in (adult, binarized_mnist, caltech101_silhouettes, celeba,
                   cifar10, cifar100, dogs_vs_cats, iris, mnist, svhn,
                   ilsvrc2010, ilsvrc2012, youtube_audio))
