"""Tests that ``make`` finds a Python and creates the virtual environment."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parents[2]
TOOLS = ['sh', 'cat', 'head', 'cp', 'rm', 'mkdir', 'dirname', 'make', 'test']

#: A fake Python that answers the scripts' calls. It logs the calls, and fails
#: to install if there is a file named "offline".
PYTHON = '''#!/bin/sh
here=$(dirname "$0")
case "$*" in
    --version) echo "Python 3.12.0" ;;
    -c*) echo "$0" ;;
    "-m venv --clear "*)
        echo venv >> "$LOG"; rm -rf "$4"; mkdir -p "$4/bin"
        cp "$0" "$4/bin/python" ;;
    "-m pip "*) echo pip >> "$LOG"; test ! -e "$LOG.offline" ;;
    -) cat > /dev/null ;;
esac
'''
UNFIT = '#!/bin/sh\necho "is Python 3.8" >&2\nexit 1\n'
SHIM = ('#!/bin/sh\necho "pyenv: python3.13: command not found" >&2\n'
        'echo "The command exists in these Python versions:" >&2\nexit 127\n')


class Machine(unittest.TestCase):
    """A fake machine: a folder of commands and a checkout."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)
        self.commands = self.home / 'commands'
        self.checkout = self.home / 'checkout'
        self.log = self.home / 'log'
        self.commands.mkdir()
        for tool in TOOLS:
            path = shutil.which(tool)
            if path is None:
                self.skipTest(f'needs the command {tool}')
            (self.commands / tool).symlink_to(path)
        self.checkout.mkdir()
        for name in 'Makefile', 'setup.py', 'setup.cfg', 'pyproject.toml':
            shutil.copy(ROOT / name, self.checkout)
        shutil.copytree(ROOT / '.ci', self.checkout / '.ci')

    def python(self, name, script=PYTHON):
        """Install a fake Python and return its path."""
        path = self.commands / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(script)
        path.chmod(0o755)
        return str(path)

    def run_in_checkout(self, *command):
        return subprocess.run(
            command, cwd=self.checkout, capture_output=True, text=True,
            env={'PATH': str(self.commands), 'HOME': str(self.home),
                 'LOG': str(self.log)})


class TestFindPython(Machine):

    def find(self, *arguments):
        return self.run_in_checkout('.ci/find-python', *arguments)

    def test_python3_comes_first(self):
        default = self.python('python3')
        newer = self.python('python3.13')
        self.assertEqual(self.find().stdout.strip(), default)
        self.assertEqual(self.find('--newest').stdout.strip(), newer)

    def test_unfit_pythons_and_shims_are_skipped(self):
        self.python('python3', UNFIT)
        self.python('python3.13', SHIM)
        fit = self.python('python3.12')
        self.python('python3.11')
        for arguments in [], ['--newest']:
            with self.subTest(arguments=arguments):
                self.assertEqual(self.find(*arguments).stdout.strip(), fit)

    def test_pyenv_installations(self):
        self.python('python3', UNFIT)
        self.python('python3.12', SHIM)
        installed = self.python(
            self.home / '.pyenv/versions/3.12.1/bin/python3.12')
        for arguments in [], ['--newest'], ['python3.12']:
            with self.subTest(arguments=arguments):
                self.assertEqual(self.find(*arguments).stdout.strip(),
                                 installed)

    def test_no_fit_python(self):
        self.python('python3', UNFIT)
        self.python('python3.13', SHIM)
        answer = self.find()
        self.assertEqual((answer.returncode, answer.stdout), (1, ''))
        for expected in ('needs Python 3.11, 3.12 or 3.13',
                         'python3: is Python 3.8',
                         'python3.13: pyenv: python3.13: command not found',
                         'python3.11: not found',
                         'make PYTHON=/path/to/python3.12'):
            self.assertIn(expected, answer.stderr)

    def test_given_python(self):
        fit = self.python('python3.12')
        self.python('old', UNFIT)
        self.assertEqual(self.find('python3.12').stdout.strip(), fit)
        self.assertRegex(self.find('old').stderr, 'old: is Python 3.8')
        self.assertRegex(self.find('new').stderr, 'new: not found')
        self.assertEqual(self.find('old').returncode, 1)


class TestEnvironment(Machine):

    def setUp(self):
        super().setUp()
        self.python('python3')

    def make(self, *arguments):
        """Create the environment and return the logged actions."""
        self.log.write_text('')
        self.answer = self.run_in_checkout('make', '.venv/.ready',
                                           *arguments)
        return self.log.read_text().split()

    def test_created_once(self):
        self.assertEqual(self.make(), ['venv', 'pip'])
        self.assertEqual(self.make(), [])

    def test_updated(self):
        self.make()
        ready = self.checkout / '.venv' / '.ready'
        for name in 'setup.py', 'setup.cfg', 'pyproject.toml':
            with self.subTest(name=name):
                made = ready.stat().st_mtime
                os.utime(self.checkout / name, (made + 1, made + 1))
                self.assertEqual(self.make(), ['pip'])
                os.utime(ready, (made + 2, made + 2))
                self.assertEqual(self.make(), [])

    def test_interrupted_installation(self):
        offline = pathlib.Path(f'{self.log}.offline')
        offline.touch()
        self.assertEqual(self.make(), ['venv', 'pip'])
        self.assertNotEqual(self.answer.returncode, 0)
        offline.unlink()
        self.assertEqual(self.make(), ['venv', 'pip'])
        # An update may be interrupted, too.
        os.utime(self.checkout / '.venv' / '.ready', (0, 0))
        offline.touch()
        self.assertEqual(self.make(), ['pip'])
        offline.unlink()
        self.assertEqual(self.make(), ['venv', 'pip'])
        self.assertEqual(self.make(), [])

    def test_given_python_replaces_another(self):
        self.make()
        self.python('python3.12')
        self.assertEqual(self.make('PYTHON=python3.12'), ['venv', 'pip'])
        self.assertEqual(self.make('PYTHON=python3.12'), [])
        # Without a given Python the environment is kept.
        self.assertEqual(self.make(), [])
        self.assertEqual(self.make('PYTHON=python3'), ['venv', 'pip'])

    def test_missing_python_is_replaced(self):
        self.make()
        (self.checkout / '.venv' / 'bin' / 'python').unlink()
        self.assertEqual(self.make(), ['venv', 'pip'])

    def test_no_python(self):
        self.python('python3', UNFIT)
        self.assertEqual(self.make(), [])
        self.assertIn('needs Python 3.11', self.answer.stderr)
        self.assertNotEqual(self.answer.returncode, 0)
