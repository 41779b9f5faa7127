"""Shared parts of the commands with a subcommand for each dataset."""
import argparse
import importlib
import os


def existing_directory(path):
    """Return a path, or refuse an argument that is not a folder."""
    if not os.path.isdir(path):
        raise argparse.ArgumentTypeError(f"there is no folder {path!r}")
    return path


def with_extra_packages(datasets, packages, attribute):
    """Return the datasets together with those of other packages.

    Parameters
    ----------
    datasets : sequence of tuple
        The name of each dataset and the function that adds its arguments.
    packages : list of str
        The names of packages to import.
    attribute : str
        The attribute of a package that lists its datasets.

    Returns
    -------
    dict

    Raises
    ------
    ValueError
        If two datasets have the same name.

    """
    known = dict(datasets)
    for package in filter(None, packages):
        extra = dict(getattr(importlib.import_module(package), attribute))
        clash = sorted(known.keys() & extra.keys())
        if clash:
            raise ValueError(f"{attribute} of the package {package} has the "
                             f"name {clash[0]!r}, which is already taken")
        known.update(extra)
    return known


def parse(prog, description, datasets, add_options, args=None):
    """Parse a command line that names a dataset.

    Parameters
    ----------
    prog : str
        The name of the command.
    description : str
        Its purpose.
    datasets : dict of callable
        The functions that add the arguments of datasets, by name.
    add_options : callable
        Adds the options of all datasets to a parser.
    args : list of str, optional
        The command line; by default that of the process.

    Returns
    -------
    parser : argparse.ArgumentParser
        The parser, for messages.
    function : callable
        The function for the dataset.
    arguments : dict
        The arguments of the call.

    """
    parser = argparse.ArgumentParser(prog=prog, description=description)
    subparsers = parser.add_subparsers(
        dest='which_', required=True, metavar='dataset',
        help=', '.join(datasets))
    functions = {}
    for name, fill_subparser in datasets.items():
        subparser = subparsers.add_parser(name)
        add_options(subparser)
        functions[name] = fill_subparser(subparser)
    arguments = vars(parser.parse_args(args))
    return parser, functions[arguments.pop('which_')], arguments


def fail(parser, error):
    """End the process with the message of an error, without a traceback."""
    parser.exit(1, f"{parser.prog}: error: {error}\n")
