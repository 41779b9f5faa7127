"""Tests that another theano, fuel or blocks is refused with advice."""
import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile
import textwrap
import unittest

ROOT = pathlib.Path(__file__).parents[2]
SOURCE = ROOT / 'blocks_rnn_bricks' / '_ownership.py'

spec = importlib.util.spec_from_file_location('ownership', SOURCE)
ownership = importlib.util.module_from_spec(spec)
spec.loader.exec_module(ownership)


class Site:
    """A folder to install fake distributions in."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def package(self, name, ours):
        package = self.folder / name
        package.mkdir(exist_ok=True)
        (package / '__init__.py').write_text(
            ownership.MARK if ours else 'raise RuntimeError("imported")')

    def distribution(self, name, version, *packages, legacy=False):
        """Write the metadata of a distribution that owns `packages`."""
        kind = 'egg-info' if legacy else 'dist-info'
        metadata = self.folder / f'{name.replace("-", "_")}-{version}.{kind}'
        metadata.mkdir()
        (metadata / ('PKG-INFO' if legacy else 'METADATA')).write_text(
            f'Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n')
        if legacy:
            (metadata / 'top_level.txt').write_text('\n'.join(packages))
        else:
            (metadata / 'RECORD').write_text(''.join(
                f'{package}/__init__.py,,\n' for package in packages))

    def check(self):
        """Return the message of the check in a separate interpreter."""
        code = textwrap.dedent('''
            import runpy, sys
            # Only the folder, not what else may be installed here.
            sys.path[:] = [sys.argv[2]] + [
                path for path in sys.path if 'site-packages' not in path]
            sys.meta_path[:] = [
                finder for finder in sys.meta_path
                if 'editable' not in getattr(finder, '__module__', '')]
            check = runpy.run_path(sys.argv[1])['check']
            try:
                check()
            except ImportError as error:
                print(error)
            ''')
        environment = {key: value for key, value in os.environ.items()
                       if key != 'PYTHONPATH'}
        return subprocess.run(
            [sys.executable, '-c', code, str(SOURCE), str(self.folder)],
            capture_output=True, text=True, check=True, env=environment,
            cwd=self.folder).stdout.strip()


class TestOwnership(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.site = Site(folder.name)
        for name in ownership.PACKAGES:
            self.site.package(name, ours=True)
        self.site.distribution('blocks-rnn-bricks', '0.1.0',
                               'blocks_rnn_bricks', *ownership.PACKAGES)

    def test_ours(self):
        self.assertEqual(self.site.check(), '')
        self.assertEqual(ownership.rivals(self.site.folder), {})

    def test_overwritten(self):
        # Theano was installed later, over our files.
        self.site.package('theano', ours=False)
        self.site.distribution('Theano', '1.0.5', 'theano')
        message = self.site.check()
        self.assertRegex(message, r"owns 'theano' \(Theano 1\.0\.5\)")
        self.assertIn("'pip uninstall Theano blocks-rnn-bricks'", message)

    def test_overwritten_under_another_name(self):
        self.site.package('fuel', ours=False)
        self.site.distribution('gas-station', '3', 'fuel', 'pump')
        self.assertRegex(self.site.check(), r"'fuel' \(gas-station 3\)")

    def test_overwriting(self):
        # Our package was installed after the others: their remaining files are
        # mixed with ours, and uninstalling them removes ours.
        for legacy, name, version, package in [
                (False, 'Theano-PyMC', '1.1.2', 'theano'),
                (True, 'fuel', '0.2.0', 'fuel'),
                (False, 'blocks', '0.2.0', 'blocks')]:
            with self.subTest(name=name), \
                    tempfile.TemporaryDirectory() as folder:
                site = Site(folder)
                for ours in ownership.PACKAGES:
                    site.package(ours, ours=True)
                site.distribution(name, version, package, legacy=legacy)
                self.assertEqual(ownership.rivals(folder),
                                 {package: (name, version)})
                self.assertIn(f"'{package}' ({name} {version})",
                              site.check())

    def test_companions(self):
        # No package imports them, so only the installation refuses them.
        companions = {'picklable_itertools': ('picklable-itertools', '0.1.1'),
                      'blocks_extras': ('blocks-extras', '0.0.1')}
        self.assertCountEqual(ownership.COMPANIONS, companions)
        for package, (name, version) in companions.items():
            self.site.package(package, ours=False)
            self.site.distribution(name, version, package)
        self.assertEqual(self.site.check(), '')
        owners = ownership.rivals(self.site.folder, ownership.COMPANIONS)
        self.assertEqual(owners, companions)
        self.assertIn(
            "theano, fuel, blocks, blocks_extras, picklable_itertools, but "
            "another distribution owns 'blocks_extras' (blocks-extras 0.0.1)",
            ownership.conflict(owners))

    def test_similar_names(self):
        self.site.distribution('blocks-world', '1', 'blocks_world')
        self.site.distribution('theano-notes', '1', 'notes')
        self.assertEqual(self.site.check(), '')

    def test_users_module(self):
        for name in ownership.PACKAGES:
            with self.subTest(name=name), \
                    tempfile.TemporaryDirectory() as folder:
                site = Site(folder)
                for ours in set(ownership.PACKAGES) - {name}:
                    site.package(ours, ours=True)
                (site.folder / f'{name}.py').write_text('x = 1')
                self.assertRegex(
                    site.check(),
                    rf"'import {name}' finds .*{name}\.py, .*: rename it")

    def test_users_folder(self):
        (self.site.folder / 'fuel' / '__init__.py').unlink()
        self.assertRegex(self.site.check(),
                         r"'import fuel' finds .*fuel, which .*: rename it")

    def test_removed(self):
        (self.site.folder / 'blocks' / '__init__.py').unlink()
        (self.site.folder / 'blocks').rmdir()
        self.assertRegex(self.site.check(),
                         "no package 'blocks'.*'pip install --force")

    def test_no_such_folder(self):
        self.assertEqual(ownership.rivals('/no/such/folder'), {})


class TestImport(unittest.TestCase):
    """The package checks before it imports any of the stack."""

    def imported(self, folder):
        """Import the package with a folder first on the path."""
        return subprocess.run(
            [sys.executable, '-c', 'import sys; sys.path[:0] = sys.argv[1:]; '
             'import blocks_rnn_bricks', folder, str(ROOT / 'compat'),
             str(ROOT)], capture_output=True, text=True, cwd=folder)

    def test_foreign(self):
        for name in ownership.PACKAGES:
            with self.subTest(name), \
                    tempfile.TemporaryDirectory() as folder:
                Site(folder).package(name, ours=False)
                run = self.imported(folder)
                self.assertEqual(run.returncode, 1)
                self.assertRegex(run.stderr.splitlines()[-1],
                                 f"ImportError: 'import {name}' finds .*: "
                                 'rename it')

    def test_ours(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(self.imported(folder).returncode, 0)


class TestOriginals(unittest.TestCase):
    """On older versions of Python the originals are accepted."""

    def setUp(self):
        ownership.BRINGS_STACK = False
        self.addCleanup(setattr, ownership, 'BRINGS_STACK', True)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.site = Site(folder.name)
        found = importlib.util.find_spec

        def find_here(name):
            return importlib.machinery.PathFinder.find_spec(
                name, [folder.name])

        importlib.util.find_spec = find_here
        self.addCleanup(setattr, importlib.util, 'find_spec', found)

    def test_accepted(self):
        for name in ownership.PACKAGES:
            self.site.package(name, ours=False)
        ownership.check()

    def test_missing(self):
        self.site.package('theano', ours=False)
        with self.assertRaisesRegex(ImportError, "'fuel'.*legacy_stack.rst"):
            ownership.check()
