"""Tests of ``python -m tests``, which runs modules side by side."""
import pathlib
import subprocess
import sys
import tempfile
import textwrap
import unittest
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).parents[2]

SOURCE = {
    'passing': 'def test_one(self): print("noise")',
    'failing': '''
        def test_wrong(self):
            self.assertEqual(1, 2, "one is not two")
        def test_right(self): pass''',
    'crashing': '''
        def test_crash(self):
            import os
            os._exit(7)''',
    'skipping': '''
        @unittest.skip("no time")
        def test_later(self): pass'''}


class TestRunning(unittest.TestCase):

    def run_tests(self, *names, jobs=2, options=()):
        """Run some of the modules above; return the process and the report."""
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            for name in names:
                body = textwrap.indent(textwrap.dedent(SOURCE[name]), '    ')
                (folder / f'test_{name}.py').write_text(
                    f'import unittest\n\n\nclass Test(unittest.TestCase):\n'
                    f'{body}\n')
            process = subprocess.run(
                [sys.executable, '-m', 'tests', str(folder),
                 f'--jobs={jobs}', f'--xunit-file={folder}/all.xml',
                 *options], cwd=ROOT, capture_output=True, text=True)
            report = folder / 'all.xml'
            cases = (xml.etree.ElementTree.parse(report).findall('testcase')
                     if report.exists() else [])
        return process, cases

    def test_all_pass(self):
        process, cases = self.run_tests('passing', 'skipping')
        self.assertEqual(0, process.returncode, process.stderr)
        self.assertIn('Ran 2 tests of 2 modules', process.stdout)
        self.assertIn('1 passed, 0 failed, 1 skipped', process.stdout)
        self.assertNotIn('noise', process.stdout)
        self.assertEqual({'test_one', 'test_later'},
                         {case.get('name') for case in cases})

    def test_failure_is_printed_at_the_end(self):
        for jobs in 1, 3:
            with self.subTest(jobs=jobs):
                process, cases = self.run_tests('failing', 'passing',
                                                jobs=jobs)
                self.assertEqual(1, process.returncode)
                self.assertIn('one is not two', process.stderr)
                self.assertIn('2 passed, 1 failed', process.stdout)
                self.assertEqual(3, len(cases))

    def test_crash_is_an_error_of_its_module_only(self):
        process, cases = self.run_tests('crashing', 'failing', 'passing',
                                        jobs=1)
        self.assertEqual(1, process.returncode)
        self.assertIn('the process ended with 7', process.stderr)
        self.assertIn('2 passed, 2 failed', process.stdout)
        crashed, = (case for case in cases
                    if 'test_crashing' in case.get('classname'))
        self.assertIsNotNone(crashed.find('error'))

    def test_options_of_nose(self):
        process, _ = self.run_tests('failing', options=['--verbosity=2'])
        self.assertIn('test_wrong', process.stderr)
        self.assertIn('... FAIL', process.stderr)

    def test_zero_jobs_are_refused(self):
        process, _ = self.run_tests('passing', jobs=0)
        self.assertEqual(2, process.returncode)
        self.assertIn('must be at least 1, got 0', process.stderr)

    def test_no_modules(self):
        process, _ = self.run_tests()
        self.assertEqual(1, process.returncode)
        self.assertIn('no test module', process.stderr)
