"""Choose what to install by the version of Python.

On Python 3.11 and newer the distribution contains ``blocks_rnn_bricks``,
``rnn_kernels`` and the packages of compat/: ``theano``, ``fuel``, ``blocks``
and their companions ``blocks_extras`` and ``picklable_itertools``. On Python
3.8 to 3.10 it contains only the first two, for the original stack. Settings
that do not depend on the version are in pyproject.toml.

"""
import atexit
import os
import runpy
import shutil
import sysconfig
import tempfile

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

ownership = runpy.run_path(os.path.join('blocks_rnn_bricks', '_ownership.py'))
compat_packages = ownership['PACKAGES'] + ownership['COMPANIONS']

if ownership['BRINGS_STACK']:
    python_tag, python_requires = 'py311', '>=3.11,<3.14'
    stack_packages = find_packages('compat')
    scripts = ['blocks-continue = blocks.scripts:continue_training',
               'blocks-legacy = blocks.legacy.command:console',
               'fuel-convert = fuel.bin.fuel_convert:main',
               'fuel-download = fuel.bin.fuel_download:main',
               'fuel-info = fuel.bin.fuel_info:main']
else:
    python_tag, python_requires = 'py38', '>=3.8,<3.11'
    stack_packages = []
    scripts = []


class SourceDistribution(sdist):
    """Allow a source archive on every supported version of Python."""

    def run(self):
        self.distribution.python_requires = '>=3.8,<3.14'
        super().run()


class BuildPackages(build_py):
    """Refuse to install over another distribution's packages.

    Pip builds for the environment that it installs into, so this command can
    check that environment. Installing a prebuilt wheel skips the check; the
    package then raises the same error on import.

    """

    def run(self):
        owners = ownership['rivals'](sysconfig.get_path('purelib'),
                                     compat_packages)
        if stack_packages and owners:
            raise SystemExit('error: ' + ownership['conflict'](owners))
        super().run()


def fresh_folder():
    """Return a temporary folder that is removed when the build ends.

    Setuptools copies packages to ``build/`` and never removes files there that
    were deleted from the sources; they would end up in the next wheel.

    """
    folder = tempfile.mkdtemp(prefix='blocks-rnn-bricks-build-')
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


setup(
    python_requires=python_requires,
    packages=(find_packages(include=['blocks_rnn_bricks*', 'rnn_kernels*'])
              + stack_packages),
    package_dir={name: os.path.join('compat', name)
                 for name in compat_packages},
    entry_points={'console_scripts': scripts},
    cmdclass={'sdist': SourceDistribution, 'build_py': BuildPackages},
    options={'bdist_wheel': {'python_tag': python_tag},
             'build': {'build_base': fresh_folder()}},
)
