"""``fuel-info``: print how a dataset's file was created."""
import argparse
import os

import h5py
from fuel.bin.commands import fail
from fuel.datasets.splits import as_text

UNKNOWN = 'N/A'


def main(args=None):
    """Print how a file was created.

    Parameters
    ----------
    args : list of str, optional
        The command line, the name of a file; by default that of the
        process.

    """
    parser = argparse.ArgumentParser(
        prog='fuel-info',
        description="Print how fuel-convert created an HDF5 file.")
    parser.add_argument('filename', help="the file")
    path = parser.parse_args(args).filename
    try:
        with h5py.File(path, mode='r') as h5file:
            command, interface, converter = (
                as_text(h5file.attrs.get(name, UNKNOWN)) for name in (
                    'fuel_convert_command', 'h5py_interface_version',
                    'fuel_convert_version'))
    except OSError as error:
        fail(parser, f"{path}: {error}")
    title = f"Metadata for {os.path.basename(path)}"
    print(f"""
{title}
{'=' * len(title)}

    The command used to generate this file is

        {command}

    Relevant versions are

        H5PYDataset     {interface}
        fuel.converters {converter}
""")


if __name__ == '__main__':
    main()
