"""Dogs vs. Cats: photographs of dogs and cats."""
from fuel.converters.dogs_vs_cats import TEST, TRAIN
from fuel.downloaders.base import default_downloader

SITE = 'https://www.dropbox.com/s/'
URLS = {TRAIN: SITE + 's3u30quvpxqdbz6/train.zip?dl=1',
        TEST: SITE + '21rwu6drnplsbkb/test1.zip?dl=1'}


def fill_subparser(subparser):
    """Set the files of ``fuel-download dogs_vs_cats``."""
    subparser.set_defaults(urls=list(URLS.values()), filenames=list(URLS))
    return default_downloader
