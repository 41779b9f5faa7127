"""Iris: measurements of flowers."""
from fuel.converters.iris import INPUT_FILE
from fuel.downloaders.base import default_downloader

SITE = 'https://archive.ics.uci.edu/ml/machine-learning-databases/iris/'


def fill_subparser(subparser):
    """Set what ``fuel-download iris`` fetches; return the downloader."""
    subparser.set_defaults(urls=[SITE + INPUT_FILE], filenames=[INPUT_FILE])
    return default_downloader
