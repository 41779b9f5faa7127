"""Tests of the list of demos and of the demos' descriptions."""
import contextlib
import io
import pathlib
import subprocess
import sys
import tempfile
from unittest import TestCase

from demos.__main__ import HERE, constants, demos, main, overview

SOURCE = '''\
import missing_module
COMMAND = 'python -m demos.one'
ABOUT = ('In two '
         'parts')
TAKES = '2 min'
EPOCHS = 3
'''


class TestDemosPresent(TestCase):
    def test_each_describes_itself_in_a_line(self):
        found = demos()
        self.assertGreaterEqual(set(found), {'speech', 'memory'})
        for name, (command, about, takes) in found.items():
            self.assertEqual(command, f'python -m demos.{name}')
            self.assertRegex(about, r'^[A-Z][^\n]{9,63}$', name)
            self.assertFalse(about.endswith('.'), name)
            self.assertRegex(
                takes, r'^[\d.]+ (s|min|h)( \(--quick: [\d.]+ (s|min)\))?$',
                name)

    def test_no_folder_is_missing(self):
        self.assertEqual(
            set(demos()),
            {path.parent.name for path in HERE.glob('[!_]*/__init__.py')})

    def test_each_has_a_readme(self):
        for name in demos():
            self.assertTrue((HERE / name / 'README.rst').is_file(), name)

    def test_each_reads_in_one_sitting(self):
        for name in demos():
            lines = (HERE / name / '__init__.py').read_text().splitlines()
            self.assertLess(len(lines), 150, name)


class TestDemos(TestCase):
    def folder_with(self, source):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        demo = pathlib.Path(folder.name) / 'one'
        demo.mkdir()
        (demo / '__init__.py').write_text(source)
        (demo / '__main__.py').write_text('')
        return pathlib.Path(folder.name)

    def test_is_read_without_being_imported(self):
        self.assertEqual(
            demos(self.folder_with(SOURCE)),
            {'one': ('python -m demos.one', 'In two parts', '2 min')})

    def test_missing_constants_are_named(self):
        for name in ('COMMAND', 'ABOUT', 'TAKES'):
            folder = self.folder_with(SOURCE.replace(name, 'OTHER'))
            with self.assertRaisesRegex(ValueError, f'not found: {name};'):
                demos(folder)
        folder = self.folder_with(SOURCE.replace("'2 min'", "f'{2} min'"))
        with self.assertRaisesRegex(ValueError, 'not found: TAKES;'):
            demos(folder)

    def test_folder_without_a_command_is_not_a_demo(self):
        folder = self.folder_with('')
        (folder / 'one' / '__main__.py').unlink()
        self.assertEqual(demos(folder), {})

    def test_constants_are_strings(self):
        self.assertEqual(constants("A = 'a'\nB = 1\nC.d = 'c'\nE = F\n"),
                         {'A': 'a'})

    def test_overview_is_aligned(self):
        self.assertEqual(
            overview([('one', 'First', '1 h'), ('two', 'Second', '10 min')]),
            '   1 h  First\n'
            '        one\n'
            '10 min  Second\n'
            '        two')


class TestCommandLine(TestCase):
    def test_prints_every_command(self):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            self.assertEqual(main([]), 0)
        for name in demos():
            self.assertRegex(printed.getvalue(),
                             rf'(?m)^ +python -m demos\.{name}$')

    def test_imports_no_theano(self):
        code = ('import sys; from demos.__main__ import main; main([]);'
                'sys.exit("theano" in sys.modules)')
        done = subprocess.run([sys.executable, '-c', code], cwd=HERE.parent,
                              stdout=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0)

    def test_refuses_arguments(self):
        with contextlib.redirect_stderr(io.StringIO()) as errors:
            with self.assertRaises(SystemExit) as caught:
                main(['speech'])
        self.assertEqual(caught.exception.code, 2)
        self.assertIn('speech', errors.getvalue())
