"""Tools for writing downloaders."""
import contextlib
import os
import sys
from email.message import Message
from urllib.parse import urlsplit

import requests
from fuel.exceptions import NeedURLPrefix
from fuel.utils.disk import complete_file, safe_mkdir
from tqdm import tqdm

__all__ = ['NeedURLPrefix', 'add_url_prefix', 'default_downloader',
           'download', 'ensure_directory_exists', 'filename_from_url']

#: Seconds to wait for an answer.
TIMEOUT = 60


def filename_from_url(url, path=None):
    """Ask a server for the name of the file at an address.

    Parameters
    ----------
    url : str
        The address.
    path : object, optional
        Not used.

    Returns
    -------
    str
        The name without a folder; empty if neither the server nor the
        address has one.

    Raises
    ------
    OSError
        If the server cannot be reached or refuses.

    """
    with _response(url) as response:
        header = Message()
        header['Content-Disposition'] = response.headers.get(
            'Content-Disposition', '')
    # The user chooses the location of the file, not the server.
    return os.path.basename(header.get_filename() or urlsplit(url).path)


def download(url, file_handle, chunk_size=1024):
    """Download a file.

    Parameters
    ----------
    url : str
        Its address.
    file_handle : file object
        The file to write to.
    chunk_size : int, optional
        The number of bytes to write at a time.

    Raises
    ------
    OSError
        If the server cannot be reached or refuses, or if the size of the
        download differs from the announced one.

    """
    with _response(url) as response:
        length = response.headers.get('content-length')
        received = 0
        with tqdm(total=int(length) if length else None, unit='B',
                  unit_scale=True, desc=os.path.basename(urlsplit(url).path),
                  file=sys.stdout) as bar, _explained(url):
            for chunk in response.iter_content(chunk_size):
                file_handle.write(chunk)
                received += len(chunk)
                bar.update(len(chunk))
    # A compressed transfer is longer when it is unpacked.
    if (length and received != int(length)
            and 'content-encoding' not in response.headers):
        raise _cannot_download(
            url, f"{received} of {length} bytes arrived, then the connection "
            "ended")


@contextlib.contextmanager
def _response(url):
    with _explained(url):
        response = requests.get(url, stream=True, timeout=TIMEOUT)
    with contextlib.closing(response):
        with _explained(url):
            response.raise_for_status()
        yield response


@contextlib.contextmanager
def _explained(url):
    """Convert errors of requests to an error with a remedy."""
    try:
        yield
    except OSError as error:
        if not isinstance(error, requests.RequestException):
            raise
        raise _cannot_download(url, error) from error


def _cannot_download(url, problem):
    return OSError(
        f"can't download {url}: {problem}. Many addresses of data sets are "
        "gone; if you have the file from elsewhere, put it where "
        "fuel-convert reads it")


def ensure_directory_exists(directory):
    """Create a folder and its parents, unless they exist.

    Parameters
    ----------
    directory : str
        The folder.

    Raises
    ------
    OSError
        If there is a file of this name.

    """
    if os.path.exists(directory) and not os.path.isdir(directory):
        raise FileExistsError(f"{directory} should be a folder, and is a "
                              "file")
    safe_mkdir(directory)


def default_downloader(directory, urls, filenames, url_prefix=None,
                       clear=False):
    """Download files, or delete them.

    Parameters
    ----------
    directory : str
        The folder for the files.
    urls : list of str or None
        Their addresses.
    filenames : list of str or None
        Their names; the server is asked for missing ones.
    url_prefix : str, optional
        The prefix of the names of files without an address.
    clear : bool, optional
        Whether to delete the files instead.

    Raises
    ------
    fuel.exceptions.NeedURLPrefix
        If a file has no address and there is no prefix.
    ValueError
        If a file has no name.
    OSError
        If a server cannot be reached or refuses.

    Notes
    -----
    Each file appears only when it is complete.

    """
    names = [name or filename_from_url(url)
             for name, url in zip(filenames, urls, strict=True)]
    for name, url in zip(names, urls):
        if not name:
            raise ValueError(f"default_downloader: {url} has no file name; "
                             "pass one in filenames")
    paths = [os.path.join(directory, name) for name in names]
    if clear:
        for path in filter(os.path.isfile, paths):
            os.remove(path)
        return
    if url_prefix is None and not all(urls):
        raise NeedURLPrefix(
            f"{names[list(map(bool, urls)).index(False)]} isn't public: "
            "pass its address as url_prefix")
    ensure_directory_exists(directory)
    for url, name, path in zip(urls, names, paths):
        with complete_file(path) as partial, open(partial, 'wb') as file_:
            download(url or url_prefix + name, file_)


def add_url_prefix(subparser):
    """Add the option for files whose address only the user knows.

    Parameters
    ----------
    subparser : argparse.ArgumentParser
        The parser of the command.

    """
    subparser.add_argument(
        '-P', '--url-prefix',
        help="prefix of the names of files that are not public, with a "
             "trailing slash")
