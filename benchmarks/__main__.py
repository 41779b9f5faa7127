"""Run one benchmark: ``python -m benchmarks [NAME [OPTION ...]]``.

Without a name it runs ``recurrent_speed``; ``--list`` shows the names. What
follows the name goes to the benchmark (``--help`` for one).

"""
import ast
import pathlib
import runpy
import sys

DEFAULT = 'recurrent_speed'


def benchmarks():
    """Return the benchmarks present: name to first line of docstring."""
    found = {}
    for path in sorted(pathlib.Path(__file__).parent.glob('[!_]*.py')):
        docstring = ast.get_docstring(ast.parse(path.read_text())) or ''
        found[path.stem] = docstring.partition('\n')[0]
    return found


def main(arguments):
    """Run the benchmark named first in `arguments` with the others.

    Parameters
    ----------
    arguments : list of str
        What follows ``python -m benchmarks`` on the command line.

    Raises
    ------
    SystemExit
        With a message, if there is no benchmark of that name.

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
        sys.exit(f"benchmarks: there is none named '{name}'; there are: "
                 f"{', '.join(present) or 'none'}")
    sys.argv = [f'benchmarks {name}', *options]
    runpy.run_module(f'benchmarks.{name}', run_name='__main__')


if __name__ == '__main__':
    main(sys.argv[1:])
