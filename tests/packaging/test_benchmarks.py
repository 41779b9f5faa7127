"""``python -m benchmarks`` finds, names and runs the benchmarks."""
import contextlib
import io
import runpy
import sys
import unittest
from unittest import mock

from benchmarks import __main__ as dispatcher


class TestDispatcher(unittest.TestCase):

    def run_main(self, *arguments):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), \
                mock.patch.object(sys, 'argv', ['unchanged']), \
                mock.patch.object(runpy, 'run_module') as run_module:
            dispatcher.main(list(arguments))
            self.argv = sys.argv
        self.runs = [call.args[0] for call in run_module.call_args_list]
        return printed.getvalue()

    def test_list_has_every_benchmark_and_no_other_module(self):
        names = [line.split()[0] for line in
                 self.run_main('--list').splitlines()]
        self.assertEqual(names, list(dispatcher.benchmarks()))
        self.assertNotIn('__init__', names)
        self.assertEqual(self.runs, [])

    def test_runs_the_one_named_with_its_options(self):
        with mock.patch.object(dispatcher, 'benchmarks',
                               return_value={'a': '', 'b': ''}):
            self.run_main('b', '--repeats', '3')
        self.assertEqual(self.runs, ['benchmarks.b'])
        self.assertEqual(self.argv[1:], ['--repeats', '3'])

    def test_runs_the_default(self):
        with mock.patch.object(dispatcher, 'benchmarks',
                               return_value={dispatcher.DEFAULT: ''}):
            self.run_main()
        self.assertEqual(self.runs, ['benchmarks.recurrent_speed'])

    def test_unknown(self):
        with self.assertRaisesRegex(
                SystemExit, "none named 'nonsense'; there are: "):
            self.run_main('nonsense')
