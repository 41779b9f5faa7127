"""Resuming training, and loading trained parameters.

One rule holds for all demos. A run resumes with its original settings, in the
folder of its checkpoint, until the planned epochs are done. ``--epochs N``
changes the plan: the run ends after N epochs in total, which may be more or
fewer than planned, but not fewer than are already done. No other training
setting can be changed.

"""
import os
import tarfile

import theano
from blocks.model import Model
from blocks.relocation import relocate
from blocks.serialization import load, load_parameters

from demos._support.exits import UserError
from demos._support.extensions import ResumeHint, planned_end
from demos._support.files import (
    CHECKPOINT,
    SETTINGS,
    read_settings,
    save_settings,
)
from demos._support.settings import check_resumable, fields
from demos._support.tensorboard import replace


def resume(cls, options, command, pictures=()):
    """Load a main loop to resume; see the rule above.

    If no epochs remain, running it only runs the after-training callbacks.

    Parameters
    ----------
    cls : type
        The demo's dataclass of settings.
    options : dict
        The given settings, including the checkpoint as `resume`.
    command : str
        The command of the demo that must have written the checkpoint.
    pictures : list of str, optional
        See :func:`~demos._support.tensorboard.extension`.

    Returns
    -------
    main_loop : :class:`~blocks.main_loop.MainLoop`
    settings
        The settings of the run, of type `cls`.

    Raises
    ------
    UserError
        See :func:`load_checkpoint`; also if more than `epochs` epochs are
        done, or if a setting that cannot change is given.

    """
    path, epochs = options['resume'], options.get('epochs')
    check_resumable(cls, options)
    main_loop, saved = load_checkpoint(path, command)
    done = main_loop.status['epochs_done']
    if epochs is not None and epochs < done:
        raise UserError(f'{path} has done {done} epochs, --epochs {epochs} '
                        f'asks for fewer; ask for more, or omit --epochs to '
                        f'train for the planned number of epochs')
    end = planned_end(main_loop)
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
    """Load a main loop and the settings of its run.

    Loading a checkpoint unpickles it, which runs code: resume only from files
    that you trust. Wherever the run was started, it resumes in the folder of
    the checkpoint, and the settings are changed accordingly.

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
        If the file cannot be read, or is not a checkpoint of this demo.

    """
    try:
        with open(path, 'rb'):
            pass
    except OSError as error:
        raise UserError(f'cannot read {path}: {error.strerror}; --resume '
                        f'takes the {CHECKPOINT} of an earlier run'
                        ) from error
    if not tarfile.is_tarfile(path):
        raise UserError(f'{path} is not a checkpoint; --resume takes the '
                        f'{CHECKPOINT} of an earlier run')
    folder = os.path.dirname(path)
    try:
        settings = read_settings(folder)
        check_command(path, settings.get('command'), command)
        with open(path, 'rb') as file:
            main_loop = load(file)
        # The settings and the checkpoint may come from different demos.
        check_command(path, command_of(main_loop), command)
    except UserError:
        raise
    except Exception as error:
        raise UserError(f'{path} is not a checkpoint of this demo, or is '
                        f'damaged ({error}); --resume takes the {CHECKPOINT} '
                        f'of '
                        f'an earlier run with its {SETTINGS} beside it'
                        ) from error
    relocate(main_loop, path)
    return main_loop, {**settings, 'save_to': folder or os.curdir}


def check_command(path, found, command):
    """Raise if a checkpoint is known to belong to another demo.

    Raises
    ------
    UserError
        If it belongs to another demo.

    """
    if command is not None and found not in (None, command):
        raise UserError(f'{path} was not written by this demo, {command}; '
                        f'resume it with: {found} --resume {path}')


def command_of(main_loop):
    """Return the command of the demo that a main loop belongs to, if known."""
    commands = [extension.command for extension in main_loop.extensions
                if isinstance(extension, ResumeHint)]
    return commands[0] if commands else None


def load_trained(path, make, remedy):
    """Return a network with the parameters of an earlier run.

    Unlike loading a checkpoint, this runs no code from the files.

    Parameters
    ----------
    path : str
        The run's :data:`PARAMETERS`, with its :data:`SETTINGS` beside it.
    make : callable
        Given the settings, a dict, returns the network and a variable
        computed with all of its parameters.
    remedy : str
        The remedy to show if the files are invalid.

    Returns
    -------
    network
        The first return value of `make`.
    settings : dict

    Raises
    ------
    UserError
        If a file is missing, damaged, or belongs to another network.

    """
    try:
        settings = read_settings(os.path.dirname(path))
        with open(path, 'rb') as file:
            if not tarfile.is_tarfile(path):
                raise ValueError('it contains no parameters')
            values = load_parameters(file)
        network, computed = make(settings)
        parameters = Model(computed).get_parameter_dict()
        if {name: value.shape for name, value in values.items()} != {
                name: parameter.get_value().shape
                for name, parameter in parameters.items()}:
            raise ValueError('it contains the parameters of another network')
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
    """Return whether a loaded main loop had finished."""
    return bool(main_loop.log.current_row.get('training_finish_requested'))


def network_of(main_loop, kind):
    """Return the network that a main loop trains.

    Parameters
    ----------
    main_loop : :class:`~blocks.main_loop.MainLoop`
    kind : type
        The class of the brick.

    """
    return next(brick for brick in main_loop.model.get_top_bricks()
                if isinstance(brick, kind))
