"""Tests of damaged, hostile and incomplete files, and of several writers."""
import io
import os
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
import threading
import unittest
import zipfile
from unittest import mock

import numpy
import theano
from blocks.archives import CHECKSUM, read_arrays
from blocks.replacing import replacing
from blocks.serialization import (
    add_to_dump,
    dump,
    load,
    load_parameters,
    secure_dump,
)
from blocks.utils import shared_floatx

try:
    import resource
except ImportError:
    resource = None

# Writes half a file, prints a word, and waits.
WRITER = '''
import sys
from blocks.replacing import replacing
with replacing(sys.argv[1]) as file:
    file.write(b'x' * 100000)
    file.flush()
    print('writing', flush=True)
    sys.stdin.read()
'''


class InFolder(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.realpath(folder.name)
        self.path = os.path.join(self.folder, 'saved.tar')

    def content(self):
        with open(self.path, 'rb') as file:
            return load(file)


class TestChecksums(unittest.TestCase):

    def setUp(self):
        self.file = io.BytesIO()
        parameter = shared_floatx(numpy.arange(3000.), name='W')
        dump({'state': numpy.arange(500.)}, self.file, [parameter])
        add_to_dump(['more'] * 300, self.file, 'more')
        self.data = self.file.getvalue()

    def members(self):
        with tarfile.open(fileobj=io.BytesIO(self.data)) as archive:
            return archive.getmembers()

    def test_every_member_has_its_own_checksum(self):
        members = self.members()
        self.assertEqual([member.name for member in members],
                         ['_parameters', '_pkl', 'more'])
        sums = {member.pax_headers[CHECKSUM] for member in members}
        self.assertEqual({len(digest) for digest in sums}, {64})
        self.assertEqual(len(sums), 3)

    def test_any_flipped_bit_of_a_member_is_detected(self):
        rng = numpy.random.RandomState(1)
        for member in self.members():
            for position in [0, member.size - 1,
                             *rng.randint(member.size, size=10)]:
                damaged = bytearray(self.data)
                damaged[member.offset_data + position] ^= 1 << (position % 8)
                file = io.BytesIO(damaged)
                with self.subTest(member.name, position=position):
                    with self.assertRaisesRegex(
                            ValueError, f'the file is damaged.*'
                            f"'{member.name}' should be .*another check"):
                        if member.name == '_parameters':
                            load_parameters(file)
                        else:
                            load(file, member.name)

    def test_parameters_of_a_pickle_are_checked(self):
        damaged = bytearray(self.data)
        damaged[self.members()[0].offset_data + 1000] ^= 1
        with self.assertRaisesRegex(ValueError, "'_parameters' should be"):
            load(io.BytesIO(damaged))

    def test_truncated(self):
        for length in range(0, len(self.data) - 12000, 997):
            with self.assertRaises((tarfile.ReadError, KeyError, ValueError,
                                    EOFError)):
                load(io.BytesIO(self.data[:length]), 'more')

    def test_errors_name_the_file(self):
        secure = os.path.join(tempfile.mkdtemp(), 'saved.tar')
        self.addCleanup(shutil.rmtree, os.path.dirname(secure))
        second = self.members()[1].offset
        header = bytearray(self.data)
        header[second + 5] ^= 1
        for damaged in (header, self.data[:second + 100],
                        self.data[:second + 5000]):
            with open(secure, 'wb') as file:
                file.write(damaged)
            with open(secure, 'rb') as file:
                with self.assertRaisesRegex(
                        (tarfile.ReadError, KeyError),
                        rf'{secure} .*(damaged|was cut off)'):
                    load(file)

    def test_without_checksums(self):
        old = io.BytesIO()
        with tarfile.open(fileobj=io.BytesIO(self.data)) as archive, \
                tarfile.open(fileobj=old, mode='w') as copy:
            for member in archive.getmembers():
                content = archive.extractfile(member)
                member.pax_headers = {}
                copy.addfile(member, content)
        with self.assertLogs('blocks.archives', 'WARNING') as logs:
            numpy.testing.assert_array_equal(load(old)['state'],
                                             numpy.arange(500.))
        self.assertEqual(len(logs.output), 1)
        self.assertIn('no checksums', logs.output[0])

    def test_files_not_written_by_dump(self):
        compressed = io.BytesIO()
        with tarfile.open(fileobj=compressed, mode='w:gz'):
            pass
        for data in b'text', compressed.getvalue():
            with self.assertRaisesRegex(tarfile.ReadError,
                                        'uncompressed tar.*decompress it'):
                load_parameters(io.BytesIO(data))

    def test_links_and_sparse_members(self):
        for kind in tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.GNUTYPE_SPARSE:
            file = io.BytesIO()
            with tarfile.TarFile(fileobj=file, mode='w') as archive:
                info = tarfile.TarInfo('_parameters')
                info.type, info.linkname = kind, '_pkl'
                archive.addfile(info)
            with self.assertRaises((ValueError, tarfile.ReadError)):
                load_parameters(file)


class TestReadArrays(unittest.TestCase):

    @staticmethod
    def zipped(members, method=zipfile.ZIP_STORED):
        file = io.BytesIO()
        with zipfile.ZipFile(file, 'w', method) as archive:
            for name, data in members:
                archive.writestr(name, data)
        return file

    @staticmethod
    def npy(array):
        file = io.BytesIO()
        numpy.save(file, array)
        return file.getvalue()

    def test_files_written_by_numpy(self):
        arrays = {'a': numpy.arange(6.).reshape(2, 3).T, 'b': numpy.int8(3),
                  'c': numpy.zeros((0, 4), 'float32'),
                  'd': numpy.array(['x', 'yz']),
                  'e': numpy.zeros(2, [('u', 'i4'), ('v', 'f8')])}
        for save in numpy.savez, numpy.savez_compressed:
            file = io.BytesIO()
            save(file, **arrays)
            read = read_arrays(file)
            self.assertEqual(list(read), list(arrays))
            for name, array in arrays.items():
                numpy.testing.assert_array_equal(read[name], array)
                self.assertEqual(read[name].dtype, array.dtype)
                self.assertTrue(read[name].flags.writeable)

    def test_objects_are_not_unpickled(self):
        file = io.BytesIO()
        numpy.savez(file, a=numpy.array([{}], dtype=object))
        with self.assertRaisesRegex(ValueError, 'allow_pickle'):
            read_arrays(file)

    def test_other_zip_files(self):
        with self.assertRaisesRegex(ValueError, r'it.pt is not an .npz.*'
                                    r"'archive/data.pkl'"):
            read_arrays(self.zipped([('archive/data.pkl', b'x')]), 'it.pt')
        with self.assertRaisesRegex(ValueError, 'not a complete .npz'):
            read_arrays(io.BytesIO(b'text'))
        with self.assertRaises(ValueError):
            read_arrays(self.zipped([('a.npy', b'text')]))

    def test_decompression_bombs(self):
        file = self.zipped([('a.npy', self.npy(numpy.zeros(10 ** 6)))],
                           zipfile.ZIP_DEFLATED)
        self.assertEqual(read_arrays(file)['a'].size, 10 ** 6)
        with mock.patch('blocks.archives.INFLATED', 10 ** 6):
            with self.assertRaisesRegex(
                    ValueError, r'would take 8000128 bytes.*1000000 are '
                    r'read.*numpy\.savez'):
                read_arrays(file)
        for method in zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2:
            with self.assertRaisesRegex(ValueError, 'NumPy does not use'):
                read_arrays(self.zipped(
                    [('a.npy', self.npy(numpy.zeros(3)))], method))

    def test_flipped_bits(self):
        rng = numpy.random.RandomState(1)
        arrays = {name: numpy.arange(3.) for name in 'ab'}
        for save in numpy.savez, numpy.savez_compressed:
            file = io.BytesIO()
            save(file, **arrays)
            for _ in range(300):
                data = bytearray(file.getvalue())
                data[rng.randint(len(data))] ^= 1 << rng.randint(8)
                try:
                    read_arrays(io.BytesIO(data), 'my file')
                except ValueError as error:
                    self.assertIn('my file', str(error))

    def test_header_that_claims_too_much(self):
        # 8 TB, which NumPy would allocate before it notices.
        data = self.npy(numpy.zeros(3)).replace(b'(3,), }' + 12 * b' ',
                                                b'(1000000000000,), }')
        with self.assertRaisesRegex(ValueError, r'should have '
                                    r'\(1000000000000,\) elements of float64, '
                                    r'but has 24 bytes'):
            read_arrays(self.zipped([('a.npy', data)]))

    def test_arrays_that_share_data(self):
        with self.assertWarns(UserWarning):
            file = self.zipped(2 * [('a.npy', self.npy(numpy.zeros(3)))])
        with self.assertRaisesRegex(ValueError, 'several arrays with one'):
            read_arrays(file)
        # Two entries of the directory with the same data.
        file = self.zipped([('a.npy', self.npy(numpy.zeros(10 ** 4)))])
        archive = zipfile.ZipFile(file, 'a')
        for name in 'b.npy', 'c.npy':
            info = archive.getinfo('a.npy')
            twin = zipfile.ZipInfo(name)
            for field in ('header_offset', 'file_size', 'compress_size',
                          'CRC'):
                setattr(twin, field, getattr(info, field))
            archive.filelist.append(twin)
            archive.NameToInfo[name] = twin
        archive._didModify = True
        archive.close()
        with self.assertRaisesRegex(ValueError, 'at one place'):
            read_arrays(file)


class TestReplacing(InFolder):

    def test_threads(self):
        names = ('W', 'b')
        read, errors = [], []
        end = threading.Event()

        def write(value):
            parameters = [theano.shared(numpy.full(3000, float(value)),
                                        name=name) for name in names]
            try:
                for _ in range(30):
                    secure_dump(value, self.path, parameters=parameters)
            except Exception as error:
                errors.append(error)

        def look():
            while not end.is_set():
                if os.path.exists(self.path):
                    with open(self.path, 'rb') as file:
                        values = {load(file)}
                        for array in load_parameters(file).values():
                            values.update(array)
                    read.append(values)

        writers = [threading.Thread(target=write, args=(value,))
                   for value in (1, 2)]
        reader = threading.Thread(target=look)
        for thread in [reader, *writers]:
            thread.start()
        for thread in writers:
            thread.join()
        end.set()
        reader.join()
        self.assertEqual(errors, [])
        self.assertTrue(read)
        for values in read:
            self.assertEqual(len(values), 1)
        self.assertEqual(os.listdir(self.folder), ['saved.tar'])

    def test_temporary_names_are_unique(self):
        names = set()
        for _ in range(3):
            with replacing(self.path) as first, replacing(self.path) as other:
                for file in first, other:
                    file.write(b'x')
                names.update(os.listdir(self.folder))
        names.discard('saved.tar')
        self.assertEqual(len(names), 6)

    def test_existing_link_is_not_followed(self):
        precious = os.path.join(self.folder, 'precious')
        with open(precious, 'w') as file:
            file.write('precious')
        taken = os.path.join(self.folder, '.saved.tar.00.tmp')
        os.symlink(precious, taken)
        with mock.patch('secrets.token_hex', side_effect=['00', '01']):
            with self.assertRaises(FileExistsError):
                secure_dump('new', self.path)
            secure_dump('new', self.path)
        self.assertEqual(self.content(), 'new')
        with open(precious) as file:
            self.assertEqual(file.read(), 'precious')
        self.assertTrue(os.path.islink(taken))

    def test_files_of_killed_processes_are_removed(self):
        secure_dump('old', self.path)
        environment = dict(os.environ, PYTHONPATH=os.pathsep.join(
            filter(None, sys.path)))
        processes = [subprocess.Popen(
            [sys.executable, '-c', WRITER, os.path.join(self.folder, name)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
            for name in ('saved.tar', 'other.tar')]
        for process in processes:
            self.addCleanup(process.wait)
            self.addCleanup(process.stdout.close)
            self.addCleanup(process.stdin.close)
            self.addCleanup(process.kill)
            self.assertEqual(process.stdout.readline(), b'writing\n')
        # Both files are being written, so they must not be removed.
        written = self.temporary()
        self.assertEqual(len(written), 2)
        secure_dump('new', self.path)
        self.assertEqual(self.temporary(), written)
        for process in processes:
            process.kill()
            process.wait()
        older = os.path.join(self.folder, '.saved.tar.12345.tmp')
        for path in older, os.path.join(self.folder, '.saved.tar.mine.tmp'):
            with open(path, 'w'):
                pass
        secure_dump('newer', self.path)
        self.assertEqual(self.content(), 'newer')
        self.assertEqual(self.temporary(), {
            '.saved.tar.mine.tmp',
            *(name for name in written if name.startswith('.other'))})

    def temporary(self):
        return {name for name in os.listdir(self.folder)
                if name.endswith('.tmp')}

    def test_file_removed_before_it_is_locked(self):
        real, calls = os.open, []

        def open_and_lose(path, flags, *args, **kwargs):
            descriptor = real(path, flags, *args, **kwargs)
            if flags & os.O_CREAT:
                calls.append(path)
                if len(calls) == 1:
                    os.remove(path)
            return descriptor

        with mock.patch('os.open', open_and_lose):
            secure_dump('new', self.path)
        self.assertEqual(len(calls), 2)
        self.assertEqual(self.content(), 'new')
        self.assertEqual(os.listdir(self.folder), ['saved.tar'])

    def test_private_files_stay_private(self):
        secure_dump('old', self.path)
        os.chmod(self.path, 0o600)
        secure_dump('new', self.path)
        self.assertEqual(stat.S_IMODE(os.stat(self.path).st_mode), 0o600)

    @unittest.skipIf(resource is None, 'no limits on this system')
    def test_full_disk(self):
        for left in (r'there before is still intact',
                     r'the file does not exist now'):
            if 'before' in left:
                secure_dump('old', self.path)
            limits = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (50000, limits[1]))
            try:
                with self.assertRaisesRegex(
                        OSError, rf'{self.path}.*File too large.*{left}'):
                    secure_dump(numpy.zeros(10 ** 5), self.path)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            if 'before' in left:
                self.assertEqual(self.content(), 'old')
                os.remove(self.path)
            self.assertEqual(os.listdir(self.folder), [])

    def test_missing_folder(self):
        with self.assertRaisesRegex(FileNotFoundError, 'nothing was saved to '
                                    '.*nowhere.*does not exist now'):
            secure_dump('new', os.path.join(self.folder, 'nowhere', 'a'))
