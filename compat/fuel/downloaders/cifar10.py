"""CIFAR-10: small photographs."""
from fuel.converters.cifar10 import DISTRIBUTION_FILE
from fuel.downloaders.base import default_downloader

SITE = 'http://www.cs.toronto.edu/~kriz/'


def fill_subparser(subparser):
    """Set the files of ``fuel-download cifar10``; return the downloader."""
    subparser.set_defaults(urls=[SITE + DISTRIBUTION_FILE],
                           filenames=[DISTRIBUTION_FILE])
    return default_downloader
