"""Classes of variables on GPUs; they have no instances."""

from theano._no_gpu import absent

_NAMES = '''
    CudaNdarrayConstant CudaNdarraySharedVariable CudaNdarrayVariable
    float32_shared_constructor
'''.split()
__all__ = _NAMES

globals().update(absent(__name__, *_NAMES))
