"""SVHN: house numbers."""
from fuel.converters.svhn import FORMAT_1_FILES, FORMAT_2_FILES
from fuel.downloaders.base import default_downloader

SITE = 'http://ufldl.stanford.edu/housenumbers/'


def svhn_downloader(which_format, directory, clear=False):
    """Download the files of a format.

    Parameters
    ----------
    which_format : {1, 2}
        Whole numbers or single digits.
    directory : str
        The folder for the files.
    clear : bool, optional
        Whether to delete the files instead.

    """
    files = {1: FORMAT_1_FILES, 2: FORMAT_2_FILES}
    if which_format not in files:
        raise ValueError("svhn_downloader: which_format must be 1 or 2, got "
                         f"{which_format!r}")
    filenames = list(files[which_format])
    default_downloader(directory=directory, urls=[None] * len(filenames),
                       filenames=filenames, url_prefix=SITE, clear=clear)


def fill_subparser(subparser):
    """Add the argument of the command; return the downloader."""
    subparser.add_argument('which_format', type=int, choices=(1, 2),
                           help="1: whole numbers, 2: single digits")
    return svhn_downloader
