import base64
import importlib
import io
import math
import pkgutil
import random
import textwrap
import unittest
import warnings
from unittest import mock

import numpy
from blocks.legacy import modules
from blocks.legacy.imports import DROPPED, PYTHON2
from numpy.testing import assert_allclose, assert_array_equal

from .samples import evaluate, execute, folder

#: Pickles by Python 2.7 and NumPy 1.16 in protocols 0 and 2: {'a':
#: arange(3, dtype='float32'), 'names': ['caf\xc3\xa9', u'caf\xe9'], 7L:
#: array(['x', 'yz']), 's': float64(0.5), 'e': array([[1], [2, 3]])}
PICKLES = (
    'KGRwMQpTJ2EnCmNudW1weS5jb3JlLm11bHRpYXJyYXkKX3JlY29uc3RydWN0CnAyCihjbnVt'
    'cHkKbmRhcnJheQpwMwooSTAKdFMnYicKdFJwNAooSTEKKEkzCnRjbnVtcHkKZHR5cGUKcDUK'
    'KFMnZjQnCkkwCkkxCnRScDYKKEkzClMnPCcKTk5OSS0xCkktMQpJMAp0YkkwMApTJ1x4MDBc'
    'eDAwXHgwMFx4MDBceDAwXHgwMFx4ODA/XHgwMFx4MDBceDAwQCcKdGJzUydzJwpjbnVtcHku'
    'Y29yZS5tdWx0aWFycmF5CnNjYWxhcgpwNwooZzUKKFMnZjgnCkkwCkkxCnRScDgKKEkzClMn'
    'PCcKTk5OSS0xCkktMQpJMAp0YlMnXHgwMFx4MDBceDAwXHgwMFx4MDBceDAwXHhlMD8nCnRS'
    'cDkKc1MnZScKZzIKKGczCihJMAp0UydiJwp0UnAxMAooSTEKKEkyCnRnNQooUydPOCcKSTAK'
    'STEKdFJwMTEKKEkzClMnfCcKTk5OSS0xCkktMQpJNjMKdGJJMDAKKGxwMTIKKGxwMTMKSTEK'
    'YWEobHAxNApJMgphSTMKYWF0YnNTJ25hbWVzJwpwMTUKKGxwMTYKUydjYWZceGMzXHhhOScK'
    'cDE3CmFWY2Fm6QpwMTgKYXNMN0wKZzIKKGczCihJMAp0UydiJwp0UnAxOQooSTEKKEkyCnRn'
    'NQooUydTMicKSTAKSTEKdFJwMjAKKEkzClMnfCcKTk5OSTIKSTEKSTAKdGJJMDAKUyd4XHgw'
    'MHl6Jwp0YnMu',
    'gAJ9cQEoVQFhY251bXB5LmNvcmUubXVsdGlhcnJheQpfcmVjb25zdHJ1Y3QKcQJjbnVtcHkK'
    'bmRhcnJheQpxA0sAhVUBYodScQQoSwFLA4VjbnVtcHkKZHR5cGUKcQVVAmY0SwBLAYdScQYo'
    'SwNVATxOTk5K/////0r/////SwB0YolVDAAAAAAAAIA/AAAAQHRiVQFzY251bXB5LmNvcmUu'
    'bXVsdGlhcnJheQpzY2FsYXIKcQdoBVUCZjhLAEsBh1JxCChLA1UBPE5OTkr/////Sv////9L'
    'AHRiVQgAAAAAAADgP4ZScQlVAWVoAmgDSwCFVQFih1JxCihLAUsChWgFVQJPOEsASwGHUnEL'
    'KEsDVQF8Tk5OSv////9K/////0s/dGKJXXEMKF1xDUsBYV1xDihLAksDZWV0YlUFbmFtZXNx'
    'D11xEChVBWNhZsOpcRFYBQAAAGNhZsOpcRJligEHaAJoA0sAhVUBYodScRMoSwFLAoVoBVUC'
    'UzJLAEsBh1JxFChLA1UBfE5OTksCSwFLAHRiiVUEeAB5enRidS4=')


class TestPickles(unittest.TestCase):

    def test_pickles_of_python2(self):
        for protocol, pickled in zip((0, 2), PICKLES):
            data = base64.b64decode(pickled)
            for module in ('cPickle', 'pickle'):
                for call in ('loads(data)', 'load(f)',
                             'Unpickler(f).load()'):
                    with self.subTest(protocol=protocol, call=call):
                        with warnings.catch_warnings():
                            warnings.simplefilter('error')
                            value = evaluate(
                                f'{module}.{call}', f'import {module}',
                                data=data, f=io.BytesIO(data))
                        self.check(value)

    def test_files_for_both_versions_read_them(self):
        data = base64.b64decode(PICKLES[1])
        with folder({'p': data}) as place:
            for label, before in [
                    ('try', 'try:\n    import cPickle as pickle\n'
                     'except ImportError:\n    import pickle'),
                    ('plain', 'import pickle'),
                    ('six', 'import six.moves.cPickle as pickle'),
                    ('from six', 'from six.moves import cPickle as pickle, '
                     'zip')]:
                for mode in ('r', 'rb'):
                    with self.subTest(label, mode=mode):
                        self.check(evaluate(
                            f'pickle.load(open(path, {mode!r}))', before,
                            python2=False, path=place + '/p'))

    def check(self, value):
        assert_array_equal(value['a'], numpy.arange(3, dtype='float32'))
        self.assertEqual(value['a'].dtype, 'float32')
        self.assertEqual(value['names'], ['caf\xc3\xa9', 'café'])
        assert_array_equal(value[7], [b'x', b'yz'])
        self.assertEqual(value['s'], 0.5)
        self.assertEqual(value['e'].tolist(), [[1], [2, 3]])

    def test_written_and_read_in_text_mode(self):
        with folder({}) as place:
            _, names = execute('''
                import cPickle as pickle
                value = {"a": [1, u"é"], "b": (None, 2.5)}
                for protocol in (0, 2, -1, pickle.HIGHEST_PROTOCOL):
                    with open(path, "w") as f:
                        pickle.dump(value, f, protocol=protocol)
                    with open(path, "r") as f:
                        assert pickle.load(f) == value
                copy = pickle.loads(pickle.dumps(value, 2))
                f = open(path, "wb")
                pickler = pickle.Pickler(f, 2)
                pickler.dump(1)
                pickler.dump(2)
                f.close()
                f = open(path)
                both = [pickle.load(f), pickle.load(f)]
                ''', path=place + '/p')
        self.assertEqual(names['copy'], names['value'])
        self.assertEqual(names['both'], [1, 2])


class TestRandom(unittest.TestCase):

    def test_numbers_of_python2(self):
        """The numbers were drawn by Python 2.7 after random.seed(3)."""
        state = random.getstate()
        self.addCleanup(random.setstate, state)
        draws = '''
            values = [{0}.randint(1, 100), {0}.choice("abcdefgh"),
                      {0}.sample(range(30), 4), {0}.sample(range(1000), 7),
                      {0}.randrange(5, 500, 5)]
            number = {0}.uniform(0, 1)
            order = range(10)
            {0}.shuffle(order)
            '''
        for label, before, generator in [
                ('module', 'import random\nrandom.seed(3)\n', 'random'),
                ('instance', 'import random\nr = random.Random(3)\n', 'r'),
                ('reseeded', 'import random\nr = random.Random()\n'
                 'r.seed(3)\n', 'r')]:
            with self.subTest(label):
                _, names = execute(before + textwrap.dedent(
                    draws.format(generator)))
                self.assertEqual(
                    names['values'],
                    [24, 'e', [11, 18, 1, 0],
                     [837, 259, 234, 995, 470, 836, 476], 320])
                self.assertAlmostEqual(names['number'], 0.150616424024, 11)
                self.assertEqual(names['order'],
                                 [2, 9, 1, 3, 0, 8, 5, 4, 7, 6])
        self.assertAlmostEqual(evaluate(
            'random.random()', 'import random\nrandom.seed("text")'),
            0.325292252952, 11)

    def test_state_is_shared(self):
        state = random.getstate()
        self.addCleanup(random.setstate, state)
        execute('import random\nrandom.seed(5)\nrandom.shuffle([1, 2, 3])')
        self.assertEqual(random.random(), self.third_of(5))

    @staticmethod
    def third_of(seed):
        own = random.Random(seed)
        own.random(), own.random()
        return own.random()


class TestNumPy(unittest.TestCase):

    def test_names(self):
        for python2 in (True, False):
            for expression, value in [
                    ('np.cast["int32"](3.7)', 3),
                    ('np.cast[np.float](2)', 2.0),
                    ('np.float is float and np.int is int', True),
                    ('np.bool is bool and np.object is object', True),
                    ('np.product([2, 3])', 6), ('np.Inf', math.inf),
                    ('np.isnan(np.NaN)', True), ('np.infty', math.inf),
                    ('np.asscalar(np.array([5]))', 5),
                    ('np.in1d([1, 2], [2]).tolist()', [False, True]),
                    ('np.alltrue([1, 0])', False),
                    ('np.sometrue([1, 0])', True),
                    ('np.row_stack([[1], [2]]).tolist()', [[1], [2]]),
                    ('np.trapz([1, 3])', 2.0),
                    ('np.float_ is np.float64', True),
                    ('np.rank([[1]])', 2),
                    ('np.fromstring("1 2", sep=" ").tolist()', [1, 2]),
                    ('np.fromstring(b"\\x01\\x02", "uint8").tolist()',
                     [1, 2]),
                    ('np.zeros((4 / 2., 3)).shape', (2, 3)),
                    ('np.array([[1], [2, 3]]).tolist()', [[1], [2, 3]]),
                    ('np.array([[1], [2, 3]]).dtype.kind', 'O'),
                    ('np.linalg.norm([3, 4])', 5),
                    ('1 <= np.random.random_integers(3) <= 3', True),
                    ('np.random.RandomState(1).rand() < 1', True)]:
                with self.subTest(expression, python2=python2):
                    with warnings.catch_warnings():
                        warnings.simplefilter('error')
                        self.assertEqual(evaluate(
                            expression, 'import numpy as np', python2), value)

    def test_ways_to_import(self):
        for label, before, expression in [
                ('as', 'import numpy as np', 'np.cast'),
                ('plain', 'import numpy', 'numpy.cast'),
                ('among others', 'import os, numpy, sys', 'numpy.cast'),
                ('name', 'from numpy import cast, zeros', 'cast'),
                ('renamed', 'from numpy import cast as c', 'c'),
                ('star', 'from numpy import *', 'cast'),
                ('submodule first', 'import numpy.linalg', 'numpy.cast'),
                ('submodule', 'import numpy.random as r',
                 'r.random_integers and {"float32": abs}'),
                ('from submodule', 'from numpy import random as r',
                 'r.random_integers and {"float32": abs}'),
                ('name of submodule',
                 'from numpy.random import random_integers as r',
                 'r and {"float32": abs}')]:
            with self.subTest(label):
                function = evaluate(f'({expression})["float32"]', before)
                self.assertEqual(function(2), 2.0)

    def test_star_leaves_builtins(self):
        self.assertEqual(evaluate(
            'max([1, 2], [1, 3]), abs(-1), round(2.5), sin(0)',
            'from numpy import *'), ([1, 3], 1, 3.0, 0.0))

    def test_installed_numpy_is_untouched(self):
        before = set(dir(numpy)), numpy.array, numpy.load
        execute('import numpy\nnumpy.cast["int8"](1)\n'
                'numpy.array([[1], [1, 2]])')
        self.assertEqual((set(dir(numpy)), numpy.array, numpy.load), before)
        with self.assertRaises(AttributeError):
            numpy.cast

    def test_missing_names_stay_missing(self):
        for module in ('numpy', 'collections'):
            with self.assertRaisesRegex(
                    AttributeError, f"'{module}' has no attribute 'nothing'"):
                evaluate(f'{module}.nothing, {module}.Mapping',
                         f'import {module}')


class TestOthers(unittest.TestCase):

    def test_all_modules_have_the_names_they_declare(self):
        for found in pkgutil.walk_packages(modules.__path__,
                                           modules.__name__ + '.'):
            with self.subTest(found.name):
                module = importlib.import_module(found.name)
                for name in [*vars(module).get('__given__', ()),
                             *vars(module).get('__all__', ())]:
                    self.assertTrue(hasattr(module, name), name)

    def test_tables_agree_with_the_modules(self):
        for name, called in {**PYTHON2, **DROPPED}.items():
            with self.subTest(name):
                if name == 'six.moves.cPickle':
                    continue  # an attribute of six.moves
                module = importlib.import_module(f'{modules.__name__}.{name}')
                given = vars(module).get('__given__', frozenset())
                self.assertLessEqual(set(called or ()), given)

    def test_modules_hide_no_name_of_the_real_module(self):
        """`time.time` must not be the module that the replacement imports."""
        for found in pkgutil.walk_packages(modules.__path__,
                                           modules.__name__ + '.'):
            module = importlib.import_module(found.name)
            real = vars(module).get('__real__')
            for name, value in vars(module).items():
                if (real is not None and not name.startswith('_')
                        and name not in vars(module)['__given__']):
                    with self.subTest(found.name, name=name):
                        self.assertIs(getattr(real, name, value), value)

    def test_restored_names_in_both_versions(self):
        for python2 in (True, False):
            for module, expression, value in [
                    ('collections', 'isinstance({}, collections.Mapping)',
                     True),
                    ('collections', 'collections.OrderedDict([(1, 2)])[1]',
                     2),
                    ('inspect', 'inspect.getargspec(lambda a, *b, **c: 0)'
                     '[:3]', (['a'], 'b', 'c')),
                    ('fractions', 'fractions.gcd(12, 18)', 6),
                    ('time', 'time.clock() >= 0 and time.time() > 1e9', True),
                    ('yaml', 'yaml.load("a: [1, x]")', {'a': [1, 'x']}),
                    ('base64', 'base64.decodestring(base64.encodestring('
                     'b"x"))', 'x' if python2 else b'x'),
                    ('imp', 'imp.new_module("m").__name__', 'm'),
                    ('scipy', 'scipy.zeros(2).tolist()', [0, 0]),
                    ('scipy.misc', 'scipy.misc.logsumexp([0, 0])',
                     math.log(2)),
                    ('scipy.misc', 'scipy.misc.factorial(4)', 24)]:
                with self.subTest(expression, python2=python2):
                    result = evaluate(expression, f'import {module}', python2)
                    self.assertEqual(result, value)

    def test_python2_modules(self):
        for module, expression, value in [
                ('itertools', 'list(itertools.izip("ab", [1, 2]))',
                 [('a', 1), ('b', 2)]),
                ('itertools', 'list(itertools.imap(abs, [-1]))', [1]),
                ('itertools', 'list(itertools.imap(None, [1], [2]))',
                 [(1, 2)]),
                ('itertools', 'list(itertools.count(2).next() '
                 'for i in [1])', [2]),
                ('string', 'string.letters[:2] + string.lowercase[-1]',
                 'abz'),
                ('string', 'string.join(["a", "b"], "-")', 'a-b'),
                ('string', '"abc".translate(string.maketrans("ab", "xy"))',
                 'xyc'),
                ('os', 'os.getcwdu() == os.getcwd()', True),
                ('sys', 'sys.maxint', 2 ** 63 - 1),
                ('types', 'isinstance([], types.ListType)', True),
                ('types', 'isinstance("", types.StringTypes)', True),
                ('operator', 'operator.div(7, 2)', 3),
                ('Queue', 'Queue.Queue(1).maxsize', 1),
                ('md5', 'md5.new("a").hexdigest()',
                 '0cc175b9c0f1b6a831c399e269772661'),
                ('hashlib', 'hashlib.md5("\\xff").hexdigest()',
                 '00594fd4f42ba43fc1ca0427a0576295'),
                ('sha', 'sha.new("a").hexdigest()[:6]', '86f7e4'),
                ('sets', 'sets.Set([1]) == set([1])', True),
                ('commands', 'commands.getstatusoutput("echo a; exit 3")',
                 (768, 'a')),
                ('subprocess', 'subprocess.Popen(["cat"], stdin=-1, '
                 'stdout=-1).communicate("a\\xff")', ('a\xff', None)),
                ('subprocess', 'subprocess.check_output(["echo", "a"])',
                 'a\n'),
                ('struct', 'struct.unpack("<h2s", struct.pack("<h2s", 258, '
                 '"ab"))', (258, 'ab')),
                ('zlib', 'zlib.crc32("x")', -1931733373),
                ('zlib', 'zlib.decompress(zlib.compress("\\xff"))', '\xff'),
                ('binascii', 'binascii.hexlify("ab")', '6162'),
                ('base64', 'base64.b64encode("\\xff")', '/w=='),
                ('urllib', 'urllib.quote("a b")', 'a%20b'),
                ('urlparse', 'urlparse.urlparse("http://x/y").path', '/y'),
                ('copy_reg', 'copy_reg.__name__', 'copyreg'),
                ('exceptions', 'exceptions.KeyError is KeyError', True)]:
            with self.subTest(expression):
                self.assertEqual(evaluate(expression, f'import {module}'),
                                 value)
        output, _ = execute('''
            from UserDict import DictMixin, UserDict
            class Doubled(DictMixin):
                def __getitem__(self, key):
                    if key not in (1, 2): raise KeyError(key)
                    return 2 * key
                def keys(self): return [1, 2]
            d = Doubled()
            print d.items(), d.has_key(1), 3 in d, d.get(3), len(d)
            print UserDict({1: 2}).data
            import contextlib
            @contextlib.contextmanager
            def made(x): yield x
            with contextlib.nested(made(1), made(2)) as (a, b): print a, b
            ''')
        self.assertEqual(output, '[(1, 2), (2, 4)] True False None 2\n'
                         '{1: 2}\n1 2\n')
        output, _ = execute('''
            from ConfigParser import SafeConfigParser
            from StringIO import StringIO
            parser = SafeConfigParser({'x': '1'})
            parser.readfp(StringIO("[a]\\nb=%(x)s2\\nb=%(x)s3"))
            print parser.get("a", "b"), parser.getint("a", "b")
            ''')
        self.assertEqual(output, '13 13\n')

    def test_setting_reaches_the_real_module(self):
        import sys
        with mock.patch.object(sys, 'stdout', sys.stdout):
            execute('''
                import sys
                reload(sys)
                sys.setdefaultencoding("utf-8")
                class Quiet(object):
                    def write(self, text): kept.append(text)
                kept, sys.stdout = [], Quiet()
                print "to nobody"
                assert kept == ["to nobody", "\\n"], kept
                ''')

    def test_assigned_name_replaces_the_original(self):
        import os
        with mock.patch.object(os, 'getpid', os.getpid):
            output, _ = execute('''
                import os
                os.getcwdu(), os.getpid()
                os.getpid = lambda: "set"
                print os.getpid()
                ''')
            self.assertEqual((output, os.getpid()), ('set\n', 'set'))

    def test_images(self):
        from blocks.legacy.modules.scipy import misc
        array = numpy.arange(48).reshape(4, 4, 3).astype('uint8')
        with folder({}) as place:
            misc.imsave(place + '/a.png', array)
            assert_array_equal(misc.imread(place + '/a.png'), array)
            grey = misc.imread(place + '/a.png', flatten=True)
        # the weights of ITU-R 601-2
        assert_allclose(grey, array @ numpy.array([.299, .587, .114]),
                        atol=.01)
        self.assertEqual(misc.imresize(array, (8, 2)).shape, (8, 2, 3))
        self.assertEqual(misc.imresize(array, 50).shape, (2, 2, 3))
        self.assertEqual(misc.imresize(array, 2.).shape, (8, 8, 3))
        constant = numpy.full((4, 4), 7, 'uint8')
        assert_array_equal(misc.imresize(constant, (2, 3)),
                           numpy.full((2, 3), 7))
        assert_array_equal(misc.bytescale(numpy.array([[0., 1.], [2., 4.]])),
                           [[0, 64], [128, 255]])
        with self.assertRaisesRegex(ValueError, '3 or 4 channels'):
            misc.toimage(numpy.zeros((5, 5, 7)))
