"""What the demos' main loops and command lines have in common."""
import argparse
import contextlib
import importlib.util
import json
import logging
import os
import tarfile

import theano
from blocks.extensions import FinishAfter, ProgressBar, Timing
from blocks.extensions.base import TrainingExtension
from blocks.extensions.plot import Plot
from blocks.extensions.saveload import Checkpoint
from blocks.model import Model
from blocks.relocation import WritesFiles, relocate
from blocks.replacing import replacing
from blocks.serialization import load, load_parameters

from blocks_rnn_bricks.parallel import is_first
from demos.exits import UserError, complain, exit_code
from demos.options import seed as any_seed
from demos.workers import start

#: Packages that --verbose has to say more; others have too much to say.
TALKATIVE = 'blocks', 'blocks_rnn_bricks', 'demos', 'fuel'

CHECKPOINT = 'checkpoint.tar'
PARAMETERS = 'parameters.tar'
SETTINGS = 'settings.json'


class EpochTable(TrainingExtension):
    """Prints a line of a table after each epoch.

    Parameters
    ----------
    columns : list of (str, str, str)
        Title, record of the log and format specification of each column.
        A record that is missing leaves the place empty.

    """

    def __init__(self, columns, **kwargs):
        super().__init__(**kwargs)
        self.columns = columns

    def before_training(self):
        print('  '.join(['epoch', *(self._cell(title, title, '')
                                    for title, _, _ in self.columns)]),
              flush=True)

    def after_epoch(self):
        row = self.main_loop.log.current_row
        cells = [self._cell(title, row.get(record), specification)
                 for title, record, specification in self.columns]
        done = self.main_loop.status['epochs_done']
        print('  '.join([f'{done:5d}', *cells]).rstrip(), flush=True)

    @staticmethod
    def _cell(title, value, specification):
        width = max(len(title), 7)
        if value is None:
            return ' ' * width
        if value is True:
            value, specification = '*', ''
        return f'{value:{specification}}'.rjust(width)


class ResumeHint(WritesFiles, TrainingExtension):
    """Says, when training is interrupted, how to go on.

    Parameters
    ----------
    command : str
        The demo's command, for example 'python -m demos.speech'.
    checkpoint : str
        The file that was written.

    """

    def __init__(self, command, checkpoint, **kwargs):
        super().__init__(**kwargs)
        self.command = command
        self.checkpoint = checkpoint

    def on_interrupt(self):
        print(f'Interrupted. Go on with:\n'
              f'  {self.command} --resume {self.place(self.checkpoint)}',
              flush=True)


class Shrink:
    """What multiplies a learning rate by a factor, for an extension to call.

    To be given to :class:`~blocks.extensions.training.SharedVariableModifier`
    in place of a function, since it can be pickled.

    Parameters
    ----------
    factor : float

    """

    def __init__(self, factor):
        self.factor = factor

    def __call__(self, iterations, rate):
        return self.factor * rate


def training_extensions(folder, command, columns, curves, epochs=None,
                        batches=None, before_table=(), before_saving=(),
                        quiet=False):
    """The extensions that every demo has, in the order they must have.

    The checkpoint, for going on exactly, is written after each epoch and
    when training is interrupted; the parameters alone, to be loaded without
    unpickling anything, after training.

    Parameters
    ----------
    folder : str
        Where pictures and checkpoint go.
    command : str
        See :class:`ResumeHint`.
    columns : list of (str, str, str)
        See :class:`EpochTable`.
    curves : dict of list of str
        Records for each panel of the learning curves, by its title.
    epochs, batches : int, optional
        When to end.
    before_table : list of extensions
        What the table is to see the records of.
    before_saving : list of extensions
        What may change parameters after training, before they are saved.
    quiet : bool, optional
        Whether to do without progress bar and table.

    """
    checkpoint = os.path.join(folder, CHECKPOINT)
    shown = [] if quiet else [ProgressBar(), EpochTable(columns)]
    return [
        *before_table,
        FinishAfter(after_n_epochs=epochs, after_n_batches=batches),
        Timing(),
        *shown,
        Plot(os.path.join(folder, 'learning_curves.png'),
             list(curves.values()), titles=list(curves)),
        Checkpoint(checkpoint, after_epoch=True, on_interrupt=True,
                   after_training=False),
        ResumeHint(command, checkpoint),
        *before_saving,
        Checkpoint(os.path.join(folder, PARAMETERS), save_main_loop=False)]


def inside_package(package, *path, what, install):
    """The path of a file or folder that an installed package brings.

    The package is not imported.

    Parameters
    ----------
    package : str
        Its import name.
    *path : str
        The folders in it, and the name.
    what : str
        What is read from it, to say what is missing.
    install : str
        The command that installs it.

    Raises
    ------
    UserError
        If it is not installed.

    """
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise UserError(f'{what} from the package {package}, which is not '
                        f'installed; run: {install}')
    return os.path.join(spec.submodule_search_locations[0], *path)


def output_folder(path):
    """Make the folder for what a demo writes.

    Raises
    ------
    UserError
        If nothing can be written there.

    """
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise UserError(f'cannot make the folder {path}: {error.strerror}; '
                        f'name another one with --save-to') from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise UserError(f'cannot write into the folder {path}; name another '
                        f'one with --save-to')
    return path


def read_settings(folder):
    """The settings of the run whose files are in a folder."""
    with open(os.path.join(folder, SETTINGS), encoding='utf-8') as file:
        settings = json.load(file)
    if not isinstance(settings, dict):
        raise ValueError(f'{SETTINGS} must hold a dictionary')
    return settings


def save_settings(folder, settings):
    """Write the settings that a checkpoint is to be resumed with.

    Parameters
    ----------
    folder : str
        Where the checkpoint is going to be.
    settings : dict
        With the demo's command as 'command'.

    Raises
    ------
    UserError
        If they cannot be written, or the folder has files of another demo.

    """
    with contextlib.suppress(OSError, ValueError):
        other = read_settings(folder).get('command')
        if other not in (None, settings.get('command')):
            raise UserError(f'{folder} holds a run of {other}, which would '
                            f'be overwritten; name another folder with '
                            f'--save-to')
    if not is_first():  # of several workers
        return
    path = os.path.join(folder, SETTINGS)
    try:
        with replacing(path) as file:
            file.write(json.dumps(settings, indent=1,
                                  sort_keys=True).encode('utf-8'))
    except OSError as error:
        raise UserError(f'cannot write {path}: {os.strerror(error.errno)}; '
                        f'name another folder with --save-to') from error


def load_checkpoint(path, command=None):
    """Load a main loop and the settings it was made with.

    Loading a checkpoint runs code that it names, as unpickling does: resume
    only from files that you trust. Wherever the run was made, it goes on in
    the folder of the checkpoint, and so say the settings.

    Parameters
    ----------
    path : str
        A file that a demo wrote.
    command : str, optional
        The command of the demo that must have written it.

    Returns
    -------
    main_loop : :class:`~blocks.main_loop.MainLoop`
    settings : dict

    Raises
    ------
    UserError
        If it cannot be read, or is no checkpoint of this demo.

    """
    try:
        with open(path, 'rb'):
            pass
    except OSError as error:
        raise UserError(f'cannot read {path}: {error.strerror}; --resume '
                        f'takes the {CHECKPOINT} of an earlier run'
                        ) from error
    if not tarfile.is_tarfile(path):
        raise UserError(f'{path} is no checkpoint; --resume takes the '
                        f'{CHECKPOINT} of an earlier run')
    folder = os.path.dirname(path)
    try:
        settings = read_settings(folder)
        check_command(path, settings.get('command'), command)
        with open(path, 'rb') as file:
            main_loop = load(file)
        # Who wrote the settings may not have written the checkpoint.
        check_command(path, command_of(main_loop), command)
    except UserError:
        raise
    except Exception as error:
        raise UserError(f'{path} is no checkpoint of this demo, or a damaged '
                        f'one ({error}); --resume takes the {CHECKPOINT} of '
                        f'an earlier run with its {SETTINGS} beside it'
                        ) from error
    relocate(main_loop, path)
    return main_loop, {**settings, 'folder': folder or os.curdir}


def check_command(path, found, command):
    """Raise unless a checkpoint is of a demo; what is not known may be.

    Raises
    ------
    UserError
        If it is another demo's.

    """
    if command is not None and found not in (None, command):
        raise UserError(f'{path} was not written by this demo, {command}; '
                        f'go on with: {found} --resume {path}')


def command_of(main_loop):
    """The command of the demo whose main loop it is, if known."""
    commands = [extension.command for extension in main_loop.extensions
                if isinstance(extension, ResumeHint)]
    return commands[0] if commands else None


def resume(path, command, epochs=None):
    """Load a main loop that is to go on.

    If nothing is left to do, running it ends at once, after what is done
    after training.

    Parameters
    ----------
    path, command
        See :func:`load_checkpoint`.
    epochs : int, optional
        How many epochs there are to be, those done included. By default as
        many as it was made for.

    Returns
    -------
    main_loop : :class:`~blocks.main_loop.MainLoop`
    settings : dict

    Raises
    ------
    UserError
        See :func:`load_checkpoint`; and if more epochs than that are done.

    """
    main_loop, settings = load_checkpoint(path, command)
    done = main_loop.status['epochs_done']
    if epochs is not None and epochs < done:
        raise UserError(f'{path} has done {done} epochs, --epochs {epochs} '
                        f'asks for fewer; ask for more, or leave --epochs '
                        f'out to go on to the end that was planned')
    limit = next(extension for extension in main_loop.extensions
                 if type(extension) is FinishAfter)
    if epochs is not None and epochs > done:
        limit.set_conditions(after_n_epochs=epochs)
    elif epochs == done or is_finished(main_loop):
        limit.add_condition(['on_resumption'])
    return main_loop, settings


def load_trained(path, make, remedy):
    """A network with the parameters of an earlier run.

    Unlike a checkpoint, the files are read without running any of them.

    Parameters
    ----------
    path : str
        The run's :data:`PARAMETERS`, with its :data:`SETTINGS` beside it.
    make : callable
        Given the settings, a dict, returns the network and a variable
        computed with all of its parameters.
    remedy : str
        What to tell a user whose files are not right.

    Returns
    -------
    network
        What `make` returned first.
    settings : dict

    Raises
    ------
    UserError
        If a file is missing or damaged, or they are of another network.

    """
    try:
        settings = read_settings(os.path.dirname(path))
        with open(path, 'rb') as file:
            if not tarfile.is_tarfile(path):
                raise ValueError('it holds no parameters')
            values = load_parameters(file)
        network, computed = make(settings)
        parameters = Model(computed).get_parameter_dict()
        if {name: value.shape for name, value in values.items()} != {
                name: parameter.get_value().shape
                for name, parameter in parameters.items()}:
            raise ValueError('it holds the parameters of another network')
        for name, parameter in parameters.items():
            parameter.set_value(values[name].astype(theano.config.floatX))
    except OSError as error:
        raise UserError(f'cannot read {error.filename}: {error.strerror}; '
                        f'{remedy}') from error
    except Exception as error:
        raise UserError(f'cannot load a network of this demo from {path} '
                        f'({error}); {remedy}') from error
    return network, settings


def is_finished(main_loop):
    """Whether a loaded main loop had come to its end."""
    return bool(main_loop.log.current_row.get('training_finish_requested'))


def parser(command, description, folder, resume=True, quick=None):
    """A parser with the options that all demos have.

    Parameters
    ----------
    command : str
        For example 'python -m demos.speech'.
    description : str
        What the demo shows.
    folder : str
        Where it writes by default.
    resume : bool, optional
        Whether it has checkpoints to go on from.
    quick : str, optional
        What --quick does, if there is such an option.

    """
    options = argparse.ArgumentParser(
        prog=command, description=description,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    options.add_argument(
        '--save-to', metavar='FOLDER', default=folder,
        help='folder for the checkpoint, the pictures and the log')
    if resume:
        options.add_argument(
            '--resume', metavar='FILE',
            help='go on from the checkpoint of an earlier run, with its '
                 'settings; only from files that you trust, since loading '
                 'one runs code')
    if quick:
        options.add_argument('--quick', action='store_true', help=quick)
    options.add_argument('--seed', type=any_seed, default=1,
                         help='seed of everything that is random')
    options.add_argument('--smoke', action='store_true',
                         help='only a few batches, to see that it runs')
    volume = options.add_mutually_exclusive_group()
    volume.add_argument('--quiet', action='store_true',
                        help='print warnings and results only')
    volume.add_argument('--verbose', action='store_true',
                        help='print more about what is going on')
    return options


def run(main, arguments):
    """Run a demo's main function for the command line.

    Sets Theano's floatX, which is Fuel's, to float32, and logging up.

    Parameters
    ----------
    main : callable
        Called with the arguments, less those that it need not know.
    arguments : :class:`argparse.Namespace`
        What the parser of :func:`parser` returned.

    Returns
    -------
    int
        See :func:`~demos.exits.exit_code`.

    """
    theano.config.floatX = 'float32'
    settings = vars(arguments)
    quiet, verbose = settings.pop('quiet'), settings.pop('verbose')
    logging.basicConfig(level=logging.WARNING)
    for package in TALKATIVE:
        logging.getLogger(package).setLevel(
            logging.DEBUG if verbose else logging.NOTSET)
    if not verbose:
        logging.getLogger('blocks.main_loop').addFilter(is_news)
    try:
        code = start(main.__module__, settings.pop('workers', 1))
    except UserError as error:
        return complain(f'error: {error}', 1)
    if code is not None:  # several workers have run it
        return code
    return exit_code(main, quiet=quiet, **settings)


def is_news(record):
    """Whether a main loop's log says more than that an error will follow."""
    return record.levelno != logging.ERROR or bool(record.exc_info)
