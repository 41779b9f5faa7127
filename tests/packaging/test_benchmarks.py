"""Tests that ``python -m benchmarks`` finds, lists and runs benchmarks."""
import contextlib
import importlib
import io
import runpy
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy

from benchmarks import __main__ as dispatcher
from benchmarks import conv_speed, recurrent_speed
from benchmarks._recurrent_processes import OURS, Bench, ratio
from benchmarks._recurrent_report import Report
from benchmarks._recurrent_tasks import Task


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

    def test_list_contains_exactly_the_benchmarks(self):
        names = [line.split()[0] for line in
                 self.run_main('--list').splitlines()]
        self.assertEqual(names, list(dispatcher.benchmarks()))
        self.assertNotIn('__init__', names)
        self.assertEqual(self.runs, [])

    def test_every_benchmark_can_be_imported(self):
        for name in dispatcher.benchmarks():
            with self.subTest(name):
                module = importlib.import_module(f'benchmarks.{name}')
                self.assertTrue(callable(module.main))

    def test_contenders_take_turns(self):
        now, calls = [0], []

        def work(name, seconds):
            calls.append(name)
            now[0] += seconds

        times = conv_speed.take_turns(
            [lambda: work('a', 3), lambda: work('b', 2)], 0, lambda: now[0])
        numpy.testing.assert_array_equal(times, [[3, 2]] * 5)
        self.assertEqual(''.join(calls), 'ab' * 5)

    def test_runs_the_given_benchmark_with_its_options(self):
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
                SystemExit, "no benchmark is named 'nonsense'; available: "):
            self.run_main('nonsense')


class TestRecurrentSpeed(unittest.TestCase):

    def test_comparisons_with_missing_requirements_are_skipped(self):
        options = recurrent_speed.parse(['--against', 'elsewhere'])
        self.assertIn('against', options.only)
        self.assertNotIn('original', options.only)
        self.assertNotIn('against', recurrent_speed.parse([]).only)

    def test_padding_does_not_contribute_to_the_cost(self):
        task = Task('lstm', 8, 3, 2, 4).padded()
        self.assertEqual(task.lengths, (2, 5, 8))
        self.assertEqual(task.mask.sum(axis=0).tolist(), [2, 5, 8])
        factors = task.data()[1]
        self.assertTrue((factors[2:, 0] == 0).all())
        self.assertTrue((factors[:2, 0] != 0).all())

    def test_processes_take_turns(self):
        task = Task('coupled', 5, 2, 3, 4).padded()
        with Bench(0, {}) as bench:
            times = bench.measure(
                [('ours', OURS, task),
                 ('ours', OURS, task._replace(kernels=False))], least=2)
            with self.assertRaisesRegex(SystemExit, 'failed at run'):
                bench.worker('ours', 1)('run', name='unknown', function='')
        self.assertEqual(times.shape, (2, 2))
        self.assertTrue((times > 0).all())

    def test_ratio_compares_neighbouring_steps(self):
        self.assertEqual(ratio(numpy.array([[1, 2], [20, 10], [3, 1]])), 2)

    def test_values_above_their_bound_are_marked(self):
        with tempfile.TemporaryDirectory() as folder:
            report = Report(Path(folder, 'table.txt'))
            row = [report.judged('dense', .851, 'here'),
                   report.judged('dense', .9, 'there'),
                   report.judged('dense', .9, 'few steps', small=True)]
            with contextlib.redirect_stdout(io.StringIO()):
                report.table('Title', ['a', 'b', 'c'], [row])
            self.assertIn('   * - 0.85\n     - 0.90 (!)\n     - 0.90\n',
                          report.path.read_text())
        self.assertEqual(report.misses, ['dense at there: 0.90 > 0.85'])
