"""Local copies of files that are slow to reach.

If ``fuel.config.local_data_path`` names a folder, datasets read copies
there. A copy appears under its name only when it is complete, so that any
number of processes can make and read copies without locks.

"""
import logging
import os
import shutil

from fuel import config
from fuel.utils.disk import check_enough_space, complete_file, safe_mkdir

logger = logging.getLogger(__name__)


def cache_file(filename):
    """Return the path of a local copy of a file, making it if necessary.

    Parameters
    ----------
    filename : str
        The file.

    Returns
    -------
    str
        The path of the copy; `filename` itself if there is no folder for
        copies or no space in it, or if the copy is out of date, which is
        logged.

    """
    folder = config.local_data_path
    if not folder:
        return filename
    if not os.path.isfile(filename):
        logger.error("%s can't be copied to %s: there is no such file",
                     filename, folder)
        return filename
    local_name = os.path.join(folder, os.path.basename(filename))
    try:
        safe_mkdir(folder)
        if not os.path.exists(local_name):
            if not check_enough_space(folder, filename, local_name):
                logger.warning("%s isn't copied: no space in %s", filename,
                               folder)
                return filename
            with complete_file(local_name) as partial:
                shutil.copyfile(filename, partial)
                shutil.copymode(filename, partial)
            logger.info("%s was copied to %s", filename, local_name)
    except OSError as error:
        logger.warning("%s isn't copied to %s: %s", filename, folder, error)
        return filename
    return local_name if _is_current(local_name, filename) else filename


def _is_current(local_name, filename):
    local, remote = os.stat(local_name), os.stat(filename)
    if local.st_size != remote.st_size:
        problem = f"has {local.st_size} instead of {remote.st_size} bytes"
    elif local.st_mtime < remote.st_mtime:
        problem = "is older"
    elif not os.access(local_name, os.R_OK):
        problem = "can't be read"
    else:
        return True
    logger.warning("the copy %s isn't used: it %s, compared with %s",
                   local_name, problem, filename)
    return False
