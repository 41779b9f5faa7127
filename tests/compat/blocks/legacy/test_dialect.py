import textwrap
import unittest

from blocks.legacy.dialect import recognise, without_coding
from blocks.legacy.syntax import decode


class TestRecognise(unittest.TestCase):

    def test_versions(self):
        for label, source, version in [
                ('print statement', 'print "a"', 2),
                ('except', 'try:\n  f()\nexcept E, e: pass', 2),
                ('backticks', 'x = `y`', 2),
                ('octal', 'mode = 0755', 2),
                ('xrange', 'for i in xrange(3): pass', 2),
                ('cPickle', 'import cPickle', 2),
                ('from cPickle', 'from cPickle import load', 2),
                ('izip', 'from itertools import izip', 2),
                ('itertools.izip', 'import itertools\nitertools.izip(a)', 2),
                ('iteritems', 'for k, v in d.iteritems(): pass', 2),
                ('next', 'x = it.next()', 2),
                ('metaclass', 'class A(object):\n  __metaclass__ = M', 2),
                ('list of map', 'x = map(f, y)[0]', 2),
                ('list of keys', 'x = d.keys()[0]', 2),
                ('shebang 2', '#!/usr/bin/env python2\nx = 1', 2),
                ('shebang 3', '#!/usr/bin/python3\nx = 1', 3),
                ('shebang 2.7', '#!/usr/bin/env python2.7\nx = 1', 2),
                ('f-string', "x = f'{y}'", 3),
                ('super', 'class A:\n  def f(self): super().f()', 3),
                ('annotation', 'def f(x: int): pass', 3),
                ('keyword-only', 'def f(*, x): pass', 3),
                ('raise from', 'raise A from b', 3),
                ('encoding', "open('x', encoding='utf-8')", 3),
                ('print of two', 'print("a", 1)', 3),
                ('end', 'print("a", end="")', 3),
                ('plain', 'x = 1\nprint("x")', None),
                ('print of two by future',
                 'from __future__ import print_function\nprint("a", 1)',
                 None),
                ('either pickle', 'try:\n  import cPickle as pickle\n'
                 'except ImportError:\n  import pickle', None),
                ('bare except', 'try:\n  xrange\nexcept:\n  pass', None),
                ('version checked', 'import sys\n'
                 'if sys.version_info[0] < 3:\n  range = xrange', None),
                ('six', 'from six.moves import xrange\nxrange(3)', None),
                ('own name', 'def cmp(a, b): pass\ncmp(1, 2)', None),
                ('own parameter', 'def f(file): return file.name', None),
                ('other imap', 'from toolz import imap\nx.imap()', None),
                ('in both', 'xrange(3)\nx = f"{y}"', 3)]:
            with self.subTest(label):
                self.assertEqual(recognise(source + '\n').version, version)

    def test_reason_and_line(self):
        dialect = recognise('x = 1\n\nprint "a", x\n')
        self.assertEqual((dialect.reason, dialect.line),
                         ('print "a", x', 3))
        dialect = recognise('import numpy\nimport cPickle as p\n')
        self.assertEqual((dialect.reason, dialect.line),
                         ('import cPickle', 2))


class TestDecode(unittest.TestCase):

    def test_encodings(self):
        for label, data, text, encoding in [
                ('utf-8', 'é = 1\n'.encode(), 'é = 1\n', 'utf-8'),
                ('bom', b'\xef\xbb\xbfx = 1\n', 'x = 1\n', 'utf-8'),
                ('undeclared', b'# \xe9\n', '# é\n', 'latin-1'),
                ('declared', b'# -*- coding: latin1 -*-\n# \xe9\n',
                 '# -*- coding: latin1 -*-\n# é\n', 'latin1'),
                ('second line', b'#!x\n# vim: fileencoding=cp1252\n#\x80\n',
                 '#!x\n# vim: fileencoding=cp1252\n#€\n', 'cp1252'),
                ('unknown', b'# coding: no-such\nx = 1\n',
                 '# coding: no-such\nx = 1\n', 'utf-8'),
                ('line ends', b'a = 1\r\nb = 2\rc = 3',
                 'a = 1\nb = 2\nc = 3\n', 'utf-8')]:
            with self.subTest(label):
                self.assertEqual(decode(data), (text, encoding))

    def test_written_files_are_utf8(self):
        source = textwrap.dedent('''\
            #!/usr/bin/python
            # -*- coding: latin-1 -*-
            # coding: of the third line
            ''')
        self.assertEqual(without_coding(source).split('\n')[1:3],
                         ['# -*- coding: utf-8 -*-',
                          '# coding: of the third line'])
