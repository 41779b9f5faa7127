"""Binarized MNIST: handwritten digits in black and white."""
from fuel.converters.binarized_mnist import ALL_FILES
from fuel.downloaders.base import default_downloader

SITE = ('http://www.cs.toronto.edu/~larocheh/public/datasets/'
        'binarized_mnist/')


def fill_subparser(subparser):
    """Set the files to download; return the downloader."""
    subparser.set_defaults(urls=[SITE + name for name in ALL_FILES],
                           filenames=list(ALL_FILES))
    return default_downloader
