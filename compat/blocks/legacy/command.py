"""The command ``blocks-legacy``, also ``python -m blocks.legacy``."""
import argparse
import contextlib
import os
import sys

DESCRIPTION = '''\
Run a script that was written for Theano, Fuel and Blocks between 2014 and
2018, unedited. Python 2 is converted in memory as the script and the modules
next to it are imported; no file changes. Names that Python, NumPy and SciPy
have dropped since work in these files.
'''
EPILOG = '''\
Options come before the script; arguments after the script are passed to it.

A file is Python 2 if it is not valid Python 3 (print without parentheses, for
instance), if it uses a name that only Python 2 has (xrange, cPickle,
.iteritems()), or if its first line names python2. A file that could be either
is Python 2 if the script or a module it imports is.
'''


class Parser(argparse.ArgumentParser):
    """Reports a usage error in one line."""

    def error(self, message):
        self.exit(2, f'{self.prog}: {message}; -h shows how to use it\n')


def make_parser(prog):
    parser = Parser(
        prog=prog, description=DESCRIPTION, epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage='%(prog)s [options] SCRIPT [ARGUMENTS ...]')
    parser.add_argument(
        'script', metavar='SCRIPT', help='the file to run')
    parser.add_argument(
        'arguments', metavar='ARGUMENTS', nargs=argparse.REMAINDER,
        help='arguments of the script')
    version = parser.add_mutually_exclusive_group()
    version.add_argument(
        '--python2', action='store_const', const=True, dest='python2',
        help='treat every file as Python 2')
    version.add_argument(
        '--python3', action='store_const', const=False, dest='python2',
        help='treat every file as Python 3')
    action = parser.add_mutually_exclusive_group()
    action.add_argument(
        '--write', metavar='FOLDER',
        help='write the converted script and the converted modules it '
             'imports to FOLDER, and do not run it')
    action.add_argument(
        '--explain', action='store_true',
        help='list what is converted and what will not run, by file and '
             'line, and do not run it; the exit code is 1 if something '
             'will not run')
    return parser


def main(argv=None, prog='blocks-legacy'):
    """Run the command.

    Parameters
    ----------
    argv : list of str, optional
        The arguments, by default those of the command line.
    prog : str, optional
        The name of the command in messages.

    Returns
    -------
    int
        The exit code.

    """
    parser = make_parser(prog)
    options = parser.parse_args(argv)
    script = options.script
    if not os.path.exists(script):
        parser.error(f"there is no file '{script}'")
    if not os.path.isfile(script):
        parser.error(f"'{script}' is not a file")
    if not os.access(script, os.R_OK):
        parser.error(f"'{script}' cannot be read")
    try:
        if options.write is not None:
            from .writing import write
            code = write(script, options.write, options.python2, parser)
        elif options.explain:
            from .explaining import explain
            code = explain(script, options.python2)
        else:
            from .running import run
            code = run(script, options.arguments, options.python2)
        if sys.stdout is not None:  # None after >&-
            sys.stdout.flush()
        return code
    except OSError as error:
        return report(error, prog)


def report(error, prog):
    """Report in one line that reading or writing failed.

    Report nothing if the reader of the output, such as ``head``, has exited.

    Returns
    -------
    int
        The exit code.

    """
    from ..utils.screen import silence
    silence(sys.stdout)
    if isinstance(error, BrokenPipeError):
        return 141
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            print(f'{prog}: error: {error}', file=sys.stderr, flush=True)
    return 1


def console():
    """Run the command as ``blocks-legacy``."""
    sys.exit(main())
