"""Tests of the options --write and --explain."""
import contextlib
import io
import os
import sys
import unittest
from unittest import mock

from blocks.legacy.command import main
from blocks.legacy.explaining import ranges
from blocks.legacy.walking import module_names

from .samples import command, folder
from .test_running import PACKAGE


def called(*arguments):
    """Return the exit code and the output of the command."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        with mock.patch.object(sys, 'path', list(sys.path)):
            code = main(list(arguments))
    return code, output.getvalue()


class TestWrite(unittest.TestCase):

    def test_written_files_run_without_the_package(self):
        with folder(PACKAGE) as place:
            code, output = called('--write', place + '/new',
                                  place + '/script.py')
            self.assertEqual(code, 0)
            self.assertEqual(
                sorted(os.path.relpath(line, place + '/new')
                       for line in output.split()), sorted(PACKAGE))
            before = command('script.py', '1', cwd=place)
            after = command('1', cwd=place + '/new', module=['script.py'])
            self.assertEqual((after.stdout, after.stderr),
                             (before.stdout, ''))

    def test_comments_and_coding(self):
        source = ('# -*- coding: latin-1 -*-\n# caf\xe9 here\n'
                  'x = "\xe9"  # end\nprint len(x)\n').encode('latin-1')
        with folder({'s.py': source}) as place:
            called('--write', place + '/new', place + '/s.py')
            with open(place + '/new/s.py', encoding='utf-8') as file:
                written = file.read()
            done = command(cwd=place + '/new', module=['s.py'])
        self.assertIn('# -*- coding: utf-8 -*-\n# café here\n', written)
        self.assertIn('x = "\\xe9"  # end\nprint(len(x))\n', written)
        self.assertEqual(done.stdout, '1\n')

    def test_broken_module_leaves_no_files(self):
        with folder({'s.py': 'import a\nprint 1', 'a.py': 'x = = 1'}) as place:
            with self.assertRaises(SyntaxError):
                called('--write', place + '/new', place + '/s.py')
            self.assertFalse(os.path.exists(place + '/new'))


class TestExplain(unittest.TestCase):

    def explain(self, files, *options):
        with folder(files) as place:
            with contextlib.chdir(place):
                return called('--explain', *options, 's.py')

    def test_changes(self):
        code, output = self.explain({'s.py': '''
            import numpy as np
            import cPickle
            print "a"
            print "b"

            print map(np.cast, 1) / 2
            print {}.keys()
            '''})
        self.assertEqual(code, 0)
        for line in ['s.py: Python 2 (line 3: print "a")',
                     '  converted: syntax, line 3-4, 6-7',
                     '  converted: division, line 6',
                     '  converted: methods, line 7: keys',
                     '  converted: builtins: map, print']:
            self.assertIn(line + '\n', output)
        self.assertRegex(output, 'imports, line 1-2: .*import cPickle; .*'
                                 'import numpy as np')

    def test_reasons_not_to_run(self):
        code, output = self.explain({'s.py': '''
            import theano, no_such_package
            import theano.tensor as T
            from blocks.bricks import Linear, NoSuchBrick
            from fuel.no_such_module import x
            T.no_such_function(T.tanh(1))
            theano.tensor.nnet.no_such_function
            try:
                import no_such_extra
            except ImportError:
                pass
            def f():
                from theano.tensor import no_such_name
            T.given = 1
            T.given
            print(numpy.nothing)
            ''', 'b.py': ''})
        self.assertEqual(code, 1)
        found = [line.strip() for line in output.split('\n')
                 if line.startswith(('  will', '  note'))]
        self.assertEqual(found, [
            "will not run: line 1: there is no module 'no_such_package'",
            "will not run: line 3: 'blocks.bricks' has no 'NoSuchBrick'",
            "will not run: line 4: No module named 'fuel.no_such_module'",
            "will not run: line 5: 'theano.tensor' has no "
            "'no_such_function'",
            "will not run: line 6: 'theano.tensor.nnet' has no "
            "'no_such_function'",
            "note: line 8: there is no module 'no_such_extra' (the script "
            "catches this)",
            "will not run: line 12: 'theano.tensor' has no 'no_such_name'"])

    def test_restored_names_are_not_missing(self):
        code, output = self.explain({'s.py': '''
            import numpy
            import scipy.misc
            from numpy import cast, random
            numpy.float, numpy.random.random_integers, numpy.linalg.norm
            scipy.misc.imread
            numpy.no_such_name
            '''})
        self.assertEqual(code, 1)
        self.assertEqual(
            [line for line in output.split('\n') if 'will' in line],
            ["  will not run: line 6: 'numpy' has no 'no_such_name'"])

    def test_devices(self):
        code, output = self.explain({'s.py': '''
            import os
            os.environ['THEANO_FLAGS'] = 'device=gpu0,floatX=float32'
            '''})
        self.assertEqual(code, 0)
        self.assertIn("note: line 2: 'device=gpu0,floatX=float32': has no "
                      'effect', output)

    def test_files_valid_in_both(self):
        files = {'s.py': 'x = 1\ny = x / 2\nz = map(str, [x])\n'}
        code, output = self.explain(files)
        self.assertEqual(code, 0)
        self.assertIn('s.py: Python 3 (valid in both versions)', output)
        self.assertIn("differs in Python 2: '/' of integers, line 2; see "
                      '--python2', output)
        self.assertIn('differs in Python 2: map, line 3', output)
        _, output = self.explain(files, '--python2')
        self.assertIn('s.py: Python 2 (valid in both versions)', output)
        self.assertNotIn('differs', output)

    def test_imported_and_broken_modules(self):
        code, output = self.explain({
            's.py': 'import a\nfrom p import (b,\n  c)\nprint 1',
            'a.py': 'print 2', 'p/__init__.py': '', 'p/b.py': 'x = 0777',
            'p/c.py': 'x = 1\nx = = 2', 'unused.py': 'print 3'})
        self.assertEqual(code, 1)
        self.assertEqual(
            [line for line in output.split('\n')
             if line and not line.startswith(' ')],
            ['s.py: Python 2 (line 4: print 1)',
             'a.py: Python 2 (line 1: print 2)',
             'p/__init__.py: Python 2 (valid in both versions)',
             'p/b.py: Python 2 (line 1: x = 0777)',
             'p/c.py: will not run: line 2: invalid syntax, in Python 2 '
             'and in Python 3'])

    def test_ranges(self):
        self.assertEqual(ranges([3, 1, 2, 2, 7, 9, 10]), '1-3, 7, 9-10')


class TestModuleNames(unittest.TestCase):

    def test_names(self):
        source = ('import a.b as c, d\n'
                  'from e import f, g as h\n'
                  'from .i import (j,  # comment\n    k as l)\n'
                  'from . import m\n'
                  'if x: pass\n'
                  '    from n import o, \\\n        p\n'
                  'from q import *\nimportant = 1\n'
                  'import r; import s\n')
        self.assertEqual(list(module_names(source)), [
            (0, 'a.b'), (0, 'd'), (0, 'e'), (0, 'e.f'), (0, 'e.g'),
            (1, 'i'), (1, 'i.j'), (1, 'i.k'), (1, 'm'), (0, 'n'),
            (0, 'n.o'), (0, 'n.p'), (0, 'q'), (0, 'r')])
