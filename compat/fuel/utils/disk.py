"""Folders and disk space."""
import contextlib
import os
import shutil
import tempfile


def disk_usage(path):
    """Return the size and the used space of a folder's disk.

    Parameters
    ----------
    path : str
        The folder.

    Returns
    -------
    total, used : int
        Both in bytes.

    """
    usage = shutil.disk_usage(path)
    return usage.total, usage.used


def safe_mkdir(folder_name, force_perm=None):
    """Create a folder and its parents, unless they exist.

    Parameters
    ----------
    folder_name : str
        The folder.
    force_perm : int, optional
        The mode of the created folders.

    """
    missing = []
    folder = os.path.abspath(folder_name)
    while not os.path.exists(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    for folder in reversed(missing):
        os.makedirs(folder, exist_ok=True)
        if force_perm is not None:
            os.chmod(folder, force_perm)


def check_enough_space(dataset_local_dir, remote_fname, local_fname,
                       max_disk_usage=0.9):
    """Return whether a folder has space for a copy of a file.

    Parameters
    ----------
    dataset_local_dir : str
        The folder.
    remote_fname : str
        The file to be copied.
    local_fname : str
        The name of the copy; not used.
    max_disk_usage : float, optional
        The fraction of the disk that may be in use afterwards.

    """
    total, used = disk_usage(dataset_local_dir)
    return used + os.path.getsize(remote_fname) < total * max_disk_usage


@contextlib.contextmanager
def complete_file(target):
    """Write a file that appears under its name only when it is complete.

    Parameters
    ----------
    target : str
        The file; if it exists, it is replaced.

    Yields
    ------
    str
        The path to write to. If the block raises an exception, the written
        file is deleted, and `target` is unchanged.

    """
    folder, name = os.path.split(os.path.abspath(target))
    with tempfile.TemporaryDirectory(dir=folder, prefix='.partial-') as part:
        path = os.path.join(part, name)
        yield path
        os.replace(path, target)
