"""ImageNet's competition of 2010."""
from fuel.converters.ilsvrc2010 import (
    DEVKIT_ARCHIVE,
    IMAGE_TARS,
    TEST_GROUNDTRUTH,
)
from fuel.downloaders.base import add_url_prefix, default_downloader

SITE = 'http://www.image-net.org/challenges/LSVRC/2010/'


def fill_subparser(subparser):
    """Set the files of ``fuel-download ilsvrc2010``."""
    subparser.set_defaults(
        urls=[SITE + TEST_GROUNDTRUTH, f'{SITE}download/{DEVKIT_ARCHIVE}',
              *(None for _ in IMAGE_TARS)],
        filenames=[TEST_GROUNDTRUTH, DEVKIT_ARCHIVE, *IMAGE_TARS])
    add_url_prefix(subparser)
    return default_downloader
