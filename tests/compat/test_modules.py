"""Tests that all modules of compat/ resolve names like ordinary modules."""
import json
import os
import subprocess
import sys
import unittest

#: Imports every module of the packages in its own process, as the names of a
#: package depend on what was imported before.
SCRIPT = '''
import importlib, json, pkgutil, sys, types, warnings
warnings.simplefilter('ignore')
refused, replaced, raising, count = [], [], [], 0
for top in sys.argv[1:]:
    package = importlib.import_module(top)
    for info in pkgutil.walk_packages(package.__path__, top + '.',
                                      onerror=lambda name: None):
        parent, _, name = info.name.rpartition('.')
        parent = sys.modules.get(parent)
        before = vars(parent).get(name) if parent else None
        try:
            module = importlib.import_module(info.name)
        except ImportError as error:
            refused.append(f'{info.name}: {error}')
            continue
        count += 1
        if before is not None and vars(parent)[name] is not before:
            replaced.append(info.name)
        for unknown in 'no_such_name', 'PytablesDataset', '__wrapped__':
            try:
                hasattr(module, unknown)
            except Exception as error:
                raising.append(f'{info.name}.{unknown}: {error!r}')
print(json.dumps([refused, replaced, raising, count]))
'''


class TestModules(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        packages = ['theano', 'fuel', 'blocks', 'blocks_extras',
                    'picklable_itertools']
        environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
        (cls.refused, cls.replaced, cls.raising, cls.count) = json.loads(
            subprocess.run(
                [sys.executable, '-c', SCRIPT, *packages], env=environment,
                stdout=subprocess.PIPE, check=True).stdout)

    def test_modules_are_found(self):
        self.assertGreater(self.count, 200)

    def test_importing_a_module_replaces_no_name_of_its_package(self):
        # ``import theano.tensor.sort`` must not replace the function by the
        # module.
        self.assertEqual(self.replaced, [])

    def test_hasattr_never_raises(self):
        self.assertEqual(self.raising, [])

    def test_missing_modules_explain_themselves(self):
        for message in self.refused:
            self.assertRegex(message, "isn't offered here")
