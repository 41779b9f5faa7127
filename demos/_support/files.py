"""The files of a run, and data files of installed packages."""
import contextlib
import importlib.util
import json
import os

from blocks.replacing import replacing

from blocks_rnn_bricks.parallel import is_first
from demos._support.exits import UserError
from demos._support.settings import of_training

CHECKPOINT = 'checkpoint.tar'
PARAMETERS = 'parameters.tar'
SETTINGS = 'settings.json'


def inside_package(package, *path, what, install):
    """Return the path of a file or folder in an installed package.

    The package is not imported.

    Parameters
    ----------
    package : str
        The import name of the package.
    *path : str
        The folders in the package, and the file name.
    what : str
        A description of the data, for the error message.
    install : str
        The command that installs the package.

    Raises
    ------
    UserError
        If the package is not installed.

    """
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise UserError(f'{what} from the package {package}, which is not '
                        f'installed; run: {install}')
    return os.path.join(spec.submodule_search_locations[0], *path)


def output_folder(path):
    """Create the output folder of a demo.

    Raises
    ------
    UserError
        If the folder is not writable.

    """
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise UserError(f'cannot create the folder {path}: {error.strerror}; '
                        f'choose another one with --save-to') from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise UserError(f'cannot write into the folder {path}; choose another '
                        f'one with --save-to')
    return path


def read_settings(folder):
    """Return the settings of the run whose files are in a folder."""
    with open(os.path.join(folder, SETTINGS), encoding='utf-8') as file:
        settings = json.load(file)
    if not isinstance(settings, dict):
        raise ValueError(f'{SETTINGS} must hold a dictionary')
    return settings


def save_settings(settings, command, **others):
    """Write the settings of a run, which resuming reads.

    Parameters
    ----------
    settings : :class:`~demos._support.settings.Settings`
    command : str
        The command of the demo.
    **others
        Other entries to store.

    Raises
    ------
    UserError
        If they cannot be written, or the folder contains another demo's run.

    """
    folder = settings.save_to
    with contextlib.suppress(OSError, ValueError):
        other = read_settings(folder).get('command')
        if other not in (None, command):
            raise UserError(f'{folder} contains a run of {other}, which would '
                            f'be overwritten; choose another folder with '
                            f'--save-to')
    if not is_first():  # of several workers
        return
    path = os.path.join(folder, SETTINGS)
    content = {**of_training(settings), 'command': command, **others}
    try:
        with replacing(path) as file:
            file.write(json.dumps(content, indent=1,
                                  sort_keys=True).encode('utf-8'))
    except OSError as error:
        raise UserError(f'cannot write {path}: {os.strerror(error.errno)}; '
                        f'choose another folder with --save-to') from error
