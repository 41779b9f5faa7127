"""Tests of the speech demo's saved predictions and analysis of errors."""
import contextlib
import io
import os
import tempfile
from unittest import TestCase

import numpy
from fuel.datasets import IndexableDataset
from numpy.testing import assert_array_equal

from demos._support.exits import UserError
from demos.speech.errors import (
    by_length,
    by_speaker,
    confusions,
    main,
    report,
    vote,
)
from demos.speech.predictions import load_predictions, save_predictions

FRAMES = numpy.array([7, 10, 11, 20, 29])
SPEAKERS = numpy.array([1, 2, 3, 3, 9])
PREDICTED = numpy.array([[1, 2, 3, 4, 9],
                         [1, 3, 3, 4, 9],
                         [1, 2, 3, 5, 8]])
WRONG = PREDICTED != SPEAKERS


class TestPredictions(TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def folder_of(self, predicted, frames=FRAMES):
        folder = tempfile.mkdtemp(dir=self.folder)
        dataset = IndexableDataset(
            {'utterances': [numpy.zeros((count, 12)) for count in frames],
             'speakers': SPEAKERS - 1})
        save_predictions(folder, dataset, predicted - 1)
        return folder

    def test_round_trip(self):
        folders = [self.folder_of(predicted) for predicted in PREDICTED]
        for read, expected in zip(load_predictions(folders),
                                  (FRAMES, SPEAKERS, PREDICTED)):
            assert_array_equal(read, expected)
        with open(os.path.join(folders[0], 'predictions.csv')) as file:
            self.assertEqual(file.read().splitlines()[:2],
                             ['frames,speaker,predicted', '7,1,1'])

    def test_refusals(self):
        good = self.folder_of(PREDICTED[0])
        with self.assertRaisesRegex(UserError, 'different utterances'):
            load_predictions([good, self.folder_of(PREDICTED[0], FRAMES + 1)])
        for pattern, text in [
                ('was not written by this demo', 'a,b,c\n1,2,3\n'),
                ('was not written by this demo',
                 'frames,speaker,predicted\n1,2\n'),
                ('is damaged', 'frames,speaker,predicted\n1,2,x\n'),
                ('is damaged', 'frames,speaker,predicted\n1,2,3\n1,2\n')]:
            with open(os.path.join(good, 'predictions.csv'), 'w') as file:
                file.write(text)
            with self.assertRaisesRegex(UserError, pattern):
                load_predictions([good])

    def test_command(self):
        folders = [self.folder_of(predicted) for predicted in PREDICTED]
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            self.assertEqual(main(folders), 0)
        self.assertEqual(printed.getvalue(),
                         report(FRAMES, SPEAKERS, PREDICTED) + '\n')
        with contextlib.redirect_stderr(io.StringIO()) as errors:
            self.assertEqual(main([os.path.join(self.folder, 'none')]), 1)
        self.assertRegex(errors.getvalue(), r'^error: cannot read [^\n]*\n$')


class TestAnalysis(TestCase):
    def test_confusions(self):
        self.assertEqual(confusions(SPEAKERS, PREDICTED),
                         [((3, 4), 2), ((2, 3), 1), ((3, 5), 1), ((9, 8), 1)])

    def test_by_speaker(self):
        self.assertEqual(
            by_speaker(SPEAKERS, WRONG),
            [(1, 1, 0), (2, 1, 1 / 3), (3, 2, 1 / 2), (9, 1, 1 / 3)])

    def test_by_length(self):
        self.assertEqual(
            by_length(FRAMES, WRONG, ends=(10, 20)),
            [(7, 10, 2, 1 / 6), (11, 20, 2, 1 / 2), (29, 29, 1, 1 / 3)])
        self.assertEqual(by_length(FRAMES, WRONG, ends=(40,)),
                         [(7, 29, 5, 1 / 3)])

    def test_vote(self):
        assert_array_equal(vote(PREDICTED), [1, 2, 3, 4, 9])

    def test_report(self):
        text = report(FRAMES, SPEAKERS, PREDICTED)
        for line in ('3 runs, 5 utterances: 1.7 errors a run (1 to 2), '
                     '33.33 %; by vote of the runs 1',
                     '  3: 2, 50.00 %', '  3, 4: 2', '  7 to 10: 2, 16.67 %',
                     '  0: 2', '  1: 2', '  3: 1', '  4: 20, 3, 4 5'):
            self.assertIn(line, text.splitlines())
        self.assertTrue(report(FRAMES, SPEAKERS, SPEAKERS[None]).endswith(
            '\n  none'))
