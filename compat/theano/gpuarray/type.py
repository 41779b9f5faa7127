"""Types and variables on GPUs; no variable has them."""

from theano._no_gpu import REASON, absent

_NAMES = '''
    GpuArrayConstant GpuArraySharedVariable GpuArrayType
    GpuArrayVariable GpuContextType gpu_context_type
    gpuarray_shared_constructor
'''.split()
__all__ = _NAMES + ['ContextNotDefined', 'get_context', 'list_contexts']

globals().update(absent(__name__, *_NAMES))


class ContextNotDefined(ValueError):
    """The name of a device is unknown."""


def list_contexts():
    """Return the names of the devices in use: none."""
    return []


def get_context(name):
    """Refuse the name of a device.

    Raises
    ------
    ContextNotDefined
        Always, since there are no GPUs.

    """
    raise ContextNotDefined(f'device {name!r}: {REASON}')
