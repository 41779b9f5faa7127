"""External settings: ``THEANO_FLAGS`` and ``.theanorc``.

Theano reads its settings from two places: INI files (those that the
environment variable ``THEANORC`` names, or ``~/.theanorc``) and, with
precedence, the comma-separated list in ``THEANO_FLAGS``.  This module
collects both into one dictionary whose keys have the form
``section__option``, without importing PyTensor: a few settings, such as
the folder of compiled modules, must be known before PyTensor starts.

"""

import configparser
import contextlib
import os

#: Settings that PyTensor fixes while it is imported.
NEEDED_AT_IMPORT = frozenset({
    'base_compiledir', 'cmodule__age_thresh_use', 'cmodule__preload_cache',
    'compile__timeout', 'compile__wait', 'compiledir', 'compiledir_format',
    'cxx', 'floatX', 'gcc_version_str', 'optimizer', 'optimizer_excluding',
    'optimizer_including', 'optimizer_requiring',
    'scan__allow_output_prealloc', 'tensor__cmp_sloppy'})


def read_flags(text):
    """Split the contents of ``THEANO_FLAGS`` into settings.

    Parameters
    ----------
    text : str
        Settings ``name=value`` between commas; sections are written with
        dots (``scan.allow_gc=True``).  A later setting wins.

    Returns
    -------
    dict of str to str

    Raises
    ------
    ValueError
        If a part of the text has no ``=``.

    Examples
    --------
    >>> read_flags('floatX=float32, scan.allow_gc=True')
    {'floatX': 'float32', 'scan__allow_gc': 'True'}

    """
    settings = {}
    for part in filter(None, map(str.strip, text.split(','))):
        name, separator, value = part.partition('=')
        if not separator:
            raise ValueError(f'THEANO_FLAGS: {part!r} sets nothing; write '
                             f'name=value, separated by commas')
        settings[name.strip().replace('.', '__')] = value.strip()
    return settings


def read_files(paths):
    """Read settings from INI files.

    Parameters
    ----------
    paths : iterable of str
        Files in the order of growing precedence; missing ones are skipped.

    Returns
    -------
    dict of str to str
        Options of the section ``[global]`` under their own name, those of
        any other section as ``section__option``.

    """
    parser = configparser.RawConfigParser()
    parser.optionxform = str
    parser.read([os.path.expanduser(path) for path in paths])
    settings = {}
    for section in parser.sections():
        prefix = '' if section == 'global' else f'{section}__'
        for name, value in parser.items(section):
            settings[prefix + name.replace('.', '__')] = value
    return settings


def read_settings(environ=os.environ):
    """Collect all external settings.

    Parameters
    ----------
    environ : mapping of str to str
        The process environment.

    Returns
    -------
    dict of str to str

    """
    files = environ.get('THEANORC', '~/.theanorc').split(os.pathsep)
    return read_files(files) | read_flags(environ.get('THEANO_FLAGS', ''))


@contextlib.contextmanager
def handed_to_pytensor(settings, environ=os.environ):
    """Pass PyTensor the settings that it needs during import.

    ``PYTENSOR_FLAGS`` takes precedence and is restored afterwards.

    Parameters
    ----------
    settings : mapping of str to str
        Settings as :func:`read_settings` returns them.
    environ : mutable mapping of str to str
        The process environment.

    """
    before = environ.get('PYTENSOR_FLAGS')
    needed = [f'{name}={value}' for name, value in settings.items()
              if name in NEEDED_AT_IMPORT]
    if needed:
        environ['PYTENSOR_FLAGS'] = ','.join(
            needed + ([before] if before else []))
    try:
        yield
    finally:
        if before is None:
            environ.pop('PYTENSOR_FLAGS', None)
        else:
            environ['PYTENSOR_FLAGS'] = before
