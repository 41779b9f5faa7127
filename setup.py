"""Decide what to install by the Python that installs it.

From Python 3.11 on the distribution brings the packages of compat/
(``theano``, ``fuel``, ``blocks`` and their companions ``blocks_extras`` and
``picklable_itertools``) beside ``blocks_rnn_bricks``. On Python 3.8 to 3.10
it brings ``blocks_rnn_bricks`` alone, for the original stack. All that does
not depend on it is in pyproject.toml.

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
    """A source archive serves every Python, also those not building it."""

    def run(self):
        self.distribution.python_requires = '>=3.8,<3.14'
        super().run()


class BuildPackages(build_py):
    """Installing over another distribution's packages is refused.

    Pip builds for the environment that it installs into, so this sees what
    is there; who installs a ready wheel is told on import.

    """

    def run(self):
        owners = ownership['rivals'](sysconfig.get_path('purelib'),
                                     compat_packages)
        if stack_packages and owners:
            raise SystemExit('error: ' + ownership['conflict'](owners))
        super().run()


def fresh_folder():
    """Return a folder that is gone when the build ends.

    Setuptools copies the packages to ``build/`` and never removes there
    what has left the sources: the next wheel would bring it along.

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
