"""cuDNN, which needs a GPU."""

from theano._no_gpu import REASON, absent

_NAMES = '''
    GpuDnnConv GpuDnnConvDesc GpuDnnConvGradI GpuDnnConvGradW GpuDnnPool
    GpuDnnPoolDesc GpuDnnSoftmax dnn_batch_normalization_test
    dnn_batch_normalization_train dnn_conv dnn_conv3d dnn_gradinput
    dnn_gradweight dnn_pool
'''.split()
__all__ = _NAMES + ['dnn_available', 'dnn_present', 'version']

globals().update(absent(__name__, *_NAMES))


def dnn_present():
    """Whether cuDNN is installed; the attribute ``msg`` says why not."""
    return False


def dnn_available(context_name=None):
    """Whether cuDNN can be used; the attribute ``msg`` says why not."""
    return False


dnn_present.msg = dnn_available.msg = REASON


def version(raises=True):
    """Return the version of cuDNN: -1, or an error.

    Raises
    ------
    RuntimeError
        If `raises` is true.

    """
    if raises:
        raise RuntimeError(f'cuDNN has no version: {REASON}')
    return -1
