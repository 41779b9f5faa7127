"""MNIST: handwritten digits."""
from fuel.converters.mnist import ALL_FILES
from fuel.downloaders.base import default_downloader

SITE = 'http://yann.lecun.com/exdb/mnist/'


def fill_subparser(subparser):
    """Set the files of ``fuel-download mnist``; return the downloader."""
    subparser.set_defaults(urls=[SITE + name for name in ALL_FILES],
                           filenames=list(ALL_FILES))
    return default_downloader
