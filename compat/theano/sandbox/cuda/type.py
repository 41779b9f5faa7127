"""The type of arrays on GPUs; no variable has it."""

from theano._no_gpu import absent

_NAMES = '''
    CudaNdarrayType
'''.split()
__all__ = _NAMES

globals().update(absent(__name__, *_NAMES))
