"""Tests of numbers on the demos' command lines."""
import argparse
import contextlib
import importlib
import io
import re
from unittest import TestCase

from demos._support.numbers import (
    Number,
    positive,
    rate,
    seed,
    temperature,
)
from demos._support.settings import Settings, fields

#: By kind: description of the range, accepted texts, refused texts.
NUMBERS = [
    (positive(int), 'a whole number from 1 to 1000000000',
     ['1', '1000000000'],
     ['0', '-1', '1.5', '1e3', 'nan', 'inf', '1000000001', '', 'many']),
    (positive(float), r'a number above 0 and at most 1e\+30', ['.5', '1e-9'],
     ['0', '-1', 'nan', 'inf', '1e31', '-inf', 'x', '']),
    (rate, 'a number of at least 0 and below 1', ['0', '.99'],
     ['1', '-.1', 'nan', 'inf', 'half']),
    (temperature, r'a number from 0 to 1e\+30', ['0', '2'],
     ['-1', 'nan', 'inf', 'hot']),
    (seed, 'a whole number from 0 to 4294967295', ['0', '4294967295'],
     ['-1', '4294967296', '1.0', 'nan', '']),
    (Number(float), r'a number from -1e\+30 to 1e\+30', ['-1'],
     ['nan', 'inf', '-inf'])]

DEMOS = 'memory', 'music', 'phonemes', 'speech', 'text'
#: A refused value of each option whose numbers need not be positive.
OTHER = {'seed': '4294967296', 'dropout': '1', 'weight_dropout': '1',
         'validation': '1', 'noise': '-1', 'keep': 'inf', 'hidden': '-1',
         'lm_weight': '-1', 'lm_bonus': 'inf', 'joint_weight': '-1',
         'temperature': '-1', 'transpose': '-1'}


class TestNumbers(TestCase):
    def test_accepted(self):
        for number, _, taken, _ in NUMBERS:
            for text in taken:
                with self.subTest(str(number), text=text):
                    self.assertEqual(number(text), float(text))
                    self.assertIs(type(number(text)), number.kind)

    def test_refused(self):
        for number, words, _, refused in NUMBERS:
            for text in refused:
                with self.subTest(str(number), text=text):
                    with self.assertRaisesRegex(
                            argparse.ArgumentTypeError,
                            f"^must be {words}, got '{re.escape(text)}'$"):
                        number(text)


class TestCommandLines(TestCase):
    def refused(self, parse, *arguments):
        with contextlib.redirect_stderr(io.StringIO()) as errors:
            with self.assertRaises(SystemExit) as caught:
                parse(list(arguments))
        self.assertEqual(caught.exception.code, 2)
        return errors.getvalue().splitlines()[-1]

    def test_every_number_of_every_demo(self):
        count = 0
        for demo in DEMOS:
            module = importlib.import_module(f'demos.{demo}.__main__')
            settings, = (kind for kind in vars(importlib.import_module(
                f'demos.{demo}.settings')).values()
                if isinstance(kind, type) and issubclass(kind, Settings)
                and kind.__module__ == f'demos.{demo}.settings')
            numbers = [name for name, (_, known) in fields(settings).items()
                       if isinstance(known.kind, Number)]
            for name in numbers:
                option = '--' + name.replace('_', '-')
                for text in 'nan', 'x', '1e400', OTHER.get(name, '0'):
                    with self.subTest(demo, option=option, text=text):
                        count += 1
                        self.assertRegex(
                            self.refused(module.parse, f'{option}={text}'),
                            f'error: argument {option}: must be a .*number '
                            f".*, got '{text}'$")
        self.assertGreater(count, 150)
