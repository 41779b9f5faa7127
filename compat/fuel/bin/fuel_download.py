"""``fuel-download``: fetch the files of published datasets."""
import os

from fuel import config, downloaders
from fuel.bin.commands import fail, parse, with_extra_packages
from fuel.exceptions import NeedURLPrefix


def main(args=None):
    """Download the files of a dataset, or delete them.

    Parameters
    ----------
    args : list of str, optional
        The command line, beginning with the name of a dataset; by default
        that of the process.

    """
    parser, download, arguments = parse(
        'fuel-download',
        "Download the published files of a dataset.",
        with_extra_packages(downloaders.all_downloaders,
                            config.extra_downloaders, 'all_downloaders'),
        _add_options, args)
    try:
        download(**arguments)
    except NeedURLPrefix as error:
        parser.error(f"{error}; pass it as --url-prefix, for example "
                     "--url-prefix http://path.to/files/")
    except (OSError, ValueError) as error:
        fail(parser, error)


def _add_options(subparser):
    subparser.add_argument(
        '-d', '--directory', default=os.getcwd(),
        help="folder for the files (default: this one)")
    subparser.add_argument(
        '--clear', action='store_true',
        help="delete the files instead")


if __name__ == '__main__':
    main()
