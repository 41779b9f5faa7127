"""Downloaders of published datasets, from their addresses in Fuel's time.

Each module has a function ``fill_subparser`` that adds the arguments of
``fuel-download`` to an :class:`argparse.ArgumentParser` and returns the
downloader. Many of the addresses no longer exist; the error then says so.

"""
from fuel.downloaders import (
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
)

#: The commands of ``fuel-download`` and the functions that add arguments.
all_downloaders = tuple(
    (module.__name__.rpartition('.')[2], module.fill_subparser)
    for module in (adult, binarized_mnist, caltech101_silhouettes, celeba,
                   cifar10, cifar100, iris, mnist, svhn, ilsvrc2010,
                   ilsvrc2012, dogs_vs_cats))
