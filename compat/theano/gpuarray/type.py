"""Types and variables on graphics processors, which no variable has."""

from theano._no_gpu import REASON, absent

_NAMES = '''
    GpuArrayConstant GpuArraySharedVariable GpuArrayType
    GpuArrayVariable GpuContextType gpu_context_type
    gpuarray_shared_constructor
'''.split()
__all__ = _NAMES + ['ContextNotDefined', 'get_context', 'list_contexts']

globals().update(absent(__name__, *_NAMES))


class ContextNotDefined(ValueError):
    """A device has a name that is not known."""


def list_contexts():
    """Return the names of the devices in use: none."""
    return []


def get_context(name):
    """Refuse the name of a device.

    Raises
    ------
    ContextNotDefined
        Always, as there are none.

    """
    raise ContextNotDefined(f'device {name!r}: {REASON}')
