"""Tests of the extensions that the demos share."""
import contextlib
import io
import pickle
from unittest import TestCase, mock

import theano
from numpy.testing import assert_allclose

from demos._support.extensions import (
    EpochTable,
    FinishAfterEpochs,
    LinearDecay,
)


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


class TestLinearDecay(TestCase):
    def test_rates(self):
        rate = theano.shared(.5)
        end = FinishAfterEpochs(5)
        decay = LinearDecay(rate, examples=7, batch_size=4)
        decay.main_loop = mock.Mock(extensions=[decay, end])

        def rates(*iterations):
            for done in iterations:
                decay.main_loop.log.status = {'iterations_done': done}
                decay.do('after_batch')
                yield float(rate.get_value())
        assert_allclose(list(rates(0, 5, 10, 11)), [.5, .25, 0, 0])
        end.plan(10)
        assert_allclose(list(rates(0, 5, 10, 20)), [.5, .375, .25, 0])

    def test_resumes(self):
        """A copy decays from the initial rate, not from the current one."""
        rate = theano.shared(.5)
        decay = LinearDecay(rate, examples=8, batch_size=4)
        rate.set_value(.1)
        copy = pickle.loads(pickle.dumps(decay))
        copy.main_loop = mock.Mock(extensions=[FinishAfterEpochs(2)])
        copy.main_loop.log.status = {'iterations_done': 1}
        copy.do('on_resumption')
        self.assertEqual(copy.parameter.get_value(), .375)
