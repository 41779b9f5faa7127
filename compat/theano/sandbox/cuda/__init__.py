"""The older GPU back end, which is not supported."""

from theano._no_gpu import absent, refuse_device
from theano.sandbox.cuda import (
    basic_ops,
    blas,
    dnn,
    opt,
    rng_curand,
    type,
    var,
)
from theano.sandbox.cuda.basic_ops import *  # noqa: F401, F403
from theano.sandbox.cuda.dnn import dnn_available
from theano.sandbox.cuda.opt import register_opt
from theano.sandbox.cuda.rng_curand import CURAND_RandomStreams
from theano.sandbox.cuda.type import CudaNdarrayType
from theano.sandbox.cuda.var import (
    CudaNdarrayConstant,
    CudaNdarraySharedVariable,
    CudaNdarrayVariable,
    float32_shared_constructor,
)

__all__ = basic_ops.__all__ + [
    'CURAND_RandomStreams', 'CudaNdarray', 'CudaNdarrayConstant',
    'CudaNdarraySharedVariable', 'CudaNdarrayType', 'CudaNdarrayVariable',
    'GpuOp', 'basic_ops', 'blas', 'cuda_available', 'cuda_enabled', 'dnn',
    'dnn_available', 'float32_shared_constructor', 'opt', 'register_opt',
    'rng_curand',
    'shared_constructor', 'type', 'use', 'var']

cuda_available = False
cuda_enabled = False
shared_constructor = float32_shared_constructor
CudaNdarray, GpuOp = absent(__name__, 'CudaNdarray', 'GpuOp').values()


def use(device, force=False, default_to_move_computation_to_gpu=True,
        move_shared_float32_to_gpu=True, enable_cuda=True, test_driver=True):
    """Report that there is no GPU to use.

    Parameters
    ----------
    device : str
        ``'cpu'`` changes nothing.
    force : bool
        Raise an error about any other device; otherwise log one.
    default_to_move_computation_to_gpu, move_shared_float32_to_gpu, \
enable_cuda, test_driver
        Without effect.

    Raises
    ------
    EnvironmentError
        If `force` is true.

    """
    refuse_device(device, force)


#: The number of the GPU in use.
use.device_number = None
