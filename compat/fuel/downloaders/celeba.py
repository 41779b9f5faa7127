"""CelebA: faces of celebrities."""
from fuel.downloaders.base import default_downloader

SITE = 'https://www.dropbox.com/sh/8oqt9vytwxb3s4r/'
URLS = {
    'list_attr_celeba.txt':
        SITE + 'AAC7-uCaJkmPmvLX2_P5qy0ga/Anno/list_attr_celeba.txt?dl=1',
    'img_align_celeba.zip':
        SITE + 'AADIKlz8PR9zr6Y20qbkunrba/Img/img_align_celeba.zip?dl=1'}


def fill_subparser(subparser):
    """Set the files of ``fuel-download celeba``; return the downloader."""
    subparser.set_defaults(urls=list(URLS.values()), filenames=list(URLS))
    return default_downloader
