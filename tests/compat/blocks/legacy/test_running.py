import contextlib
import io
import os
import sys
import unittest
from unittest import mock

from blocks.legacy import command as command_module
from blocks.legacy.loading import Finder, Loader, Project, current_project

from .samples import REPOSITORY, command, folder

PACKAGE = {
    'script.py': '''
        import os, sys
        import helper, pack.inner
        from pack import inner as again
        print "script", __name__, sys.argv[1:], os.path.basename(__file__)
        print helper.half(7)
        print pack.inner.number, again is pack.inner, pack.inner.deep()
        ''',
    'helper.py': '''
        import os
        print "helper", __name__
        def half(x):
            return x / 2
        ''',
    'pack/__init__.py': '',
    'pack/inner.py': '''
        import sibling
        from sibling import value
        import sub.deeper
        number = sibling.value / 2
        def deep():
            return sub.deeper.VALUE, sub.__name__
        ''',
    'pack/sibling.py': 'value = 7\n',
    'pack/sub/__init__.py': '',
    'pack/sub/deeper.py': 'VALUE = 5 / 2\n',
}


class TestCommand(unittest.TestCase):

    def test_script_and_its_modules(self):
        with folder(PACKAGE) as place:
            done = command('script.py', '-x', '--two', '3', cwd=place)
            files = [name for _, _, names in os.walk(place) for name in names]
        self.assertEqual(done.stderr, '')
        self.assertEqual(
            done.stdout,
            "helper helper\n"
            "script __main__ ['-x', '--two', '3'] script.py\n"
            "3\n"
            "3 True (2, 'pack.sub')\n")
        self.assertEqual(done.returncode, 0)
        self.assertFalse([name for name in files if name.endswith('.pyc')])

    def test_unwritable_home(self):
        places = dict(HOME=os.devnull, XDG_CACHE_HOME='')
        with folder(PACKAGE) as place, mock.patch.dict(os.environ, places):
            del os.environ['XDG_CACHE_HOME']
            done = command('script.py', cwd=place)
        self.assertEqual((done.stderr, done.returncode), ('', 0))

    @unittest.skipUnless(os.path.exists('/dev/full'), 'needs /dev/full')
    def test_unwritable_output(self):
        with folder(PACKAGE) as place, open('/dev/full', 'w') as full:
            done = command('--explain', 'script.py', cwd=place, stdout=full)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, r'\A.*: error: .*No space left on '
                             r'device\n\Z')
            reader, writer = os.pipe()
            os.close(reader)
            with open(writer, 'w') as closed:
                done = command('--explain', 'script.py', cwd=place,
                               stdout=closed)
            self.assertEqual((done.stderr, done.returncode), ('', 141))

    def test_traceback(self):
        with folder({'script.py': '''
                import helper

                def outer(a, (b, c)):
                    return helper.inner(a)

                try:
                    outer(1, (2, 3))
                except ZeroDivisionError, error:
                    print "caught", error.message
                    outer("x", (2, 3))
                ''', 'helper.py': '''
                def inner(x):
                    # a comment
                    return {"s": x /
                            0}.keys()
                '''}) as place:
            done = command('script.py', cwd=place)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout,
                         'caught integer division or modulo by zero\n')
        self.assertEqual(done.stderr.split('\n')[-11:], f'''\
During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "{place}/script.py", line 10, in <module>
    outer("x", (2, 3))
  File "{place}/script.py", line 4, in outer
    return helper.inner(a)
  File "{place}/helper.py", line 3, in inner
    return {{"s": x /
TypeError: unsupported operand type(s) for /: 'str' and 'int'
'''.split('\n'))
        self.assertNotIn('legacy', done.stderr.replace(place, ''))

    def test_exit_codes(self):
        for label, source, code, error in [
                ('exit', 'import sys\nprint 1\nsys.exit(5)', 5, ''),
                ('message', 'raise SystemExit, "enough"', 1, 'enough\n'),
                ('syntax', 'x = 1\nif x:\nprint x\n', 1,
                 'invalid syntax, in Python 2 and in Python 3\n')]:
            with self.subTest(label), folder({'s.py': source}) as place:
                done = command('s.py', cwd=place)
                self.assertEqual(done.returncode, code)
                self.assertTrue(done.stderr.endswith(error), done.stderr)
                if label == 'syntax':
                    self.assertIn('/s.py", line 3\n', done.stderr)

    def test_pickled_classes_of_the_script_load_again(self):
        """Classes of __main__ are found by name, as in any script."""
        with folder({'s.py': '''
                import cPickle, os
                class Model:
                    def __init__(self): self.n = 3
                if not os.path.exists("m.pkl"):
                    cPickle.dump(Model(), open("m.pkl", "w"))
                print cPickle.load(open("m.pkl")).n, Model.__module__
                '''}) as place:
            for _ in range(2):
                done = command('s.py', cwd=place)
                self.assertEqual((done.stdout, done.stderr),
                                 ('3 __main__\n', ''))

    def test_usage_errors(self):
        with folder({'s.py': 'print 1'}) as place:
            for arguments, message in [
                    ([place + '/none.py'], 'there is no file .*none.py'),
                    ([place], 'is not a file'), ([], 'SCRIPT'),
                    (['--nonsense', place + '/s.py'], '--nonsense'),
                    (['--write', place, place + '/s.py'],
                     's.py.* exists; choose another folder'),
                    (['--write', place + '/s.py', place + '/s.py'],
                     'is not a folder'),
                    (['--python2', '--python3', place + '/s.py'],
                     'not allowed')]:
                with self.subTest(arguments):
                    errors = io.StringIO()
                    with contextlib.redirect_stderr(errors):
                        with self.assertRaises(SystemExit) as caught:
                            command_module.main(arguments)
                    self.assertEqual(caught.exception.code, 2)
                    self.assertRegex(errors.getvalue(), message)
                    self.assertEqual(errors.getvalue().count('\n'), 1)
                    self.assertTrue(errors.getvalue().startswith(
                        'blocks-legacy: '))

    def test_training(self):
        """A script of 2015 trains through Fuel and Blocks."""
        with folder({'train.py': '''
                import numpy
                import cPickle
                import theano
                from theano import tensor
                from fuel.datasets import IterableDataset
                from fuel.streams import DataStream
                from blocks.algorithms import GradientDescent, Scale
                from blocks.bricks import Linear
                from blocks.extensions import FinishAfter
                from blocks.graph import ComputationGraph
                from blocks.initialization import Constant
                from blocks.main_loop import MainLoop
                floatX = theano.config.floatX
                x, y = tensor.matrix('x'), tensor.matrix('y')
                linear = Linear(input_dim=2, output_dim=3 / 2, use_bias=False,
                                weights_init=Constant(0))
                linear.initialize()
                cost = ((linear.apply(x) - y) ** 2).mean()
                xs = [numpy.cast[floatX](numpy.eye(2)) for _ in xrange(60)]
                ys = map(lambda a: a[:, :1] * 4, xs)
                stream = DataStream(IterableDataset({'x': xs, 'y': ys}))
                loop = MainLoop(GradientDescent(
                    cost=cost, parameters=ComputationGraph(cost).parameters,
                    step_rule=Scale(0.5)), stream,
                    extensions=[FinishAfter(after_n_epochs=1)])
                loop.run()
                with open('w.pkl', 'w') as f:
                    cPickle.dump(linear.W.get_value(), f, protocol=2)
                print numpy.round(cPickle.load(open('w.pkl')).ravel(), 3)
                '''}) as place:
            done = command('train.py', cwd=place,
                           THEANO_FLAGS='floatX=float64')
        self.assertEqual((done.stdout, done.returncode), ('[4. 0.]\n', 0),
                         done.stderr)


class TestProject(unittest.TestCase):

    def project(self, place, python2=None):
        patch = mock.patch.object(sys, 'path', [place, *sys.path[1:]])
        patch.start()
        self.addCleanup(patch.stop)
        return Project(place + '/s.py', python2)

    def test_files_valid_in_both_follow_the_others(self):
        either = 'def half(x): return x / 2\n'
        for label, script, other, python2, expected in [
                ('script', 'print 1\nimport a', 'x = 1', None, True),
                ('module', 'import a, b', 'import cPickle', None, True),
                ('neither', 'import a, b', 'x = 1', None, False),
                ('unrelated', 'import a', 'import cPickle', None, False),
                ('told 2', 'import a', 'x = 1', True, True),
                ('told 3', 'import a, cPickle', 'x = 1', False, False)]:
            with self.subTest(label), folder(
                    {'s.py': script, 'a.py': either, 'b.py': other}) as place:
                project = self.project(place, python2)
                text = project.convert(place + '/a.py').text
                self.assertEqual('_py2.div' in text, expected)

    def test_which_files_belong_to_the_script(self):
        import numpy
        with folder({'p/__init__.py': '', 'p/q/__init__.py': '',
                     'p/q/s.py': '', 'p/r.py': '', 'other/t.py': '',
                     'pip/t.py': '', 'pip/x.dist-info/RECORD': ''}) as place:
            path = [place + '/p/q', *sys.path[1:]]
            with mock.patch.object(sys, 'path', path):
                project = Project(place + '/p/q/s.py')
                for label, file, owned in [
                        ('beside', '/p/q/s.py', True),
                        ('package', '/p/r.py', True),
                        ('on the path', '/other/t.py', True),
                        ('installed', '/pip/t.py', False)]:
                    with self.subTest(label):
                        self.assertEqual(project.owns(place + file),
                                         label in ('beside', 'package'))
                        sys.path.append(os.path.dirname(place + file))
                        self.assertEqual(project.owns(place + file), owned)
                for file in (numpy.__file__, os.__file__,
                             command_module.__file__):
                    self.assertFalse(project.owns(file), file)

    def test_finder_skips_installed_modules(self):
        with folder({'s.py': 'x = 1', 'json.py': 'print 5'}) as place:
            project = self.project(place)
            finder = Finder(project)
            self.assertIsInstance(finder.find_spec('json').loader, Loader)
            for name in ('numpy', 'fuel', 'os', 'sys', 'nothing_like_it'):
                with self.subTest(name):
                    self.assertIsNone(finder.find_spec(name))

    def test_no_project_without_a_script(self):
        self.assertIsNone(current_project())

    def test_execfile_and_reload(self):
        with folder({'s.py': '''
                import helper
                execfile("settings.py")
                print rate
                execfile("either.py")
                assert half == 3
                open("helper.py", "w").write("n = 5 / 2; print n")
                reload(helper)
                import imp
                print imp.load_source("other", "settings.py").rate
                ''', 'helper.py': 'print "first"', 'settings.py': '''
                print "settings"
                rate = 3 / 2
                ''', 'either.py': 'half = 7 / 2'}) as place:
            done = command('s.py', cwd=place)
        self.assertEqual(
            (done.stdout, done.stderr),
            ('first\nsettings\n1\n2\nsettings\n1\n', ''))


class TestEntryPoint(unittest.TestCase):

    def test_is_declared(self):
        with open(os.path.join(REPOSITORY, 'setup.py')) as file:
            self.assertIn("'blocks-legacy = blocks.legacy.command:console'",
                          file.read())
        with mock.patch.object(sys, 'argv', ['blocks-legacy']):
            with contextlib.redirect_stderr(io.StringIO()):
                with self.assertRaises(SystemExit) as caught:
                    command_module.console()
        self.assertEqual(caught.exception.code, 2)
