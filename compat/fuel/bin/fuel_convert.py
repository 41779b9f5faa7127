"""``fuel-convert``: convert published files to files of Fuel's datasets."""
import os
import shlex
import sys

import h5py
from fuel import config, converters
from fuel.bin.commands import (
    existing_directory,
    fail,
    parse,
    with_extra_packages,
)
from fuel.datasets import H5PYDataset
from fuel.exceptions import MissingInputFiles


def main(args=None):
    """Convert the files of a dataset.

    Parameters
    ----------
    args : list of str, optional
        The command line, beginning with the name of a dataset; by default
        that of the process.

    """
    parser, convert, arguments = parse(
        'fuel-convert',
        "Convert the published files of a dataset to the HDF5 file that Fuel "
        "reads.",
        with_extra_packages(converters.all_converters,
                            config.extra_converters, 'all_converters'),
        _add_options, args)
    filename = arguments.pop('output_filename')
    if filename:
        extension = os.path.splitext(filename)[1]
        arguments['output_filename'] = filename + (
            '' if extension in ('.hdf5', '.hdf', '.h5') else '.hdf5')
    try:
        paths = convert(**arguments)
    except MissingInputFiles as error:
        fail(parser, f"{error}; fuel-download fetches them, if their "
             "addresses still work")
    except (OSError, RuntimeError, ValueError) as error:
        fail(parser, error)
    words = sys.argv[1:] if args is None else args
    for path in paths:
        _tag(path, shlex.join([parser.prog, *words]))


def _add_options(subparser):
    subparser.add_argument(
        '-d', '--directory', type=existing_directory, default=os.getcwd(),
        help="folder of the raw files (default: this one)")
    subparser.add_argument(
        '-o', '--output-directory', type=existing_directory,
        default=os.getcwd(),
        help="folder of the HDF5 file (default: this one)")
    subparser.add_argument(
        '-r', '--output_filename', '--output-filename',
        help="name of the HDF5 file")


def _tag(path, command):
    """Store in a file how it was created."""
    with h5py.File(path, mode='a') as h5file:
        for name, text in [
                ('h5py_interface_version', H5PYDataset.interface_version),
                ('fuel_convert_version', converters.__version__),
                ('fuel_convert_command', command)]:
            h5file.attrs[name] = text.encode('utf-8')


if __name__ == '__main__':
    main()
