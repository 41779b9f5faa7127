"""Tests that modules for graphics processors report that there is none."""

import importlib
import unittest

import theano
from theano import tensor
from theano.sandbox import cuda
from theano.sandbox.rng_mrg import GPU_mrg_uniform

MODULES = ['theano.gpuarray', 'theano.gpuarray.basic_ops',
           'theano.gpuarray.dnn', 'theano.gpuarray.type',
           'theano.sandbox.cuda', 'theano.sandbox.cuda.basic_ops',
           'theano.sandbox.cuda.blas', 'theano.sandbox.cuda.dnn',
           'theano.sandbox.cuda.opt', 'theano.sandbox.cuda.rng_curand',
           'theano.sandbox.cuda.type', 'theano.sandbox.cuda.var',
           'theano.sandbox.gpuarray', 'theano.sandbox.gpuarray.type']


class TestNoGpu(unittest.TestCase):

    def test_modules_have_their_public_names(self):
        for name in MODULES:
            module = importlib.import_module(name)
            with self.subTest(name):
                for public in module.__all__:
                    self.assertTrue(hasattr(module, public), public)

    def test_answers(self):
        from theano import gpuarray
        from theano.misc.pycuda_init import pycuda_available
        for answer in (cuda.cuda_available, cuda.cuda_enabled,
                       cuda.dnn.dnn_available(), cuda.dnn_available(),
                       gpuarray.pygpu_activated, pycuda_available,
                       gpuarray.dnn.dnn_available(None),
                       gpuarray.dnn.dnn_present()):
            self.assertIs(answer, False)
        self.assertIn('no GPU', cuda.dnn.dnn_available.msg)
        self.assertIsNone(cuda.use.device_number)
        self.assertIsNone(gpuarray.pygpu)
        self.assertEqual(gpuarray.list_contexts(), [])
        self.assertEqual(gpuarray.dnn.version(raises=False), -1)

    def test_use(self):
        for module in 'theano.sandbox.cuda', 'theano.gpuarray':
            use = importlib.import_module(module).use
            with self.subTest(module):
                use('cpu', force=True)
                with self.assertLogs('theano', 'ERROR') as logs:
                    use('gpu0')
                self.assertRegex(logs.output[0], "'gpu0'.*no GPU")
                with self.assertRaisesRegex(EnvironmentError, 'no GPU'):
                    use('gpu', force=True)

    def test_functions_that_need_a_gpu_raise(self):
        x = tensor.matrix()
        for module, name in (
                ('theano.sandbox.cuda.basic_ops', 'gpu_contiguous'),
                ('theano.sandbox.cuda.dnn', 'dnn_conv'),
                ('theano.sandbox.cuda.rng_curand', 'CURAND_RandomStreams'),
                ('theano.sandbox.cuda', 'CudaNdarrayType'),
                ('theano.gpuarray.basic_ops', 'gpu_from_host'),
                ('theano.gpuarray.type', 'gpuarray_shared_constructor')):
            function = getattr(importlib.import_module(module), name)
            with self.subTest(module=module, name=name):
                with self.assertRaisesRegex(RuntimeError,
                                            rf'{name}: there is no GPU'):
                    function(x)
        from theano.gpuarray import dnn, get_context, init_dev, type
        self.assertRaises(type.ContextNotDefined, get_context, 'dev0')
        self.assertRaises(EnvironmentError, init_dev, 'cuda')
        self.assertRaises(RuntimeError, dnn.version)

    def test_nothing_is_an_instance_of_the_classes(self):
        from theano.gpuarray import GpuArrayType
        function = theano.function([], tensor.zeros((2,)) + 1)
        for node in function.maker.fgraph.toposort():
            for kind in (cuda.HostFromGpu, cuda.GpuOp, GPU_mrg_uniform):
                self.assertNotIsInstance(node.op, kind)
        for kind in cuda.CudaNdarrayType, GpuArrayType:
            self.assertNotIsInstance(tensor.matrix().type, kind)

    def test_rewrites_are_not_registered(self):
        self.assertIs(cuda.register_opt('fast_run')(len), len)
