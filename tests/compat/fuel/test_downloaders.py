"""Tests of downloaders, with a server on this machine."""
import argparse
import contextlib
import http.server
import io
import pathlib
import shutil
import tempfile
import threading
from unittest import TestCase

from fuel.bin import fuel_download
from fuel.converters import all_converters
from fuel.downloaders import all_downloaders
from fuel.downloaders.base import (
    default_downloader,
    download,
    filename_from_url,
)
from fuel.exceptions import NeedURLPrefix

CONTENT = bytes(range(256)) * 20


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves the same content at each address; some addresses misbehave."""

    def do_GET(self):
        self.send_response(404 if 'missing' in self.path else 200)
        promised = len(CONTENT) + ('cut' in self.path)
        if 'unknown' not in self.path:
            self.send_header('Content-Length', str(promised))
        if 'named' in self.path:
            self.send_header('Content-Disposition',
                             'attachment; filename="../given.gz"; size=1')
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, *args):
        """Print nothing."""


class TestDownloads(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0),
                                                     Handler)
        cls.site = f'http://127.0.0.1:{cls.server.server_port}/'
        cls.thread = threading.Thread(target=cls.server.serve_forever,
                                      daemon=True)
        cls.thread.start()

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.thread.join()
        cls.server.server_close()

    def setUp(self):
        self.enterContext(contextlib.redirect_stdout(io.StringIO()))
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def names(self):
        return sorted(path.name for path in self.folder.iterdir())

    def test_content(self):
        for address in ('file', 'unknown'):
            file_ = io.BytesIO()
            download(self.site + address, file_, chunk_size=1000)
            self.assertEqual(file_.getvalue(), CONTENT)

    def test_names(self):
        for address, name in [('a/b.txt?dl=1', 'b.txt'), ('', ''),
                              # A server must not choose the folder.
                              ('named', 'given.gz')]:
            self.assertEqual(filename_from_url(self.site + address), name)

    def test_default_downloader(self):
        folder = self.folder / 'new' / 'folder'
        urls = [self.site + 'a', self.site + 'named', None]
        arguments = urls, ['x', None, 'y'], self.site + 'prefix/'
        default_downloader(str(folder), *arguments)
        for name in ('x', 'given.gz', 'y'):
            self.assertEqual((folder / name).read_bytes(), CONTENT)
        default_downloader(str(folder), *arguments, clear=True)
        self.assertEqual(list(folder.iterdir()), [])
        default_downloader(str(folder), *arguments, clear=True)

    def test_errors(self):
        for url, message in [
                (self.site + 'missing', "can't download .*missing: 404.*"
                 'from elsewhere'),
                (self.site + 'cut', "can't download .*cut: "),
                ('http://127.0.0.1:9/x', "can't download http://127.0.0.1:9/"
                 'x: .*from elsewhere')]:
            for name in ('x', None) if 'cut' not in url else ('x',):
                with self.subTest(url=url), \
                        self.assertRaisesRegex(OSError, message):
                    default_downloader(str(self.folder), [url], [name])
                self.assertEqual(self.names(), [])
        with self.assertRaisesRegex(ValueError, 'no file name'):
            default_downloader(str(self.folder), [self.site], [None])
        with self.assertRaisesRegex(NeedURLPrefix, "b isn't public"):
            default_downloader(str(self.folder), [self.site + 'a', None],
                               ['a', 'b'])
        self.assertEqual(self.names(), [])

    def test_failure_keeps_the_existing_file(self):
        (self.folder / 'x').write_text('before')
        with self.assertRaises(OSError):
            default_downloader(str(self.folder), [self.site + 'cut'], ['x'])
        self.assertEqual(self.names(), ['x'])
        self.assertEqual((self.folder / 'x').read_text(), 'before')

    def test_command(self):
        fuel_download.main(['ilsvrc2012', '-d', str(self.folder), '-P',
                            self.site])
        self.assertEqual(self.names(), sorted([
            'ILSVRC2012_devkit_t12.tar.gz', 'ILSVRC2012_img_train.tar',
            'ILSVRC2012_img_val.tar', 'ILSVRC2012_img_test.tar']))
        fuel_download.main(['ilsvrc2012', '--clear', '-d',
                            str(self.folder)])
        self.assertEqual(self.names(), [])

    def test_command_errors_take_one_line(self):
        for arguments, code, message in [
                (['-P', self.site + 'missing/'], 1,
                 "fuel-download: error: can't download "),
                ([], 2, "fuel-download: error: ILSVRC2012_devkit_t12.tar.gz "
                        "isn't public.*--url-prefix")]:
            with contextlib.redirect_stderr(io.StringIO()) as errors, \
                    self.assertRaises(SystemExit) as caught:
                fuel_download.main(['ilsvrc2012', '-d', str(self.folder),
                                    *arguments])
            self.assertEqual(caught.exception.code, code)
            self.assertRegex(errors.getvalue(), message)
            self.assertNotIn('Traceback', errors.getvalue())


class TestRawFiles(TestCase):
    def test_of_all_converters(self):
        converters = dict(all_converters)
        for name, fill_subparser in all_downloaders:
            with self.subTest(name=name):
                parser = argparse.ArgumentParser()
                fill_subparser(parser)
                arguments = {'svhn': ['2'], 'caltech101_silhouettes': ['16']}
                parsed = vars(parser.parse_args(arguments.get(name, [])))
                self.assertIn(name, converters)
                if name not in arguments:
                    self.assertEqual(len(parsed['urls']),
                                     len(parsed['filenames']))
                    for url in filter(None, parsed['urls']):
                        self.assertRegex(url, '^https?://[a-z.-]+/')
