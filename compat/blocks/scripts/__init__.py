"""The command ``blocks-continue``."""
import logging
from argparse import ArgumentParser

from blocks import serialization


def continue_training(argv=None):
    """Resume the training that a checkpoint was made of.

    Parameters
    ----------
    argv : list of str, optional
        The arguments, by default those of the command line.

    Returns
    -------
    int
        The exit code: 0, or 128 and the number of the signal that ended
        training, as a shell has it.

    """
    parser = ArgumentParser(
        prog='blocks-continue',
        description='Resume the training that Checkpoint has saved. The file '
                    'is unpickled, which can run any code: use only files '
                    'that you trust.')
    parser.add_argument('path', help='the file that Checkpoint has written')
    arguments = parser.parse_args(argv)
    logging.basicConfig()
    main_loop = serialization.continue_training(arguments.path)
    number = main_loop.interrupted_by
    return 0 if number is None else 128 + number
