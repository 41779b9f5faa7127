"""--tensorboard: write a run's log, samples and pictures for TensorBoard."""
import contextlib
import os

import numpy
from blocks.extensions.saveload import Checkpoint
from blocks.extensions.tensorboard import TensorBoard
from PIL import Image

from demos._support.exits import UserError


def extension(settings, pictures):
    """Return the extension that --tensorboard requests.

    It must come before the checkpoint, which saves how much was written.

    Parameters
    ----------
    settings : :class:`~demos._support.settings.Settings`
    pictures : list of str
        Names of the PNG files in the folder of the run.

    Returns
    -------
    list of :class:`~blocks.extensions.tensorboard.TensorBoard`
        See :func:`board`.

    """
    return board(settings.tensorboard, {
        os.path.splitext(name)[0]: settings.path(name) for name in pictures})


def board(folder, pictures=None):
    """Return an extension that writes the log to a folder for TensorBoard.

    Parameters
    ----------
    folder : str or None
        None if it is not requested.
    pictures : dict of (str, str), optional
        Paths of PNG files by their tags.

    Returns
    -------
    list of :class:`~blocks.extensions.tensorboard.TensorBoard`
        One, or none.

    Raises
    ------
    UserError
        If tensorboardX is not installed, or the folder cannot be created.

    """
    if not folder:
        return []
    with problems_of(folder):
        os.makedirs(folder, exist_ok=True)
        return [TensorBoard(folder, parameters=True, pictures=pictures)]


@contextlib.contextmanager
def problems_of(folder):
    """Report errors of the folder of --tensorboard in one line."""
    try:
        yield
    except ImportError as error:
        raise UserError('--tensorboard needs the package tensorboardX, which '
                        "is not installed; run: pip install '.[tensorboard]'"
                        ) from error
    except OSError as error:
        raise UserError(f'cannot create the folder {folder}: '
                        f'{error.strerror}; choose another one with '
                        f'--tensorboard') from error


def replace(main_loop, settings, pictures):
    """Make a resumed main loop write its whole log to a folder.

    Parameters
    ----------
    main_loop : :class:`~blocks.main_loop.MainLoop`
    settings, pictures
        See :func:`extension`.

    """
    new = extension(settings, pictures)
    if new:
        kept = [extension for extension in main_loop.extensions
                if not isinstance(extension, TensorBoard)]
        place = next(number for number, extension in enumerate(kept)
                     if isinstance(extension, Checkpoint))
        main_loop.extensions = kept[:place] + new + kept[place:]


def show_results(main_loop, **results):
    """Record the results of a run in its log, and show it with the pictures.

    Parameters
    ----------
    main_loop : :class:`~blocks.main_loop.MainLoop`
        After training.
    **results
        Records for the last row of the log.

    """
    main_loop.log.current_row.update(results)
    for extension in main_loop.extensions:
        if isinstance(extension, TensorBoard):
            extension.do('after_training')


def show_picture(folder, path):
    """Show a picture that no extension shows.

    Parameters
    ----------
    folder : str or None
        None to show nothing.
    path : str
        The path of a PNG file.

    """
    if not folder:
        return
    with problems_of(folder):
        from tensorboardX import SummaryWriter
        name, _ = os.path.splitext(os.path.basename(path))
        with Image.open(path) as image, SummaryWriter(folder) as writer:
            writer.add_image(name, numpy.asarray(image.convert('RGB')),
                             dataformats='HWC')
