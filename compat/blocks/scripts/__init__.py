"""The command ``blocks-continue``."""
import logging
import tarfile
from argparse import ArgumentParser

from .. import serialization


def continue_training(argv=None):
    """Resume training from a checkpoint.

    Parameters
    ----------
    argv : list of str, optional
        The arguments, by default those of the command line.

    Returns
    -------
    int
        The exit code: 0, 1 if the file cannot be loaded, or, as in shells, 128
        plus the number of the signal that ended training.

    """
    parser = ArgumentParser(
        prog='blocks-continue',
        description='Resume training from a checkpoint. The file '
                    'is unpickled, which can run any code: use only files '
                    'that you trust.')
    parser.add_argument('path', help='a file written by Checkpoint')
    arguments = parser.parse_args(argv)
    logging.basicConfig()
    try:
        main_loop = serialization.load_main_loop(arguments.path)
    except (OSError, tarfile.ReadError, KeyError, TypeError,
            ValueError) as error:
        words = error.args[0] if isinstance(error, KeyError) else error
        parser.exit(1, f'blocks-continue: error: {words}\n')
    main_loop.run()
    number = main_loop.interrupted_by
    return 0 if number is None else 128 + number
