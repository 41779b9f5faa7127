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
    """Return False: cuDNN needs a GPU; the attribute ``msg`` says why."""
    return False


def dnn_available(context_name=None):
    """Return False: cuDNN needs a GPU; the attribute ``msg`` says why."""
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
