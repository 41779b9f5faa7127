"""ImageNet's competition of 2012."""
from fuel.converters.ilsvrc2012 import ALL_FILES
from fuel.downloaders.base import add_url_prefix, default_downloader


def fill_subparser(subparser):
    """Set the files of ``fuel-download ilsvrc2012``."""
    subparser.set_defaults(urls=[None] * len(ALL_FILES),
                           filenames=list(ALL_FILES))
    add_url_prefix(subparser)
    return default_downloader
