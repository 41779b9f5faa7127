"""--tensorboard: the log, samples and pictures of a run in TensorBoard."""
import contextlib
import os

import numpy
from blocks.extensions.saveload import Checkpoint
from blocks.extensions.tensorboard import TensorBoard
from PIL import Image

from demos._support.exits import UserError


def extension(settings, pictures):
    """The extension that --tensorboard asks for.

    It belongs before the checkpoint, which then knows what is written.

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
    """An extension that writes the log into a folder for TensorBoard.

    Parameters
    ----------
    folder : str or None
        None if it is not asked for.
    pictures : dict of (str, str), optional
        Paths of PNG files by their tags.

    Returns
    -------
    list of :class:`~blocks.extensions.tensorboard.TensorBoard`
        One, or none.

    Raises
    ------
    UserError
        If tensorboardX is not installed, or there can be no such folder.

    """
    if not folder:
        return []
    with problems_of(folder):
        os.makedirs(folder, exist_ok=True)
        return [TensorBoard(folder, parameters=True, pictures=pictures)]


@contextlib.contextmanager
def problems_of(folder):
    """Tell what is wrong with a folder of --tensorboard in a line."""
    try:
        yield
    except ImportError as error:
        raise UserError('--tensorboard takes the package tensorboardX, which '
                        "is not installed; run: pip install '.[tensorboard]'"
                        ) from error
    except OSError as error:
        raise UserError(f'cannot make the folder {folder}: '
                        f'{error.strerror}; name another one with '
                        f'--tensorboard') from error


def replace(main_loop, settings, pictures):
    """Let a main loop that goes on write into a folder, all of its log.

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
    """Note what came of a run in its log, and show it with the pictures.

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
    """Show a picture that no extension does.

    Parameters
    ----------
    folder : str or None
        None if there is nothing to be shown.
    path : str
        Of a PNG file.

    """
    if not folder:
        return
    with problems_of(folder):
        from tensorboardX import SummaryWriter
        name, _ = os.path.splitext(os.path.basename(path))
        with Image.open(path) as image, SummaryWriter(folder) as writer:
            writer.add_image(name, numpy.asarray(image.convert('RGB')),
                             dataformats='HWC')
