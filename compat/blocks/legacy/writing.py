"""Writing converted files to a folder."""
import os

from .dialect import without_coding
from .loading import Project
from .walking import imported_files


def write(script, folder, python2, parser):
    """Write a script and the files that it imports, converted if necessary.

    The files keep their paths relative to their common folder. Files that
    need no conversion are copied, so that the folder is complete.

    Parameters
    ----------
    script : str
        The path.
    folder : str
        Created if it does not exist. Files in it are not overwritten.
    python2 : bool or None
        The version of all files; see :class:`~blocks.legacy.loading.Project`.
    parser : argparse.ArgumentParser
        Reports errors of `folder`.

    Returns
    -------
    int
        0.

    """
    project = Project(script, python2)
    paths = [path for path in imported_files(script, project)
             if path.startswith(project.root + os.sep)]
    targets = {path: os.path.join(folder, os.path.relpath(path, project.root))
               for path in paths}
    existing = [target for target in targets.values()
                if os.path.exists(target)]
    if existing:
        parser.error(f"'{existing[0]}' exists; choose another folder")
    if os.path.exists(folder) and not os.path.isdir(folder):
        parser.error(f"'{folder}' is not a folder")
    written = []
    for path, target in targets.items():
        converted = project.convert(path, package_of(path, project))
        written.append((target, without_coding(converted.text)))
    for target, text in written:
        os.makedirs(os.path.dirname(target) or os.curdir, exist_ok=True)
        with open(target, 'w', encoding='utf-8') as file:
            file.write(text)
        print(target)
    return 0


def package_of(path, project):
    """Return whether a file is imported as part of a package.

    The script itself never is.

    """
    if path == os.path.realpath(project.script):
        return False
    return (os.path.basename(path) == '__init__.py' or os.path.isfile(
        os.path.join(os.path.dirname(path), '__init__.py')))
