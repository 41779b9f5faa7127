"""Finding the files that a script imports, without running it."""
import os
import re
import sys

from .syntax import decode

IMPORT = re.compile(
    r'^[ \t]*(?:from[ \t]+(\.*[\w.]*)[ \t]+import\b[ \t]*'
    r'(?:\(([^)]*)\)|((?:[^\n\\;#]|\\\n)*))'
    r'|import[ \t]+((?:[^\n\\;#]|\\\n)+))', re.MULTILINE)
WORD = re.compile(r'[\w.]+')


def module_names(text):
    """Yield the modules named in the import statements of a source.

    Yields
    ------
    dots : int
        The number of leading dots of the name.
    name : str
        Names of possible modules: for ``from a import b`` both ``a`` and
        ``a.b``.

    """
    for found in IMPORT.finditer(text):
        module, enclosed, listed, plain = found.groups()
        if plain is not None:
            for part in plain.split(','):
                name = WORD.search(part)
                if name:
                    yield 0, name.group()
            continue
        name = module.lstrip('.')
        dots = len(module) - len(name)
        if name:
            yield dots, name
        for part in re.sub(r'#.*', '', enclosed or listed or '').split(','):
            part = WORD.search(part)
            if part:
                yield dots, (f'{name}.{part.group()}' if name
                             else part.group())


def module_file(folder, name):
    """Return the file of a module under `folder`, with its packages' files.

    Returns
    -------
    list of str
        Empty if there is none.

    """
    parts, files = name.split('.'), []
    for part in parts:
        folder = os.path.join(folder, part)
        if os.path.isfile(folder + '.py'):
            return files + [folder + '.py']
        package = os.path.join(folder, '__init__.py')
        if os.path.isfile(package):
            files.append(package)
        elif not os.path.isdir(folder):
            return files
    return files


def imported_files(script, project):
    """Yield the script and its own files that it imports.

    Imports of computed names are not found.

    Parameters
    ----------
    script : str
        The path.
    project : Project
        Determines which files are the script's own.

    """
    waiting, seen = [os.path.realpath(script)], set()
    while waiting:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        yield path
        with open(path, 'rb') as file:
            text, _ = decode(file.read())
        folder = os.path.dirname(path)
        for dots, name in module_names(text):
            base = folder
            for _ in range(dots - 1):
                base = os.path.dirname(base)
            bases = [base] if dots else [folder, project.folder,
                                         *(sys.path)]
            for base in bases:
                files = module_file(base or os.curdir, name)
                files = [os.path.realpath(file) for file in files]
                if files:
                    waiting.extend(file for file in files
                                   if project.owns(file))
                    break
