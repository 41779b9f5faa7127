"""Run one benchmark: ``python -m benchmarks [NAME [OPTION ...]]``.

Without a name it runs ``recurrent_speed``; ``--list`` prints the names. The
options after the name are passed to the benchmark, for example ``--help``.

"""
import ast
import pathlib
import runpy
import sys

DEFAULT = 'recurrent_speed'


def benchmarks():
    """Return the first lines of the benchmarks' docstrings by name."""
    found = {}
    for path in sorted(pathlib.Path(__file__).parent.glob('[!_]*.py')):
        docstring = ast.get_docstring(ast.parse(path.read_text())) or ''
        found[path.stem] = docstring.partition('\n')[0]
    return found


def main(arguments):
    """Run the benchmark named by the first argument with the others.

    Parameters
    ----------
    arguments : list of str
        The command line after ``python -m benchmarks``.

    Raises
    ------
    SystemExit
        With a message, if no benchmark has that name.

    """
    present = benchmarks()
    if arguments and arguments[0] == '--list':
        for name, title in present.items():
            print(f'{name:<20}{title}')
        return
    if arguments and arguments[0] in ('-h', '--help'):
        print(__doc__.strip())
        return
    name, *options = arguments or [DEFAULT]
    if name not in present:
        sys.exit(f"benchmarks: no benchmark is named '{name}'; available: "
                 f"{', '.join(present) or 'none'}")
    sys.argv = [f'benchmarks {name}', *options]
    runpy.run_module(f'benchmarks.{name}', run_name='__main__')


if __name__ == '__main__':
    main(sys.argv[1:])
