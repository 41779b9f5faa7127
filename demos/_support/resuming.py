"""Going on with a training, and loading what it has learned.

One rule holds for all demos. A run goes on with the settings it was started
with, in the folder of its checkpoint, until the epochs that were planned are
done. ``--epochs N`` plans anew: it ends when N epochs are done in all, which
may be later or earlier than planned, but not earlier than it stands. Nothing
else of the training can be changed.

"""
import os
import tarfile

import theano
from blocks.model import Model
from blocks.relocation import relocate
from blocks.serialization import load, load_parameters

from demos._support.exits import UserError
from demos._support.extensions import FinishAfterEpochs, ResumeHint
from demos._support.files import (
    CHECKPOINT,
    SETTINGS,
    read_settings,
    save_settings,
)
from demos._support.settings import check_resumable, fields
from demos._support.tensorboard import replace


def resume(cls, options, command, pictures=()):
    """Load a main loop that is to go on; see the rule above.

    If nothing is left to do, running it ends at once, after what is done
    after training.

    Parameters
    ----------
    cls : type
        The demo's dataclass of settings.
    options : dict
        The settings that are given, the checkpoint as `resume`.
    command : str
        The command of the demo that must have written it.
    pictures : list of str, optional
        See :func:`~demos._support.tensorboard.extension`.

    Returns
    -------
    main_loop : :class:`~blocks.main_loop.MainLoop`
    settings
        Of type `cls`, those of the run.

    Raises
    ------
    UserError
        See :func:`load_checkpoint`; if more epochs than `epochs` are done,
        and for settings that cannot change.

    """
    path, epochs = options['resume'], options.get('epochs')
    check_resumable(cls, options)
    main_loop, saved = load_checkpoint(path, command)
    done = main_loop.status['epochs_done']
    if epochs is not None and epochs < done:
        raise UserError(f'{path} has done {done} epochs, --epochs {epochs} '
                        f'asks for fewer; ask for more, or leave --epochs '
                        f'out to go on to the end that was planned')
    end = next(extension for extension in main_loop.extensions
               if isinstance(extension, FinishAfterEpochs))
    if epochs is not None and epochs > done:
        end.plan(epochs)
    elif epochs == done or is_finished(main_loop):
        end.add_condition(['on_resumption'])
    known = {name: saved.pop(name) for name in fields(cls) if name in saved}
    settings = cls(**{**known, **{name: value for name, value
                                  in options.items() if value is not None}})
    if epochs is not None:
        save_settings(settings, **{**saved, 'command': command})
    replace(main_loop, settings, pictures)
    return main_loop, settings


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
    return main_loop, {**settings, 'save_to': folder or os.curdir}


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


def network_of(main_loop, kind):
    """The network that a main loop trains.

    Parameters
    ----------
    main_loop : :class:`~blocks.main_loop.MainLoop`
    kind : type
        Of the brick.

    """
    return next(brick for brick in main_loop.model.get_top_bricks()
                if isinstance(brick, kind))
