"""Datasets: where data come from."""
from fuel.datasets.base import Dataset, IndexableDataset, IterableDataset
from fuel.datasets.billion import OneBillionWord
from fuel.datasets.hdf5 import H5PYDataset
from fuel.datasets.published import (CIFAR10, CIFAR100, MNIST, SVHN, Adult,
                                     BinarizedMNIST, CalTech101Silhouettes,
                                     CelebA, DogsVsCats, Iris)
from fuel.datasets.text import TextFile

__all__ = ['Adult', 'BinarizedMNIST', 'CIFAR10', 'CIFAR100',
           'CalTech101Silhouettes', 'CelebA', 'Dataset', 'DogsVsCats',
           'H5PYDataset', 'IndexableDataset', 'Iris', 'IterableDataset',
           'MNIST', 'OneBillionWord', 'SVHN', 'TextFile']
