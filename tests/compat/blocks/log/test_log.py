import errno
import os
import pickle
import tempfile
import unittest
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy
from blocks.log import BACKENDS, SQLiteLog, TrainingLog

from tests.compat.blocks.training import counting_loop


class TestBothLogs(unittest.TestCase):

    def each_log(self):
        for name, log in [('memory', TrainingLog()),
                          ('sqlite', SQLiteLog(':memory:'))]:
            with self.subTest(name):
                yield log

    def test_new_status(self):
        for log in self.each_log():
            self.assertEqual(dict(log.status), {
                'iterations_done': 0, 'epochs_done': 0, '_epoch_ends': [],
                'resumed_from': None})

    def test_rows(self):
        for log in self.each_log():
            log.current_row['cost'] = 0.5
            log.status['iterations_done'] += 1
            log.current_row.update({'cost': 0.25, 'name': 'x'})
            self.assertEqual(log[0]['cost'], 0.5)
            self.assertEqual(log.previous_row['cost'], 0.5)
            self.assertEqual(dict(log.current_row),
                             {'cost': 0.25, 'name': 'x'})
            self.assertEqual(dict(log[7]), {})
            del log.current_row['name']
            self.assertNotIn('name', log[1])
            self.assertRaises(KeyError, log[1].__getitem__, 'name')
            self.assertRaises(KeyError, log[1].__delitem__, 'name')
            self.assertRaises(IndexError, lambda: log.last_epoch_row)
            log.status['_epoch_ends'] += [1]
            self.assertEqual(log.last_epoch_row['cost'], 0.25)

    def test_times_are_counts(self):
        for log in self.each_log():
            for time in (-1, 0.5, 'cost', None, 2 ** 63):
                with self.assertRaisesRegex(ValueError,
                                            'a non-negative integer'):
                    log[time]
            log[numpy.int64(3)]['cost'] = 1
            self.assertEqual(log[3]['cost'], 1)

    def test_resume_creates_a_new_identity(self):
        for log in self.each_log():
            log[0]['cost'] = 0.5
            log.status['epochs_done'] = 4
            old = log.h_uuid
            log.resume()
            self.assertNotEqual(log.h_uuid, old)
            self.assertEqual(log.status['resumed_from'], old)
            self.assertEqual(log.status['epochs_done'], 4)
            self.assertEqual(log[0]['cost'], 0.5)

    def test_values_round_trip(self):
        nan, inf = float('nan'), float('inf')
        exact = [None, True, False, 0, 1, -3, 2 ** 70, 0.1, -0.0, nan, inf,
                 -inf, 'text', b'bytes', (1, 'a', nan), {'k': []}, 1 + 2j,
                 numpy.arange(3.), numpy.array([nan, inf, -inf]),
                 numpy.array([True, False]), numpy.zeros((0, 2), 'int8'),
                 numpy.array(['x', 'yz'])]
        # The database stores these as plain numbers of the same value.
        equal = [kind(value) for kind in (
            numpy.float16, numpy.float32, numpy.float64, numpy.longdouble)
            for value in (0.1, nan, inf, -inf)]
        equal += [kind(3) for kind in (numpy.int8, numpy.uint64, numpy.bool_,
                                       numpy.complex64)]
        equal += [numpy.array(value, 'float32') for value in (0.1, nan, inf)]
        for log in self.each_log():
            for index, value in enumerate(exact + equal):
                log[index]['value'] = value
                got = log[index]['value']
                numpy.testing.assert_equal(got, value)
                if index < len(exact):
                    self.assertIs(type(got), type(value))
                if isinstance(value, numpy.ndarray) and value.ndim:
                    self.assertEqual(got.dtype, value.dtype)
                self.assertEqual(got is None, value is None)
            for name in 'yes', 'no':
                log.status[name] = name == 'yes'
                self.assertIs(log.status[name], name == 'yes')


class TestTrainingLog(unittest.TestCase):

    def test_pickle(self):
        log = TrainingLog()
        log[2]['cost'] = numpy.float32(0.5)
        log.status['epochs_done'] = 1
        again = pickle.loads(pickle.dumps(log))
        self.assertEqual(again, log)
        self.assertEqual(again.status, log.status)
        self.assertEqual(again.uuid, log.uuid)
        self.assertEqual(again[5], {})


class TestSQLiteLog(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, 'log.sqlite')
        self.log = SQLiteLog(self.path)
        self.addCleanup(lambda: self.log.conn.close())

    def reopened(self):
        log = SQLiteLog(self.path, uuid=self.log.uuid)
        self.addCleanup(log.conn.close)
        return log

    def test_values_persist(self):
        values = [None, 3, 2 ** 70, 0.1, 'text', b'bytes', (1, 'a'), {'k': []},
                  True, numpy.arange(3.), numpy.array(2 ** 62),
                  numpy.float32(0.1), numpy.array(0.25), float('inf')]
        for index, value in enumerate(values):
            self.log[index]['value'] = value
        log = self.reopened()
        self.assertEqual(list(log), list(range(len(values))))
        for index, value in enumerate(values):
            numpy.testing.assert_equal(log[index]['value'], value)

    def test_scalars_are_legible(self):
        self.log[0]['cost'] = numpy.array(0.5, dtype='float32')
        stored, = self.log.conn.execute('SELECT value FROM entries')
        self.assertEqual(stored, (0.5,))

    def test_pickled_log_is_a_branch(self):
        self.log[0]['cost'] = 'root'
        self.log[1]['cost'] = 'root'
        saved = pickle.dumps(self.log)
        self.log[1]['cost'] = 'abandoned'
        self.log[2]['cost'] = 'abandoned'
        branch = pickle.loads(saved)
        self.addCleanup(branch.conn.close)
        branch.resume()
        self.assertEqual(list(branch), [0, 1])
        self.assertEqual(branch[1]['cost'], 'root')
        branch[1]['cost'] = 'branch'
        branch[3]['other'] = 1
        self.assertEqual(list(branch), [0, 1, 3])
        self.assertEqual(len(branch), 3)
        self.assertEqual(branch[1]['cost'], 'branch')
        self.assertEqual(len(branch[1]), 1)
        self.assertEqual(list(branch[1]), ['cost'])
        self.assertEqual(self.log[1]['cost'], 'abandoned')
        self.assertEqual(list(self.log), [0, 1, 2])

    def test_another_working_folder(self):
        self.addCleanup(os.chdir, os.getcwd())
        folder = os.path.dirname(self.path)
        os.chdir(folder)
        log = SQLiteLog('relative.sqlite')
        self.addCleanup(lambda: log.conn.close())
        log[0]['cost'] = 1
        again = pickle.loads(pickle.dumps(log))
        os.chdir(os.path.dirname(folder))
        self.assertEqual(again[0]['cost'], 1)
        again.conn.close()

    def test_missing_database(self):
        self.log[0]['cost'] = 1
        again = pickle.loads(pickle.dumps(self.log))
        again.database += '.moved'
        with self.assertRaisesRegex(FileNotFoundError,
                                    r'log\.sqlite\.moved, does not exist'):
            again[0]['cost']
        self.assertFalse(os.path.exists(again.database))
        os.rename(self.path, again.database)
        self.assertEqual(again[0]['cost'], 1)
        again.conn.close()
        again = pickle.loads(pickle.dumps(SQLiteLog(':memory:')))
        with self.assertRaisesRegex(FileNotFoundError, 'use a file'):
            again.status['epochs_done']

    def fill(self, log):
        """Leave no space in a database, as on a full disk."""
        pages, = log.conn.execute('PRAGMA page_count').fetchone()
        log.conn.execute(f'PRAGMA max_page_count = {pages}')

    def test_full_disk(self):
        self.log[0]['cost'] = 1
        self.fill(self.log)
        with self.assertRaises(OSError) as caught:
            self.log[1]['text'] = 'x' * 10 ** 5
        self.assertEqual((caught.exception.errno, caught.exception.filename),
                         (errno.ENOSPC, self.path))
        self.assertRegex(str(caught.exception), r"log\.sqlite cannot be "
                         'read or written .*disk is full.*still intact')
        self.assertEqual(self.reopened()[0]['cost'], 1)
        self.assertEqual(list(self.log), [0])

    def test_full_disk_in_training(self):
        from blocks.extensions import FinishAfter, SimpleExtension

        class Fill(SimpleExtension):
            seen = []

            def do(extension, which_callback, *args):
                if which_callback == 'on_error':
                    extension.seen.append(args)
                    return
                self.fill(self.log)
                for number in range(100):
                    self.log.current_row[f'text {number}'] = 'x' * 400

        main_loop = counting_loop([
            FinishAfter(after_n_epochs=2),
            Fill(after_epoch=True, on_error=True)], log=self.log)
        with self.assertLogs('blocks.main_loop', 'ERROR') as logs:
            with self.assertRaisesRegex(OSError, 'disk is full.*still intact'):
                main_loop.run()
        self.assertIn('could not be recorded in the log', logs.output[0])
        self.assertEqual(len(Fill.seen), 1)

    def test_file_that_is_not_a_database(self):
        path = self.path + '.txt'
        with open(path, 'w') as file:
            file.write('some text\n' * 1000)
        with self.assertRaisesRegex(ValueError, r'log\.sqlite\.txt is '
                                    'damaged or not an SQLite database'):
            SQLiteLog(path)
        folder = os.path.dirname(self.path)
        for wrong in folder, os.path.join(folder, 'none', 'log'):
            with self.assertRaisesRegex(OSError, f"{wrong} cannot be"):
                SQLiteLog(wrong)

    def test_names_of_records_are_strings(self):
        self.assertRaisesRegex(TypeError, 'names.*strings, got 3',
                               self.log[0].__setitem__, 3, 1)
        self.log[0]['3'] = 1
        self.assertNotIn(3, self.log[0])

    def test_threads(self):
        def write(start):
            for time in range(start, 40, 4):
                self.log[time]['cost'] = time
                self.assertEqual(self.log[time]['cost'], time)
                self.assertIn(time, list(self.log))

        with ThreadPoolExecutor(4) as pool:
            for future in [pool.submit(write, n) for n in range(4)]:
                future.result(60)
        self.assertEqual([self.log[time]['cost'] for time in self.log],
                         list(range(40)))

    def test_large_objects_cause_a_warning(self):
        with self.assertWarnsRegex(UserWarning, 'max_blob_size = 4096'):
            self.log[0]['big'] = numpy.zeros(1000)
        with warnings.catch_warnings():
            warnings.simplefilter('error')
            self.log[0]['small'] = numpy.zeros(10)

    def test_main_loop_writes_the_log(self):
        from blocks.extensions import FinishAfter, Timestamp
        main_loop = counting_loop([FinishAfter(after_n_epochs=2),
                                   Timestamp()], log=self.log)
        main_loop.run()
        log = self.reopened()
        self.assertEqual(log.status['iterations_done'], 8)
        self.assertEqual(log.status['_epoch_ends'], [4, 8])
        self.assertIn('timestamp', log[4])


def test_backends():
    assert BACKENDS == {'python': TrainingLog, 'sqlite': SQLiteLog}
