"""Operations on GPUs; none of them can be applied."""

from theano._no_gpu import absent

_NAMES = '''
    GpuAdvancedIncSubtensor1 GpuAdvancedSubtensor1 GpuAlloc
    GpuAllocEmpty GpuCAReduce GpuContiguous GpuDimShuffle GpuElemwise
    GpuFlatten GpuFromHost GpuIncSubtensor GpuJoin GpuReshape GpuShape
    GpuSplit GpuSubtensor HostFromGpu as_cuda_array
    as_cuda_ndarray_variable gpu_alloc gpu_alloc_empty gpu_contiguous
    gpu_flatten gpu_from_host gpu_join host_from_gpu
'''.split()
__all__ = _NAMES

globals().update(absent(__name__, *_NAMES))
