"""cuDNN, which needs a GPU."""

from theano._no_gpu import REASON, absent

_NAMES = '''
    GpuDnnConv GpuDnnConvDesc GpuDnnConvGradI GpuDnnConvGradW GpuDnnPool
    GpuDnnPoolDesc GpuDnnSoftmax dnn_batch_normalization_test
    dnn_batch_normalization_train dnn_conv dnn_conv3d dnn_gradinput
    dnn_gradweight dnn_pool
'''.split()
__all__ = _NAMES + ['dnn_available']

globals().update(absent(__name__, *_NAMES))


def dnn_available():
    """Return False: cuDNN needs a GPU; the attribute ``msg`` says why."""
    return False


dnn_available.msg = REASON
