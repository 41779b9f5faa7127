"""Adult: census data of 1994."""
from fuel.downloaders.base import default_downloader

SITE = 'https://archive.ics.uci.edu/ml/machine-learning-databases/adult/'


def fill_subparser(subparser):
    """Set the files of ``fuel-download adult``; return the downloader."""
    filenames = ['adult.data', 'adult.test']
    subparser.set_defaults(urls=[SITE + name for name in filenames],
                           filenames=filenames)
    return default_downloader
