"""The command line of a demo."""
import argparse
import logging
import shlex

import theano

from demos._support import workers
from demos._support.exits import UserError, complain, exit_code
from demos._support.settings import fields

#: Packages whose loggers --verbose turns up; others print too much.
TALKATIVE = 'blocks', 'blocks_rnn_bricks', 'demos', 'fuel'


def parse(settings, command, description, arguments=None, quick=None,
          quick_help='', parallel=False):
    """Parse the settings given on the command line.

    Parameters
    ----------
    settings : type
        The demo's dataclass, see :mod:`demos._support.settings`.
    command : str
        For example 'python -m demos.speech'.
    description : str
        What the demo shows.
    arguments : list of str, optional
        Defaults to those of the process.
    quick : dict, optional
        The settings that --quick selects; options given explicitly take
        precedence.
    quick_help : str, optional
        The purpose of --quick.
    parallel : bool, optional
        Whether to add the option --workers.

    Returns
    -------
    :class:`argparse.Namespace`
        Only the settings that were given, plus `verbose` and `workers`.

    """
    options = parser(settings, command, description, quick, quick_help)
    if parallel:
        workers.add_option(options)
    given = options.parse_args(arguments)
    if getattr(given, 'quick', False):
        if getattr(given, 'resume', None):
            options.error('argument --quick: not allowed with argument '
                          '--resume, which keeps the settings of the '
                          'run')
        given = argparse.Namespace(**{**quick, **vars(given)})
    vars(given).pop('quick', None)
    known = {name: each for name, (_, each) in fields(settings).items()}
    for name in known.keys() & vars(given):
        other = known[name].goes_with
        if other and other not in given:
            options.error(f'argument {known[name].flag_of(name)}: goes with '
                          f'{known[other].flag_of(other)}')
    return given


def parser(settings, command, description, quick=None, quick_help=''):
    """Return a parser with an option for each setting; see :func:`parse`."""
    options = argparse.ArgumentParser(prog=command, description=description)
    if quick:
        options.add_argument(
            '--quick', action='store_true',
            help=f'{quick_help}: ' + ', '.join(
                f'{fields(settings)[name][1].flag_of(name)} {_shown(value)}'
                for name, value in quick.items()))
    volume = options.add_mutually_exclusive_group()
    groups = {None: options}
    for name, (default, known) in fields(settings).items():
        if known.group not in groups:
            groups[known.group] = options.add_argument_group(known.group)
        keywords = dict(known.keywords, dest=name, default=argparse.SUPPRESS,
                        help=known.text)
        if known.kind is None:
            keywords['action'] = 'store_true'
        else:
            keywords['type'] = known.kind
        if default not in (None, False):
            keywords['help'] += f' (default: {_shown(default)})'
        where = volume if name == 'quiet' else groups[known.group]
        where.add_argument(known.flag_of(name), **keywords)
        if name == 'quiet':
            where.add_argument('--verbose', action='store_true',
                               help='print more details of the run')
    return options


def _shown(value):
    """Format a value as it is typed."""
    if isinstance(value, (list, tuple)):
        return ' '.join(shlex.quote(str(each)) for each in value)
    return str(value)


def run(main, arguments, module=None):
    """Run a demo's main function for the command line.

    Sets floatX of Theano and Fuel to float32, and sets up logging.

    Parameters
    ----------
    main : callable
        Called with the settings that were given.
    arguments : :class:`argparse.Namespace`
        The result of :func:`parse`.
    module : str, optional
        The module that several workers run; by default that of `main`.

    Returns
    -------
    int
        See :func:`~demos._support.exits.exit_code`.

    """
    theano.config.floatX = 'float32'
    given = vars(arguments)
    verbose = given.pop('verbose')
    logging.basicConfig(level=logging.WARNING)
    for package in TALKATIVE:
        logging.getLogger(package).setLevel(
            logging.DEBUG if verbose else logging.NOTSET)
    main_loop = logging.getLogger('blocks.main_loop')
    if not verbose:
        main_loop.addFilter(is_news)
    try:
        code = workers.start(module or main.__module__,
                             given.pop('workers', 1))
        # With several workers, return the exit code of their run.
        return exit_code(main, **given) if code is None else code
    except UserError as error:
        return complain(f'error: {error}', 1)
    finally:
        main_loop.removeFilter(is_news)


def is_news(record):
    """Return whether a log record is more than the report of an error."""
    return record.levelno != logging.ERROR or bool(record.exc_info)
