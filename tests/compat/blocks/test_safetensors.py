"""Tests of parameters in .safetensors files."""
import json
import os
import struct
import sys
import tempfile
import unittest
from unittest import mock

import numpy
import theano
from blocks.bricks import MLP, Tanh
from blocks.initialization import Constant, IsotropicGaussian
from blocks.model import Model
from blocks.roles import PARAMETER, add_role
from blocks.safetensors import (
    load_safetensors,
    read_arrays,
    save_safetensors,
    write_arrays,
)
from numpy.testing import assert_array_equal
from theano import tensor


def make_model(dims=(3, 4), name='mlp'):
    mlp = MLP([Tanh()], list(dims), name=name, seed=1,
              weights_init=IsotropicGaussian(), biases_init=Constant(2))
    mlp.initialize()
    return Model(mlp.apply(tensor.matrix('x')))


class TestSafetensors(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(folder.name, 'a.safetensors')

    def test_round_trip(self):
        model, other = make_model(), make_model()
        for parameter in other.parameters:
            parameter.set_value(0 * parameter.get_value())
        save_safetensors(self.path, model)
        load_safetensors(self.path, other)
        values = other.get_parameter_values()
        self.assertEqual(sorted(values), ['/mlp/linear_0.W',
                                          '/mlp/linear_0.b'])
        for name, value in model.get_parameter_values().items():
            assert_array_equal(values[name], value)
            self.assertTrue(value.any())
        self.assertEqual(os.listdir(self.folder), ['a.safetensors'])

    def test_bytes(self):
        # Parsed according to the specification, without the library.
        table = numpy.arange(6, dtype='float32').reshape(2, 3)
        write_arrays(self.path, {'t': table.T, 'n': numpy.int64(7),
                                 'big': table.astype('>f8')},
                     metadata={'format': 'pt'})
        with open(self.path, 'rb') as file_:
            length, = struct.unpack('<Q', file_.read(8))
            header = json.loads(file_.read(length))
            data = file_.read()
        self.assertEqual(header.pop('__metadata__'), {'format': 'pt'})
        expected = {'t': ('F32', [3, 2], table.T.tobytes()),
                    'n': ('I64', [], struct.pack('<q', 7)),
                    'big': ('F64', [2, 3], table.astype('<f8').tobytes())}
        self.assertEqual(expected, {
            name: (part['dtype'], part['shape'],
                   data[slice(*part['data_offsets'])])
            for name, part in header.items()})

    def test_mismatched_models(self):
        save_safetensors(self.path, make_model())
        for model, message in [
                (make_model((3, 5)), 'shape mismatch'),
                (make_model(name='net'), 'lacks .*/net/linear_0.W')]:
            before = model.get_parameter_values()
            with self.assertRaisesRegex(ValueError,
                                        f'a.safetensors.*{message}'):
                load_safetensors(self.path, model)
            for name, value in model.get_parameter_values().items():
                assert_array_equal(value, before[name])

    def test_damaged_and_foreign_files(self):
        save_safetensors(self.path, make_model())
        with open(self.path, 'rb') as file_:
            whole = file_.read()
        for label, content in [('empty', b''), ('cut', whole[:-5]),
                               ('longer', whole + b'x'),
                               ('foreign', b'PK\3\4' * 50),
                               ('header', b'\xff' * 8 + whole[8:])]:
            with self.subTest(label):
                with open(self.path, 'wb') as file_:
                    file_.write(content)
                with self.assertRaisesRegex(ValueError, 'a.safetensors'):
                    read_arrays(self.path)

    def test_failure_leaves_the_old_file(self):
        write_arrays(self.path, {'a': numpy.ones(2)})
        with mock.patch('blocks.replacing.os.fsync',
                        side_effect=OSError('full')):
            with self.assertRaisesRegex(OSError, 'still intact'):
                write_arrays(self.path, {'a': numpy.zeros(2)})
        with self.assertRaisesRegex(ValueError, "'c' is of type complex128"):
            write_arrays(self.path, {'c': numpy.ones(2, complex)})
        assert_array_equal(read_arrays(self.path)['a'], [1, 1])
        self.assertEqual(os.listdir(self.folder), ['a.safetensors'])

    def test_names_that_are_not_unique(self):
        shared = [theano.shared(numpy.ones(2), name='w') for _ in range(2)]
        for variable in shared:
            add_role(variable, PARAMETER)
        with self.assertRaisesRegex(ValueError, 'a unique name'):
            save_safetensors(self.path, Model(sum(shared).sum()))
        self.assertEqual(os.listdir(self.folder), [])

    def test_missing_package(self):
        with mock.patch.dict(sys.modules, {'safetensors.numpy': None}):
            with self.assertRaisesRegex(ImportError, 'pip install'):
                read_arrays(self.path)
