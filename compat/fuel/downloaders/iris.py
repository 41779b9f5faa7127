"""Iris: measurements of flowers."""
from fuel.converters.iris import INPUT_FILE
from fuel.downloaders.base import default_downloader

SITE = 'https://archive.ics.uci.edu/ml/machine-learning-databases/iris/'


def fill_subparser(subparser):
    """Set the files of ``fuel-download iris``; return the downloader."""
    subparser.set_defaults(urls=[SITE + INPUT_FILE], filenames=[INPUT_FILE])
    return default_downloader
