"""Tables of wrong inputs and the errors that they cause.

A row of a table holds an expression, the type of the error, and a regular
expression for its message. The caller must read which object raised it, what
was expected and what was received, so errors of underlying libraries fail.

"""
import importlib
import os
import re
import traceback
from unittest import TestCase

#: Libraries whose own errors must not reach our callers.
BENEATH = 'pytensor', 'numpy', 'scipy', 'zmq', 'h5py'
ALLOWED = ValueError, TypeError, KeyError, ImportError, OSError


def names(*modules, **others):
    """Return the public names of modules, and others, for expressions."""
    found = {}
    for module in map(importlib.import_module, modules):
        found.update({name: getattr(module, name) for name
                      in getattr(module, '__all__', None) or vars(module)
                      if not name.startswith('_')})
    return {**found, **others}


class Table(TestCase):
    """The base class of tests of tables."""

    def check(self, rows, namespace):
        """Evaluate each row's expression in its own subtest."""
        for expression, error, words in rows:
            with self.subTest(expression):
                self._check_row(expression, error, words, dict(namespace))

    def _check_row(self, expression, error, words, namespace):
        try:
            result = eval(expression, namespace)
        except Exception as raised:
            self.assertIs(type(raised), error, repr(raised))
            self.assertIsInstance(raised, ALLOWED)
            message = str(raised)
            self.assertRegex(message, f'(?s){words}')
            # A sentence, raised by our code.
            self.assertGreater(len(message.split()), 4)
            self.assertNotIn(self._package(raised), BENEATH, message)
        else:
            self.fail(f'accepted, and gave {result!r}')

    @staticmethod
    def _package(raised):
        """Return the package of the line that raised an error."""
        path = traceback.extract_tb(raised.__traceback__)[-1].filename
        found = re.search(r'site-packages[/\\](\w+)', os.path.abspath(path))
        return found and found.group(1)
