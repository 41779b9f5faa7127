"""List the demos: ``python -m demos``.

A demo is a folder here with an ``__main__.py``. The constants ``COMMAND``,
``ABOUT`` and ``TAKES`` of its ``__init__.py`` describe it. That file is parsed
but not run, so the list appears at once.

"""
import argparse
import ast
import pathlib
import sys

from demos._support.exits import exit_code

HERE = pathlib.Path(__file__).parent
CONSTANTS = 'COMMAND', 'ABOUT', 'TAKES'


def constants(source):
    """Return the strings that a module assigns to names.

    Parameters
    ----------
    source : str
        The module's text.

    Returns
    -------
    dict of str to str

    """
    return {statement.targets[0].id: statement.value.value
            for statement in ast.parse(source).body
            if isinstance(statement, ast.Assign)
            and isinstance(statement.targets[0], ast.Name)
            and isinstance(statement.value, ast.Constant)
            and isinstance(statement.value.value, str)}


def demos(folder=HERE):
    """Return the descriptions of all demos in a folder.

    Parameters
    ----------
    folder : :class:`pathlib.Path`, optional

    Returns
    -------
    dict of str to tuple of str
        The values of :data:`CONSTANTS`, by the demo's name.

    Raises
    ------
    ValueError
        If a demo lacks one of them.

    """
    found = {}
    for main in sorted(folder.glob('*/__main__.py')):
        path = main.with_name('__init__.py')
        values = constants(path.read_text(encoding='utf-8'))
        missing = [name for name in CONSTANTS if name not in values]
        if missing:
            raise ValueError(f'{path}: expected the strings '
                             f'{", ".join(CONSTANTS)}, not found: '
                             f'{", ".join(missing)}; add what the demo shows '
                             f'and how long it takes')
        found[main.parent.name] = tuple(values[name] for name in CONSTANTS)
    return found


def overview(rows):
    """Format the demos as text, two lines each."""
    width = max(len(takes) for _, _, takes in rows)
    return '\n'.join(f'{takes:>{width}}  {about}\n{"":{width}}  {command}'
                     for command, about, takes in rows)


def main(arguments=None):
    """Print the list."""
    argparse.ArgumentParser(
        prog='python -m demos',
        description='List the demos, the time each takes on one idle core '
        'and its command. Each command explains its options with --help.'
    ).parse_args(arguments)
    print(overview(demos().values()))
    print('\nOptions: COMMAND --help')
    return 0


if __name__ == '__main__':
    sys.exit(exit_code(main))
