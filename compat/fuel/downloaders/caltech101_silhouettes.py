"""CalTech 101 Silhouettes: outlines of objects."""
from fuel.converters.caltech101_silhouettes import INPUT_FILE
from fuel.downloaders.base import default_downloader

SITE = 'https://people.cs.umass.edu/~marlin/data/'


def silhouettes_downloader(size, **kwargs):
    """Download the file of one size.

    Parameters
    ----------
    size : {16, 28}
        Height and width of the images.
    **kwargs
        Passed on to :func:`~fuel.downloaders.base.default_downloader`.

    """
    if size not in (16, 28):
        raise ValueError("silhouettes_downloader: size must be 16 or 28, "
                         f"got {size!r}")
    name = INPUT_FILE.format(size)
    default_downloader(urls=[SITE + name], filenames=[name], **kwargs)


def fill_subparser(subparser):
    """Add the argument of the command; return the downloader."""
    subparser.add_argument('size', type=int, choices=(16, 28),
                           help="height and width of the images")
    return silhouettes_downloader
