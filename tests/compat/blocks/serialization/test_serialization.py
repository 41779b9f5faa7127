import io
import os
import pickle
import sys
import tarfile
import tempfile
import unittest
from functools import partial
from unittest import mock

import numpy
import theano
from blocks import serialization
from blocks.bricks import MLP, Linear, Tanh
from blocks.initialization import Constant, IsotropicGaussian
from blocks.serialization import (
    ParameterNamer,
    add_to_dump,
    continue_training,
    dump,
    dump_and_add_to_dump,
    load,
    load_parameters,
    secure_dump,
)
from numpy.testing import assert_array_equal
from theano import tensor

from tests.compat.blocks.serialization import make_original_checkpoint

ORIGINAL = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                        'original_checkpoint.tar')


def two_layers(name='mlp'):
    """Return an initialised MLP and its two weight matrices."""
    mlp = MLP([Tanh(), None], [3, 4, 2], name=name, seed=1,
              weights_init=IsotropicGaussian(1), biases_init=Constant(0))
    mlp.initialize()
    return mlp, [layer.W for layer in mlp.linear_transformations]


def members(file_):
    file_.seek(0)
    with tarfile.open(fileobj=file_) as archive:
        return archive.getnames()


class TestDump(unittest.TestCase):

    def setUp(self):
        self.file = io.BytesIO()
        self.mlp, self.weights = two_layers()

    def test_object_and_parameters(self):
        dump(self.mlp, self.file, parameters=self.weights)
        self.assertEqual(members(self.file), ['_parameters', '_pkl'])
        parameters = load_parameters(self.file)
        self.assertEqual(set(parameters),
                         {'/mlp/linear_0.W', '/mlp/linear_1.W'})
        for weight, value in zip(self.weights, parameters.values()):
            assert_array_equal(weight.get_value(), value)
            self.assertEqual(value.dtype, theano.config.floatX)
        again = load(self.file)
        for weight, layer in zip(self.weights, again.linear_transformations):
            self.assertIsNot(layer.W, weight)
            assert_array_equal(layer.W.get_value(), weight.get_value())

    def test_parameters_are_not_in_the_pickle(self):
        with_values, without = io.BytesIO(), io.BytesIO()
        brick = Linear(100, 100, weights_init=Constant(1), use_bias=False)
        brick.initialize()
        dump(brick, with_values)
        dump(brick, without, parameters=brick.parameters)
        with tarfile.open(fileobj=io.BytesIO(without.getvalue())) as archive:
            size = archive.getmember('_pkl').size
        self.assertLess(size, len(with_values.getvalue()) - 100 * 100 * 4)

    def test_repeated_references_share_one_array(self):
        W = self.weights[0]
        dump([W, W.container.storage[0]], self.file, parameters=[W])
        W, array = load(self.file)
        self.assertIs(W.container.storage[0], array)

    def test_parameters_alone(self):
        dump(None, self.file, parameters=self.weights)
        self.assertEqual(members(self.file), ['_parameters'])
        self.assertRaises(KeyError, load, self.file)

    def test_object_alone(self):
        dump(self.mlp, self.file)
        self.assertEqual(members(self.file), ['_pkl'])
        self.assertRaisesRegex(KeyError, 'no parameters', load_parameters,
                               self.file)

    def test_numpy_reads_the_parameters(self):
        dump(self.mlp, self.file, parameters=self.weights)
        self.file.seek(0)
        with tarfile.open(fileobj=self.file) as archive, numpy.load(
                archive.extractfile('_parameters'),
                allow_pickle=False) as arrays:
            self.assertEqual(sorted(arrays),
                             ['|mlp|linear_0.W', '|mlp|linear_1.W'])

    def test_load_parameters_never_unpickles(self):
        class Bomb:
            def __reduce__(self):
                return exec, ('raise SystemExit',)

        dump(Bomb(), self.file, parameters=self.weights)
        with mock.patch.object(serialization, 'Unpickler', None):
            load_parameters(self.file)
        self.assertRaises(SystemExit, load, self.file)
        member = io.BytesIO()
        numpy.savez(member, **{'|x.W': numpy.array([Bomb()])})
        file_ = io.BytesIO()
        with tarfile.TarFile(fileobj=file_, mode='w') as archive:
            info = tarfile.TarInfo('_parameters')
            info.size = member.tell()
            member.seek(0)
            archive.addfile(info, member)
        self.assertRaisesRegex(ValueError, 'allow_pickle', load_parameters,
                               file_)

    def test_further_objects(self):
        dump(self.mlp, self.file, parameters=self.weights)
        add_to_dump(self.mlp.children[0], self.file, 'child',
                    parameters=self.weights[:1])
        add_to_dump({'a': 1}, self.file, 'facts')
        self.assertEqual(members(self.file),
                         ['_parameters', '_pkl', 'child', 'facts'])
        child = load(self.file, 'child')
        assert_array_equal(child.W.get_value(), self.weights[0].get_value())
        self.assertEqual(load(self.file, 'facts'), {'a': 1})
        self.assertEqual(load(self.file).name, 'mlp')
        for name in '_pkl', '_parameters':
            self.assertRaisesRegex(ValueError, 'reserved', add_to_dump, 1,
                                   self.file, name)
        other, weights = two_layers('other')
        self.assertRaisesRegex(
            ValueError, r'not in the file: \|other\|linear_0.W', add_to_dump,
            other, self.file, 'other', parameters=weights)
        self.assertRaises(KeyError, load, self.file, 'other')

    def test_everything_together(self):
        dump_and_add_to_dump(self.mlp, self.file, self.weights,
                             {'child': self.mlp.children[0], 'n': 3})
        self.assertEqual(load(self.file, 'n'), 3)
        self.assertEqual(load(self.file, 'child').name, 'linear_0')

    def test_all_protocols(self):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            for use_cpickle in (False, True):
                file_ = io.BytesIO()
                dump(self.mlp, file_, parameters=self.weights,
                     protocol=protocol, use_cpickle=use_cpickle)
                again = load(file_, use_cpickle=use_cpickle)
                assert_array_equal(
                    again.linear_transformations[1].W.get_value(),
                    self.weights[1].get_value())

    def test_names(self):
        named, tagged = (theano.shared(0., name='n') for _ in range(2))
        tagged.tag.name = 'tagged'
        nameless = theano.shared(0.)
        namer = ParameterNamer()
        self.assertEqual(
            [namer(variable) for variable in [
                self.weights[0], named, tagged, nameless, nameless, named,
                nameless]],
            ['|mlp|linear_0.W', 'n', 'tagged', 'parameter', 'parameter_2',
             'n_2', 'parameter_3'])


def identity(x):
    return x


class TestFunctions(unittest.TestCase):

    def test_functions_without_a_name(self):
        def local(x):
            return x

        for function in (lambda x: x), local:
            self.assertRaisesRegex(
                pickle.PicklingError, 'cannot be saved.*top level of a module',
                dump, {'a': [function]}, io.BytesIO())
        file_ = io.BytesIO()
        dump(partial(identity, 3), file_)
        self.assertEqual(load(file_)(), 3)

    def test_main_module(self):
        main = sys.modules['__main__']
        for thing, kind in [(lambda: None, 'function'),
                            (type('Thing', (), {}), 'class')]:
            thing.__module__, thing.__qualname__ = '__main__', 'thing'
            with mock.patch.object(main, 'thing', thing, create=True):
                with self.assertWarnsRegex(UserWarning,
                                           f"the {kind} 'thing'.*__main__"):
                    dump([thing], io.BytesIO())

    def test_deep_graphs(self):
        x = start = tensor.scalar('x')
        for _ in range(2000):
            x = -x
        file_ = io.BytesIO()
        dump([start, x], file_)
        start, x = load(file_)
        self.assertEqual(x.owner.op, (-start).owner.op)


class TestSecureDump(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(self.folder, 'saved.tar')
        secure_dump('old', self.path)

    def content(self, path=None):
        with open(path or self.path, 'rb') as file_:
            return load(file_)

    def test_replaces(self):
        secure_dump('new', self.path)
        self.assertEqual(self.content(), 'new')
        self.assertEqual(os.listdir(self.folder), ['saved.tar'])

    def test_failure_leaves_the_old_file(self):
        def fail(object_, file_):
            file_.write(b'half')
            raise error

        for error in OSError('disk full'), KeyboardInterrupt():
            self.assertRaises(type(error), secure_dump, 'new', self.path,
                              dump_function=fail)
            self.assertEqual(self.content(), 'old')
            self.assertEqual(os.listdir(self.folder), ['saved.tar'])

    def test_synced_to_disk_before_it_is_renamed(self):
        calls = []
        with mock.patch('os.fsync', lambda fd: calls.append('fsync')), \
                mock.patch('os.replace', lambda a, b: calls.append(
                    (os.path.dirname(a), b))):
            secure_dump('new', self.path)
        self.assertEqual(calls, [
            'fsync', (os.path.realpath(self.folder),
                      os.path.realpath(self.path)), 'fsync'])

    def test_links_and_relative_paths(self):
        link = os.path.join(self.folder, 'link')
        os.symlink(self.path, link)
        secure_dump('new', link)
        self.assertTrue(os.path.islink(link))
        self.assertEqual(self.content(), 'new')
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)
        secure_dump('newer', 'saved.tar')
        self.assertEqual(self.content(), 'newer')

    def test_other_dump_functions(self):
        secure_dump({'a': 1}, self.path, dump_function=pickle.dump)
        with open(self.path, 'rb') as file_:
            self.assertEqual(pickle.load(file_), {'a': 1})

    def test_permissions_follow_the_umask(self):
        mask = os.umask(0o027)
        self.addCleanup(os.umask, mask)
        secure_dump('new', self.path)
        self.assertEqual(os.stat(self.path).st_mode & 0o777, 0o640)


class TestOriginalFiles(unittest.TestCase):

    def setUp(self):
        self.file = open(ORIGINAL, 'rb')
        self.addCleanup(self.file.close)

    def test_parameters(self):
        parameters = load_parameters(self.file)
        self.assertEqual(
            {name: value.shape for name, value in parameters.items()}, {
                '/fork.W': (3, 8), '/fork.b': (8,),
                '/lstm.W_state': (2, 8), '/lstm.W_cell_to_in': (2,),
                '/lstm.W_cell_to_forget': (2,),
                '/lstm.W_cell_to_out': (2,), '/lstm.initial_state': (2,),
                '/lstm.initial_cells': (2,), '/mlp/linear_0.W': (2, 4),
                '/mlp/linear_0.b': (4,), '/mlp/linear_1.W': (4, 1),
                '/mlp/linear_1.b': (1,)})

    def test_same_training_gives_the_same_parameters(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'ours.tar')
            main_loop = make_original_checkpoint.build(path, True)
            main_loop.run()
            with open(path, 'rb') as file_:
                ours = load_parameters(file_)
        theirs = load_parameters(self.file)
        tolerance = 1e-5 if theano.config.floatX == 'float64' else 1e-2
        for name, value in theirs.items():
            numpy.testing.assert_allclose(ours[name], value, rtol=tolerance,
                                          err_msg=name)
        # Load them into our model by name.
        main_loop.model.set_parameter_values({
            name: value.astype(theano.config.floatX)
            for name, value in theirs.items()})
        log = load(self.file, 'log')
        self.assertEqual(log.status['iterations_done'], 3)
        for time in 1, 2, 3:
            numpy.testing.assert_allclose(
                main_loop.log[time]['cost'], log[time]['cost'],
                rtol=tolerance)


class TestContinueTraining(unittest.TestCase):

    def test_command_without_a_valid_file(self):
        from blocks.scripts import continue_training as command
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'loop.tar')
            errors = [(None, 'No such file')]
            for content in b'', b'x' * 3000:
                errors.append((content, 'is not a file of blocks'))
            for object_, words in [(None, 'has no member'), (3, 'not a main')]:
                with open(path, 'wb') as file:
                    dump(object_, file, [theano.shared(0., name='b')])
                with open(path, 'rb') as file:
                    errors.append((file.read(), words))
            for content, words in errors:
                with self.subTest(words):
                    if content is not None:
                        with open(path, 'wb') as file:
                            file.write(content)
                    elif os.path.exists(path):
                        os.remove(path)
                    with mock.patch('sys.stderr', io.StringIO()) as stderr:
                        with self.assertRaises(SystemExit) as caught:
                            command([path])
                    self.assertEqual(caught.exception.code, 1)
                    self.assertRegex(
                        stderr.getvalue(),
                        rf'^blocks-continue: error: .*{path}.*{words}|'
                        rf'{words}.*{path}')

    def test_runs_the_saved_main_loop(self):
        from blocks.extensions import FinishAfter
        from blocks.scripts import continue_training as command

        from tests.compat.blocks.training import counting_loop
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'loop.tar')
            for run in continue_training, lambda path: command([path]):
                main_loop = counting_loop([FinishAfter(after_n_batches=2)])
                main_loop.run()
                main_loop.extensions = [FinishAfter(after_n_batches=5)]
                secure_dump(main_loop, path)
                loaded = []
                with mock.patch.object(
                        serialization, 'load',
                        lambda file_: loaded.append(load(file_))
                        or loaded[0]):
                    self.assertIn(run(path), (0, loaded[0]))
                self.assertEqual(loaded[0].status['iterations_done'], 5)
