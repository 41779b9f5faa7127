"""Refuse a ``theano``, ``fuel`` or ``blocks`` of another distribution.

From Python 3.11 on this distribution brings these three packages. Others have
the same import names; in one environment they overwrite each other's files,
and what is left fails in obscure ways. :func:`check` says so first. On older
Python the packages are the originals, and it only says when one is missing.

The file is also run by ``setup.py``, so it imports the standard library only.

"""
import importlib.util
import os
import re
import sys

DISTRIBUTION = 'blocks-rnn-bricks'

#: The import names that the stack under the bricks has.
PACKAGES = ('theano', 'fuel', 'blocks')

#: Beside them, for scripts that import these: nothing here needs them, so
#: another distribution's are refused where installing ours would overwrite
#: their files, and let be where they are found on import.
COMPANIONS = ('picklable_itertools', 'blocks_extras')

#: The line in the ``__init__.py`` of each package of ours.
MARK = "__distribution__ = '{}'".format(DISTRIBUTION)

#: The distribution brings the stack, as opposed to the originals.
BRINGS_STACK = sys.version_info >= (3, 11)

REMEDY = ("only one of them can live in an environment. Use one of its own,"
          " or run 'pip uninstall {others} {ours}' and install {ours} again.")


def rivals(folder, names=PACKAGES):
    """Return the other distributions that own a package of the stack.

    Parameters
    ----------
    folder : str
        Where packages are installed, such as ``site-packages``.
    names : tuple of str
        The packages to ask for, of `PACKAGES` and `COMPANIONS`.

    Returns
    -------
    dict
        Name and version of the owner by import name. To be quick this looks
        at names of files first: a distribution whose own name says nothing
        of the stack is not noticed.

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
    """Return the sentence that tells who else owns packages of the stack.

    Parameters
    ----------
    owners : dict
        Name and version of the owner by import name.

    """
    owned = ', '.join("'{}' ({} {})".format(name, *owner)
                      for name, owner in sorted(owners.items()))
    others = sorted({owner[0] for owner in owners.values()})
    return ("{ours} brings its own {packages}, and another distribution owns"
            " {owned}: ".format(ours=DISTRIBUTION, owned=owned,
                                packages=', '.join(
                                    [*PACKAGES,
                                     *sorted({*COMPANIONS} & {*owners})]))
            + REMEDY.format(others=' '.join(others), ours=DISTRIBUTION))


def check():
    """Raise ImportError unless the stack is the one the bricks belong to.

    Raises
    ------
    ImportError
        If a package of the stack is missing or, from Python 3.11 on, not the
        one of this distribution. The message says what to do.

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
    """Return the text of a module's file, None if there is none."""
    get_source = getattr(spec.loader, 'get_source', None)
    return get_source and get_source(spec.name)


def _place(spec):
    """Return the folder of the package at `spec`, or the module's file."""
    return list(spec.submodule_search_locations or [spec.origin])[0]


def _missing(name):
    if BRINGS_STACK:
        return ("there is no package '{}', which {} brings: another"
                " distribution's removal may have taken it along. Run 'pip"
                " install --force-reinstall --no-deps {}' (in a checkout:"
                " 'pip install -e .').".format(
                    name, DISTRIBUTION, DISTRIBUTION))
    return ("there is no package '{}'. On Python older than 3.11 {} runs on"
            " the original Theano, Fuel and Blocks; docs/legacy_stack.rst"
            " tells how to install them.".format(name, DISTRIBUTION))


def _foreign(name, spec):
    """Return what to say of the package at `spec`, which is not ours."""
    from importlib.metadata import distribution, packages_distributions
    owners = {owner: distribution(owner).version
              for owner in packages_distributions().get(name, ())
              if owner != DISTRIBUTION}
    if owners:
        return conflict({name: next(iter(owners.items()))})
    return ("'import {}' finds {}, which is not the package that {} brings"
            " and which no installed distribution owns: rename it, or take"
            " its folder off sys.path and PYTHONPATH.".format(
                name, _place(spec), DISTRIBUTION))
