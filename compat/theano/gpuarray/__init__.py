"""The GPU back end, which is not supported."""

from theano._no_gpu import refuse_device
from theano.gpuarray import basic_ops, dnn, type
from theano.gpuarray.basic_ops import as_gpuarray_variable
from theano.gpuarray.type import (
    ContextNotDefined,
    GpuArrayConstant,
    GpuArraySharedVariable,
    GpuArrayType,
    GpuArrayVariable,
    get_context,
    gpuarray_shared_constructor,
    list_contexts,
)

__all__ = [
    'ContextNotDefined', 'GpuArrayConstant', 'GpuArraySharedVariable',
    'GpuArrayType', 'GpuArrayVariable', 'as_gpuarray_variable', 'basic_ops',
    'dnn', 'get_context', 'gpuarray_shared_constructor', 'init_dev',
    'list_contexts', 'pygpu', 'pygpu_activated',
    'theano_gpu_is_already_active', 'type', 'use']

#: The package that controls GPUs; it is not available.
pygpu = None
pygpu_activated = False
theano_gpu_is_already_active = False


def init_dev(dev, name=None, preallocate=None):
    """Refuse a device.

    Raises
    ------
    EnvironmentError
        Unless `dev` is the CPU.

    """
    refuse_device(dev, force=True)


def use(device, force=False, default_to_move_computation_to_gpu=True,
        move_shared_to_gpu=True, preallocate=None):
    """Report that there is no GPU to use.

    Parameters
    ----------
    device : str
        ``'cpu'`` changes nothing.
    force : bool
        Raise an error about any other device; otherwise log one.
    default_to_move_computation_to_gpu, move_shared_to_gpu, preallocate
        Without effect.

    Raises
    ------
    EnvironmentError
        If `force` is true.

    """
    refuse_device(device, force)
