import csv
import io
import json
import os
import pickle
import tempfile
import unittest

import numpy
from numpy.testing import assert_array_equal

from .samples import execute

BYTES = bytes(range(256)) + b'caf\xc3\xa9\r\nend\n'


class TestFiles(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, 'file')

    def run_source(self, source, **names):
        return execute(source, path=self.path, **names)[1]

    def put(self, data):
        with io.open(self.path, 'wb') as file:
            file.write(data)

    def got(self):
        with io.open(self.path, 'rb') as file:
            return file.read()

    def test_strings_are_bytes_in_every_mode(self):
        self.put(BYTES)
        for mode in ('r', 'rb', 'rt', 'r+'):
            with self.subTest(mode):
                names = self.run_source('''
                    with open(path, mode) as f:
                        text = f.read()
                    numbers = [ord(c) for c in text]
                    ''', mode=mode)
                self.assertEqual(names['numbers'], list(BYTES))

    def test_written_types(self):
        for mode in ('w', 'wb'):
            with self.subTest(mode):
                self.run_source('''
                    f = file(path, mode)
                    f.write("\\xff" + "é\\n")
                    f.write(buffer("ab") if 0 else bytearray([1, 2]))
                    print >>f, "x", 1
                    f.writelines(["p", "q"])
                    f.close()
                    with open(path, "a") as f: f.write(array)
                    ''', mode=mode, array=numpy.array([7], 'uint8'))
                self.assertEqual(self.got(),
                                 b'\xff\xc3\xa9\n\x01\x02x 1\npq\x07')

    def test_wrong_values_and_modes(self):
        with self.assertRaisesRegex(TypeError, 'character buffer.*float'):
            self.run_source('open(path, "w").write(1.5)')
        with self.assertRaisesRegex(ValueError, "'r', 'w', 'a' or 'U'"):
            self.run_source('open(path, "x")')
        with self.assertRaises(IOError):
            self.run_source('open(path + "none")')

    def test_lines(self):
        self.put(b'a b\r\nc\xe9\rd\n')
        for label, expression, lines in [
                ('loop', '[line for line in open(path)]',
                 ['a b\r\n', 'cé\rd\n']),
                ('universal', 'open(path, "rU").readlines()',
                 ['a b\n', 'cé\nd\n']),
                ('split', 'open(path, "rb").read().split("\\n")',
                 ['a b\r', 'cé\rd', '']),
                ('readline', 'open(path, "rb").readline()', 'a b\r\n'),
                ('next', 'open(path, "rb").next()', 'a b\r\n'),
                ('enumerate', '[b for a, b in enumerate(open(path, "rb"))]',
                 ['a b\r\n', 'cé\rd\n']),
                ('xreadlines', 'list(open(path).xreadlines())',
                 ['a b\r\n', 'cé\rd\n']),
                ('size', '(lambda f: (f.read(2.0), f.tell()))(open(path))',
                 ('a ', 2))]:
            with self.subTest(label):
                names = self.run_source(f'x = {expression}')
                self.assertEqual(names['x'], lines)

    def test_other_code_gets_an_ordinary_file(self):
        """NumPy, json and pickle read and write the script's files."""
        def saved(file):
            numpy.save(file, numpy.arange(3))

        def loaded(file):
            return numpy.load(file)

        def first_bytes(file):
            return file.read(2)

        names = self.run_source('''
            with open(path, "wb") as f: saved(f)
            with open(path, "rb") as f: array = loaded(f)
            with open(path, "rb") as f: start = first_bytes(f)
            with open(path) as f: text = first_bytes(f)
            numbers = numpy.fromfile(open(path, "rb"), "uint8")
            array.tofile(open(path + "2", "wb"))
            ''', numpy=numpy, saved=saved, loaded=loaded,
                                first_bytes=first_bytes)
        assert_array_equal(names['array'], [0, 1, 2])
        self.assertEqual((names['start'], names['text']), (b'\x93N', '\x93N'))
        self.assertEqual(bytes(names['numbers']), self.got())
        self.run_source('with open(path, "w") as f: json.dump([1, "x"], f)',
                        json=json)
        names = self.run_source('x = json.load(open(path, "rb"))', json=json)
        self.assertEqual(names['x'], [1, 'x'])
        self.run_source('pickle_.dump({1: 2}, open(path, "wb"))',
                        pickle_=pickle)
        with io.open(self.path, 'rb') as file:
            self.assertEqual(pickle.load(file), {1: 2})

    def test_tables(self):
        names = self.run_source('''
            with open(path, "wb") as f:
                writer = csv.writer(f)
                writer.writerow(["a", "é"])
                writer.writerow([1, 2.5])
            with open(path, "rb") as f:
                reader = csv.reader(f)
                head = reader.next()
                rest = [row for row in reader]
            text = head[1].decode("utf-8")
            ''', csv=csv)
        self.assertEqual(self.got(), b'a,\xc3\xa9\r\n1,2.5\r\n')
        self.assertEqual((names['head'][0], names['text'], names['rest']),
                         ('a', 'é', [['1', '2.5']]))

    def test_files_in_memory(self):
        names = self.run_source('''
            from StringIO import StringIO
            import cStringIO
            s = StringIO()
            s.write("a\\xff")
            print >>s, 1
            whole = s.getvalue()
            lines = [line for line in cStringIO.StringIO("a\\nb")]
            array = loaded(cStringIO.StringIO(data))
            ''', data=self.array_file(), loaded=numpy.load)
        self.assertEqual(names['whole'], 'a\xff1\n')
        self.assertEqual(names['lines'], ['a\n', 'b'])
        assert_array_equal(names['array'], [5, 6])

    @staticmethod
    def array_file():
        file = io.BytesIO()
        numpy.save(file, numpy.array([5, 6]))
        return file.getvalue()

    def test_temporary_files_and_descriptors(self):
        names = self.run_source('''
            import os, tempfile
            with tempfile.NamedTemporaryFile(suffix=".x") as f:
                f.write("a\\xff")
                f.flush()
                named = open(f.name).read(), f.name[-2:]
            f = tempfile.TemporaryFile()
            f.write("b\\xff")
            f.seek(0)
            nameless = f.read()
            f.close()
            f = tempfile.SpooledTemporaryFile(10, "w")
            f.write("c\\n")
            f.close()
            handle, place = tempfile.mkstemp()
            f = os.fdopen(handle, "w")
            f.write("d\\xff")
            f.close()
            descriptor = open(place).read()
            os.remove(place)
            ''')
        self.assertEqual(names['named'], ('a\xff', '.x'))
        self.assertEqual((names['nameless'], names['descriptor']),
                         ('b\xff', 'd\xff'))

    def test_compressed(self):
        for module, make in [('gzip', 'gzip.open'), ('bz2', 'bz2.BZ2File')]:
            with self.subTest(module):
                names = self.run_source(f'''
                    import {module}
                    f = {make}(path, "w")
                    f.write("a\\xe9\\nb")
                    f.close()
                    lines = [line for line in {make}(path)]
                    ''')
                self.assertEqual(names['lines'], ['aé\n', 'b'])
        names = self.run_source('''
            import tarfile, zipfile
            with open(path + "1", "w") as f: f.write("one\\ntwo")
            archive = tarfile.open(path, "w:gz")
            archive.add(path + "1", "one")
            archive.close()
            archive = tarfile.open(path)
            lines = archive.extractfile(archive.getmembers()[0]).readlines()
            archive = zipfile.ZipFile(path + "z", "w")
            archive.writestr("a", "x\\xff")
            archive.close()
            back = zipfile.ZipFile(path + "z").read("a")
            parts = zipfile.ZipFile(path + "z").open("a").read().split("x")
            ''')
        self.assertEqual(names['lines'], ['one\n', 'two'])
        self.assertEqual((names['back'], names['parts']),
                         ('x\xff', ['', '\xff']))

    def test_names_that_are_not_ascii(self):
        self.run_source('open(path + "é", "w").write("x")')
        self.assertTrue(os.path.exists(self.path + 'é'))
