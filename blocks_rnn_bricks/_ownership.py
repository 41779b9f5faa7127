"""Refuse a ``theano``, ``fuel`` or ``blocks`` from another distribution.

On Python 3.11 and newer, this distribution includes these three packages.
Other distributions use the same import names; in one environment they
overwrite each other's files, and the mixture fails in obscure ways.
:func:`check` raises an error before that happens. On older Python, the
packages are the originals, and :func:`check` only reports a missing one.

``setup.py`` also runs this file, so it imports only the standard library.

"""
import importlib.util
import os
import re
import sys

DISTRIBUTION = 'blocks-rnn-bricks'

#: The import names of the stack under the bricks.
PACKAGES = ('theano', 'fuel', 'blocks')

#: Additional packages for scripts that import them. Nothing here needs them,
#: so those of another distribution are refused on installation, which would
#: overwrite their files, but accepted on import.
COMPANIONS = ('picklable_itertools', 'blocks_extras')

#: The line that marks the ``__init__.py`` of each of our packages.
MARK = "__distribution__ = '{}'".format(DISTRIBUTION)

#: Whether this distribution includes the stack; otherwise the originals are
#: used.
BRINGS_STACK = sys.version_info >= (3, 11)

REMEDY = ("only one of them can be installed in an environment. Use a "
          "separate environment, or run 'pip uninstall {others} {ours}' and "
          "install {ours} again.")


def rivals(folder, names=PACKAGES):
    """Return the other distributions that own a package of the stack.

    Parameters
    ----------
    folder : str
        The folder of installed packages, such as ``site-packages``.
    names : tuple of str
        The packages to look for, from `PACKAGES` and `COMPANIONS`.

    Returns
    -------
    dict
        Name and version of the owner by import name. For speed, this examines
        only distributions whose file names begin like a package of the stack.

    """
    try:
        entries = os.listdir(folder)
    except OSError:
        return {}
    candidates = [entry for entry in entries
                  if re.match('theano|fuel|blocks|picklable', entry,
                              re.IGNORECASE)
                  and entry.endswith(('.dist-info', '.egg-info'))
                  and not entry.startswith('blocks_rnn_bricks-')]
    return _owners([os.path.join(folder, entry) for entry in candidates],
                   names)


def _owners(metadata_folders, names):
    """Return owners by import name, from their ``.dist-info`` folders."""
    from importlib.metadata import Distribution
    owners = {}
    for folder in metadata_folders:
        distribution = Distribution.at(folder)
        tops = {path.parts[0] for path in distribution.files or ()}
        tops.update((distribution.read_text('top_level.txt') or '').split())
        for name in tops.intersection(names):
            owners[name] = (distribution.metadata['Name'],
                            distribution.version)
    return owners


def conflict(owners):
    """Return a message that names the other owners of the stack's packages.

    Parameters
    ----------
    owners : dict
        Name and version of the owner by import name.

    """
    owned = ', '.join("'{}' ({} {})".format(name, *owner)
                      for name, owner in sorted(owners.items()))
    others = sorted({owner[0] for owner in owners.values()})
    packages = [*PACKAGES, *sorted({*COMPANIONS} & {*owners})]
    message = ("{ours} includes its own {packages}, but another distribution"
               " owns {owned}: ".format(
                   ours=DISTRIBUTION, owned=owned,
                   packages=', '.join(packages)))
    return message + REMEDY.format(others=' '.join(others),
                                   ours=DISTRIBUTION)


def check():
    """Raise ImportError unless the stack is the one that the bricks need.

    Raises
    ------
    ImportError
        If a package of the stack is missing or, on Python 3.11 and newer, does
        not belong to this distribution. The message says what to do.

    """
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is None:
            raise ImportError(_missing(name), name=name)
        if not BRINGS_STACK:
            continue
        if MARK not in (_source(spec) or ''):
            raise ImportError(_foreign(name, spec), name=name)
        owners = rivals(os.path.dirname(_place(spec)))
        if owners:
            raise ImportError(conflict(owners), name=name)


def _source(spec):
    """Return the source text of a module, or None if there is none."""
    get_source = getattr(spec.loader, 'get_source', None)
    return get_source and get_source(spec.name)


def _place(spec):
    """Return the folder of the package at `spec`, or the module's file."""
    return list(spec.submodule_search_locations or [spec.origin])[0]


def _missing(name):
    if BRINGS_STACK:
        return ("there is no package '{}', which {} includes: uninstalling "
                "another distribution may have removed it. Run 'pip install "
                "--force-reinstall --no-deps {}' (in a checkout: 'pip install "
                "-e .').".format(
                    name, DISTRIBUTION, DISTRIBUTION))
    return ("there is no package '{}'. On Python older than 3.11 {} runs on"
            " the original Theano, Fuel and Blocks; docs/legacy_stack.rst "
            "explains how to install them.".format(name, DISTRIBUTION))


def _foreign(name, spec):
    """Return the message about the package at `spec`, which is not ours."""
    from importlib.metadata import distribution, packages_distributions
    owners = {owner: distribution(owner).version
              for owner in packages_distributions().get(name, ())
              if owner != DISTRIBUTION}
    if owners:
        return conflict({name: next(iter(owners.items()))})
    return ("'import {}' finds {}, which is not the package that {} includes "
            "and which no installed distribution owns: rename it, or remove "
            "its folder from sys.path and PYTHONPATH.".format(
                name, _place(spec), DISTRIBUTION))
