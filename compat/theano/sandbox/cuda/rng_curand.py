"""Random numbers by cuRAND, which needs a GPU.

On a CPU use ``theano.sandbox.rng_mrg.MRG_RandomStreams``, which has the same
methods.

"""

from theano._no_gpu import absent

_NAMES = '''
    CURAND_RandomStreams
'''.split()
__all__ = _NAMES

globals().update(absent(__name__, *_NAMES))
