"""Tests of the extensions that the demos share."""
import contextlib
import io
from unittest import TestCase, mock

from demos._support.extensions import EpochTable


class TestTable(TestCase):
    def table(self, *rows):
        table = EpochTable([('cost', 'a', '.2f'), ('a long title', 'b', 'd'),
                            ('best', 'c', '')])
        table.main_loop = mock.Mock()
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            table.before_training()
            for epoch, row in enumerate(rows, start=1):
                table.main_loop.log.current_row = row
                table.main_loop.status = {'epochs_done': epoch}
                table.after_epoch()
        return printed.getvalue()

    def test_columns_are_aligned(self):
        self.assertEqual(
            self.table({'a': .123, 'b': 1}, {'a': 10., 'b': 20, 'c': True},
                       {'b': 3}),
            'epoch     cost  a long title     best\n'
            '    1     0.12             1\n'
            '    2    10.00            20        *\n'
            '    3                      3\n')
