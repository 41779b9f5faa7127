"""Operations on GPUs; none of them can be applied."""

from theano._no_gpu import absent

_NAMES = '''
    GpuAlloc GpuAllocEmpty GpuContiguous GpuEye GpuFromHost GpuJoin
    GpuKernelBase GpuReshape GpuSplit GpuToGpu HostFromGpu Kernel
    as_gpuarray_variable gpu_alloc gpu_alloc_empty gpu_contiguous
    gpu_from_host gpu_join host_from_gpu infer_context_name
'''.split()
__all__ = _NAMES

globals().update(absent(__name__, *_NAMES))
