import ast
import sys
import tempfile
import textwrap
import traceback
import unittest
from fractions import Fraction

import numpy
from blocks.legacy.conversion import convert
from blocks.legacy.syntax import modern_string
from numpy.testing import assert_array_equal

from .samples import evaluate, execute


class TestSyntax(unittest.TestCase):

    def test_statements(self):
        for label, source, output in [
                ('print', 'print "a", 1\nprint\nprint ("b")', 'a 1\n\nb\n'),
                ('comma', 'print "a",\nprint "b"', 'a b\n'),
                ('tuple', 'print ("a", 1)', "('a', 1)\n"),
                ('percent', 'print "%d-%d" % (1, 2)', '1-2\n'),
                ('file', 'import sys\nprint >>sys.stdout, "a", 2', 'a 2\n'),
                ('exec', 'exec "x = 3"\nprint x', '3\n'),
                ('exec in', 'd = {}\nexec "x = 1/2" in d\nprint d["x"]',
                 '0\n'),
                ('backticks', 'print `"a"` + `1`', "'a'1\n"),
                ('except', 'try:\n  raise KeyError, "k"\n'
                 'except (KeyError, ValueError), e:\n  print e.message',
                 'k\n'),
                ('raise with args', 'try:\n  raise ValueError("a", 1)\n'
                 'except ValueError, (text, n):\n  print text, n', 'a 1\n'),
                ('exc_value', 'import sys\ntry:\n  1/0\nexcept:\n'
                 '  print sys.exc_type.__name__', 'ZeroDivisionError\n'),
                ('octal', 'print 0777, 10L, 0xFFL', '511 10 255\n'),
                ('unequal', 'print 1 <> 2', 'True\n'),
                ('parameters', 'def f(a, (b, c), d=4):\n'
                 '  """Doc."""\n  print a, b, c, d\nf(1, (2, 3))',
                 '1 2 3 4\n'),
                ('lambda', 'print (lambda (a, b): a + b)((1, 2))', '3\n'),
                ('in a list', 'print [x for x in 1, 2]', '[1, 2]\n'),
                ('print function', 'from __future__ import print_function\n'
                 'print("a", 2, sep="-")', 'a-2\n')]:
            with self.subTest(label):
                self.assertEqual(execute(source)[0], output)

    def test_tabs_are_eight_columns(self):
        output, names = execute(
            'def f():\n'
            '        a = 1\n'
            '\ta += 1\n'
            '        text = """\n\tx"""\n'
            '\treturn a, text\n'
            'print f()[0]\n')
        self.assertEqual(output, '2\n')
        self.assertEqual(names['f']()[1], '\n\tx')

    def test_strings(self):
        for literal, modern in [
                (r"'\usepackage'", r"'\\usepackage'"),
                (r"'\\user'", r"'\\user'"),
                (r"'\N \x41 \n'", r"'\\N \x41 \n'"),
                (r"u'\u1234'", r"u'\u1234'"),
                (r"r'\u1234'", r"r'\u1234'"),
                (r"ur'\d\u0041'", r"'\\dA'"),
                (r"UR'\d'", r"R'\d'"),
                ("b'x'", "'x'"), ("Br'\\d'", "r'\\d'"),
                ("'é'", r"'\xc3\xa9'"),
                ("r'\\é'", repr('\\\xc3\xa9')),
                ('"""a\né"""', '"""a\n\\xc3\\xa9"""')]:
            with self.subTest(literal):
                self.assertEqual(modern_string(literal, 'utf-8', False),
                                 modern)
        self.assertEqual(modern_string("'é'", 'latin-1', False), r"'\xe9'")
        self.assertEqual(modern_string("'é'", 'utf-8', True), "'é'")

    def test_neither_version(self):
        for source, line in [('x = 1\nprint "a" b\n', 2),
                             ('def f(:\n', 1),
                             ('if x:\n  a = 1\n b = 2\n', 3)]:
            with self.subTest(source):
                with self.assertRaises(SyntaxError) as caught:
                    convert(source, 'broken.py')
                self.assertEqual(
                    (caught.exception.filename, caught.exception.lineno),
                    ('broken.py', line))


class TestMeaning(unittest.TestCase):

    def test_division(self):
        for expression, value in [
                ('7 / 2', 3), ('-7 / 2', -4), ('7 / 2.', 3.5),
                ('7 / 2 / 2', 1), ('100 * 3 / 7', 42), ('(1 + 2) / (2)', 1),
                ('8 / (3 / 2)', 8), ('True / 2', 0), ('1. * 1 / 2', 0.5),
                ('7 / f', Fraction(14)), ('[5][0] / 2', 2),
                ('(7\n   # half /\n   / 2)', 3)]:
            with self.subTest(expression):
                result = evaluate(expression, f=Fraction(1, 2))
                self.assertEqual(result, value)
                self.assertIs(type(result), type(value))

    def test_division_of_arrays(self):
        integers, floats = numpy.array([7, -7]), numpy.array([7., -7.])
        for a, b, value in [(integers, 2, [3, -4]), (floats, 2, [3.5, -3.5]),
                            (integers, 2., [3.5, -3.5]),
                            (integers, integers, [1, 1])]:
            with self.subTest(f'{a} {b}'):
                result = evaluate('a / b', a=a, b=b)
                assert_array_equal(result, value)
                self.assertEqual(result.dtype, numpy.array(value).dtype)

    def test_division_in_place(self):
        array, whole = numpy.array([1., 3.]), numpy.array([1, 3])
        _, names = execute('''
            same = array
            array /= 2
            whole /= 2
            count = 7
            count /= 2
            class Box(object): pass
            box = Box()
            box.x = [9, 8]
            box.x[0] /= 2
            ''', array=array, whole=whole)
        self.assertIs(names['array'], array)
        assert_array_equal(array, [.5, 1.5])
        assert_array_equal(whole, [0, 1])
        self.assertEqual((names['count'], names['box'].x), (3, [4, 8]))

    def test_true_division_is_kept(self):
        self.assertEqual(evaluate(
            '7 / 2', 'from __future__ import division'), 3.5)
        self.assertEqual(evaluate('7 / 2', python2=False), 3.5)

    def test_division_of_variables(self):
        from theano import tensor
        x, i = tensor.vector('x'), tensor.lscalar('i')
        value = evaluate('x / (i / 2)', x=x, i=i)
        self.assertEqual(
            value.eval({x: numpy.array([3], x.dtype), i: 5}).tolist(), [1.5])

    def test_lists(self):
        for expression, value in [
                ('map(str, (1, 2))', ['1', '2']),
                ('map(None, [1, 2], [3])', [(1, 3), (2, None)]),
                ('map(lambda a, b: (a, b), [1], [2, 3])',
                 [(1, 2), (None, 3)]),
                ('filter(None, (0, 1))', (1,)),
                ('filter(str.isalpha, "a1b")', 'ab'),
                ('filter(None, iter([0, 1]))', [1]),
                ('zip("ab", [1, 2])', [('a', 1), ('b', 2)]),
                ('range(3) + [9]', [0, 1, 2, 9]),
                ('range(3.0)', [0, 1, 2]),
                ('list(xrange(1, 3))', [1, 2]),
                ('{"a": 1}.keys()[0]', 'a'),
                ('{"a": 1}.items() + [2]', [('a', 1), 2]),
                ('{"a": 1}.values()[-1]', 1),
                ('list({"a": 1}.iteritems())', [('a', 1)]),
                ('{"a": 1}.itervalues().next()', 1),
                ('{"a": 1}.has_key("a")', True),
                ('map({"a": 1}.has_key, "ab")', [True, False]),
                ('iter([4]).next()', 4),
                ('reduce(lambda a, b: a + b, [1, 2])', 3)]:
            with self.subTest(expression):
                self.assertEqual(evaluate(expression), value)

    def test_own_methods_are_called(self):
        output, _ = execute('''
            class Node(object):
                next = 5
                def keys(self): return "own keys"
                def has_key(self, key): return "own has_key"
                def iteritems(self): return "own iteritems"
                def sort(self, cmp): return "own sort"
                def decode(self, x): return "own decode"
            n = Node()
            print n.next, n.keys(), n.has_key(1), n.iteritems(), n.sort(2)
            print n.decode(1)
            ''')
        self.assertEqual(output, '5 own keys own has_key own iteritems own '
                                 'sort\nown decode\n')

    def test_dictionary_may_change_while_it_is_iterated(self):
        self.assertEqual(execute('''
            d = {1: 2, 3: 4}
            for k, v in d.items():
                del d[k]
            print d
            ''')[0], '{}\n')

    def test_order(self):
        for expression, value in [
                ('sorted([3, None, "b", 1.5, (1, 2), "a", [4], {}])',
                 [None, 1.5, 3, {}, [4], 'a', 'b', (1, 2)]),
                ('sorted([(1, None), (1, 2), (0, "x")])',
                 [(0, 'x'), (1, None), (1, 2)]),
                ('sorted([1, 3, 2], lambda a, b: cmp(b, a))', [3, 2, 1]),
                ('sorted([1, -3, 2], cmp=lambda a, b: cmp(a, b), key=abs)',
                 [1, 2, -3]),
                ('sorted("ba", reverse=True)', ['b', 'a']),
                ('max(None, "a", 3)', 'a'), ('min([None, 1])', None),
                ('max([1, 2], [1, 3])', [1, 3]),
                ('cmp(1, 2), cmp("b", "a"), cmp(None, None)', (-1, 1, 0))]:
            with self.subTest(expression):
                self.assertEqual(evaluate(expression), value)
        _, names = execute('''
            a = [2, None, 1]
            a.sort()
            b = [1, 2, 3]
            b.sort(lambda x, y: y - x)
            c = ["b", "A"]
            c.sort(key=str.lower, reverse=True)
            ''')
        self.assertEqual([names[name] for name in 'abc'],
                         [[None, 1, 2], [3, 2, 1], ['b', 'A']])

    def test_numbers(self):
        for expression, value in [
                ('round(0.5)', 1.0), ('round(2.5)', 3.0),
                ('round(-1.5)', -2.0), ('round(2.675, 2)', 2.67),
                ('round(0.125, 2)', 0.13), ('round(1234.5, -2)', 1200.0),
                ('round(1e300, 3)', 1e300), ('long("5") + 1L', 6),
                ('isinstance(5, long)', True), ('unichr(233)', 'é'),
                ('coerce(1, 2.5)', (1.0, 2.5)), ('oct(8)', '010'),
                ('oct(0)', '0'), ('oct(-8)', '-010'),
                ('apply(max, (1, 2))', 2)]:
            with self.subTest(expression):
                result = evaluate(expression)
                self.assertEqual(result, value)
                self.assertIs(type(result), type(value))

    def test_strings(self):
        for expression, value in [
                ('isinstance("a", basestring)', True),
                ('isinstance(u"a", unicode)', True),
                ('isinstance(1, basestring)', False),
                ('type("a") == unicode', True),
                ('unicode(5)', '5'), ('unicode("caf\\xc3\\xa9", "utf-8")',
                                      'café'),
                ('len("é")', 2), ('len(u"é")', 1),
                ('"é".decode("utf-8") == u"é"', True),
                ('u"é".encode("utf-8") == "é"', True),
                ('u"é".encode("ascii", "ignore")', ''),
                ('"abc".encode("hex")', '616263'),
                ('"616263".decode("hex")', 'abc'),
                ('"x".encode("base64")', 'eA==\n'),
                ('"uryyb".decode("rot13")', 'hello'),
                ('"x".encode("zlib").decode("zlib")', 'x'),
                ('"a b".translate(None, " ")', 'ab'),
                ('b"a" == "a" and bytes("a\\xff") == "a\\xff"', True),
                ('bytes(5)', '5'), ('isinstance("a", bytes)', True),
                ('bytearray("a\\xff")[1]', 255),
                ('isinstance(bytearray(3), bytearray)', True),
                ('"%s" % unicode', "<class 'blocks.legacy.python2.functions."
                 "unicode'>")]:
            with self.subTest(expression):
                self.assertEqual(evaluate(expression), value)
        self.assertEqual(execute('print "é", u"é", "\\xff"')[0], 'é é ÿ\n')
        with self.assertRaises(UnicodeDecodeError):
            evaluate('"é".decode("ascii")')

    def test_classes(self):
        output, _ = execute('''
            class Meta(type):
                def __new__(cls, name, bases, body):
                    body['made'] = 'by meta'
                    return type.__new__(cls, name, bases, body)
            class A(object):
                __metaclass__ = Meta
                def __init__(self, n): self.n = n
                def __nonzero__(self): return self.n > 0
                def __iter__(self): return self
                def next(self):
                    if not self.n: raise StopIteration
                    self.n -= 1
                    return self.n
                def __div__(self, other): return "div"
                def __cmp__(self, other): return cmp(self.n, other.n)
                def __getslice__(self, a, b): return (a, b)
                def __len__(self): return 10
                def __unicode__(self): return u"text"
            class B(A):
                def __eq__(self, other): return True
            print A.made, bool(A(0)), list(A(2)), A(1) / 2
            print A(1) < A(2), A(1) == A(1), max(A(1), A(3)).n, A(1)[2:]
            print unicode(A(1)), len(set([B(1)])), isinstance(B(1), A)
            ''')
        self.assertEqual(output, 'by meta False [1, 0] div\n'
                         f'True True 3 (2, {sys.maxsize})\ntext 1 True\n')

    def test_slice_methods(self):
        expression = '(x[1:99], x[-1:], x[:2], x[::2], y[3:], y["a":])'
        result = evaluate(expression, '''
            class Sliced:
                def __getslice__(self, start, stop): return start, stop
                def __getitem__(self, index): return index
            class Long(Sliced):
                def __len__(self): return 5
            x, y = Long(), Sliced()
            ''')
        self.assertEqual(result, (
            (1, 99), (4, sys.maxsize), (0, 2), slice(None, None, 2),
            (3, sys.maxsize), slice('a', None)))

    def test_generators_end_by_exceptions(self):
        output, _ = execute('''
            def first(n, values):
                values = iter(values)
                while True:
                    if n == 0:
                        raise StopIteration
                    n -= 1
                    yield values.next()
            print list(first(2, "abc")), list(first(5, "ab"))
            def broken():
                yield 1
                raise RuntimeError, "other"
            try:
                list(broken())
            except RuntimeError, error:
                print error
            def echo():
                got = yield 0
                if got is None: raise StopIteration()
                yield got
            e = echo()
            print e.next(), e.send(5)
            ''')
        self.assertEqual(output, "['a', 'b'] ['a', 'b']\nother\n0 5\n")

    def test_attributes(self):
        output, _ = execute('''
            class A(object):
                def f(self, x=3): "doc"
            a = A()
            print A().f.im_func.func_name, a.f.im_self is a
            print a.f.im_class is A, A().f.im_func.func_defaults
            print ValueError("a").message, repr(ValueError().message)
            ''')
        self.assertEqual(output, "f True\nTrue (3,)\na ''\n")

    def test_attributes_by_name(self):
        result = evaluate('''[
            hasattr("a", "__iter__"), hasattr([1], "__iter__"),
            hasattr(iter([1]), "next"), hasattr([1], "next"),
            hasattr({}, "has_key"), hasattr("a", "decode"),
            getattr(iter([1]), "next")(), getattr("a", "no", 5),
            A.f.im_func is A.__dict__["f"], A.f.im_self]''', '''
            class A(object):
                def f(self): pass
            ''')
        self.assertEqual(result, [False, True, True, False, True, True, 1, 5,
                                  True, None])
        with self.assertRaises(AttributeError):
            evaluate('getattr(1, "no")')

    def test_exceptions(self):
        output, _ = execute('''
            def f(x):
                try:
                    1 / x
                except ZeroDivisionError, error:
                    if x == 0:
                        print "zero"
                except (TypeError, ValueError), error: pass
                else:
                    error = None
                return error
            print f(0), f(1), type(f("a")) is TypeError
            try:
                raise IOError(3, "text")
            except IOError, e:
                number, text = e
                print e[0], e[1], number, text
            try:
                raise KeyError("k")
            except KeyError, e: print e[0]
            print repr(e)
            class Own(Exception):
                pass
            try:
                raise Own, "text"
            except Own, e:
                e = "abc"
                print e[0]
            ''')
        self.assertEqual(output, 'zero\ninteger division or modulo by zero '
                         "None True\n3 text 3 text\nk\nKeyError('k')\na\n")

    def test_evaluated_expressions(self):
        result = evaluate('''[
            eval("7 / 2"), eval("map(str, [x])"), eval(" x", {"x": 3}),
            eval(u"x + y", {"x": 3}, {"y": 4}), map(eval, ["x / 2"]),
            f(9), eval(compile("x", "", "eval"))]''', '''
            x = 5
            def f(value):
                return eval("value / x")
            exec "z = 7 / 2"
            assert z == 3
            ''')
        self.assertEqual(result, [3, ['5'], 3, 7, [2], 1, 5])

    def test_names_of_the_script_take_precedence(self):
        self.assertEqual(execute('''
            def map(x): return "own"
            def f(range): return range
            print map(1), f(2)
            for file in ["a"]: print file
            ''')[0], 'own 2\na\n')


class TestRestored(unittest.TestCase):
    """Names that libraries dropped also return in Python 3 files."""

    def test_methods(self):
        array = numpy.arange(6).reshape(2, 3)
        for python2 in (True, False):
            with self.subTest(python2):
                self.assertEqual(
                    evaluate('a.tostring()', a=array, python2=python2),
                    array.tobytes())
                self.assertEqual(evaluate('a.ptp()', a=array,
                                          python2=python2), 5)
                self.assertEqual(evaluate('a.ptp(axis=0).tolist()', a=array,
                                          python2=python2), [3, 3, 3])
                other = array.copy()
                execute('a.itemset(0, 7)\na.itemset((1, 2), 8)', python2,
                        a=other)
                assert_array_equal(other, [[7, 1, 2], [3, 4, 8]])
                self.assertEqual(
                    evaluate('a.newbyteorder().dtype.isnative', a=array,
                             python2=python2), False)

    def test_slices_of_floats(self):
        array = numpy.arange(6)
        for label, before, expression, value in [
                ('floor', 'import numpy\nn = numpy.floor(2.7)', 'a[:n]',
                 [0, 1]),
                ('product', 'n = 0.5 * len(a)', 'a[n:]', [3, 4, 5]),
                ('sum', 'i = 1.\ni += 1', 'a[i:i + 2]', [2, 3]),
                ('integer', 'n = 2', 'a[n:]', [2, 3, 4, 5])]:
            with self.subTest(label):
                assert_array_equal(evaluate(expression, before, python2=False,
                                            a=array), value)

    def test_hdf5(self):
        with tempfile.TemporaryDirectory() as folder:
            for python2 in (True, False):
                with self.subTest(python2):
                    value = evaluate('f["a"].value', '''
                        import h5py
                        f = h5py.File(path, 'w')
                        f['a'] = [1, 2]
                        ''', python2, path=folder + '/f')
                    assert_array_equal(value, [1, 2])

    def test_other_code_is_unchanged(self):
        source = ('import os\nimport sys\nd = {}\nfor k in d.keys():\n'
                  '    x = map(str, [1 / 2])\nprint(sorted(d.items()))\n')
        converted = convert(source, 'x.py')
        self.assertEqual(converted.text, source)
        self.assertEqual(converted.changes, [])


class TestLines(unittest.TestCase):

    SOURCE = '''\
        # -*- coding: utf-8 -*-
        """Two
        lines."""
        from __future__ import absolute_import
        import cPickle, \\
            os
        class A(object):
            __metaclass__ = type
            def next(self): return 1
        def f(a, (b, c)):
            """Doc."""
            x = (a
                 / 2)
            try:
                raise ValueError, (1, 2)
            except ValueError, (p, q):
                print >>g, "a", \\
                    p
                return 1 / zero
        def last(): return unknown
        '''

    def test_every_line_is_the_original(self):
        source = textwrap.dedent(self.SOURCE)
        converted = convert(source, 'x.py')
        original = source.split('\n')
        for node in ast.walk(ast.parse(converted.text)):
            if isinstance(node, ast.Name) and not node.id.startswith(
                    ('xxx_todo', '_py2')) and node.id not in (
                    'print', 'e', 'g'):  # g follows the printed values
                line = converted.lines[node.lineno]
                with self.subTest(name=node.id, line=line):
                    self.assertIn(node.id, original[line - 1])

    def test_tracebacks(self):
        source = textwrap.dedent(self.SOURCE)
        code = convert(source, 'x.py').compiled('x.py')
        names = {'__name__': 'x', 'zero': 0, 'g': open('/dev/null', 'w')}
        self.addCleanup(names['g'].close)
        exec(code, names)
        for function, args, line in [('f', (1, (2, 3)), 19),
                                     ('last', (), 20)]:
            with self.subTest(function):
                try:
                    names[function](*args)
                except Exception as error:
                    frames = traceback.extract_tb(error.__traceback__)
                own = [frame for frame in frames if frame.filename == 'x.py']
                self.assertEqual(own[-1].lineno, line)
                # columns would point into the converted text
                self.assertIsNone(own[-1].colno)
