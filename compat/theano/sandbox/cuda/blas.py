"""Products and convolutions on GPUs; none of them can be applied."""

from theano._no_gpu import absent

_NAMES = '''
    GpuConv GpuCorr3dMM GpuCorr3dMM_gradInputs GpuCorr3dMM_gradWeights
    GpuCorrMM GpuCorrMM_gradInputs GpuCorrMM_gradWeights GpuDot22
    GpuDownsampleFactorMax GpuGemm gpu_dot22 gpu_gemm_inplace
    gpu_gemm_no_inplace
'''.split()
__all__ = _NAMES

globals().update(absent(__name__, *_NAMES))
