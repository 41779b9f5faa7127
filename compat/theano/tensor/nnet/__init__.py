"""Functions for neural networks."""

from theano.tensor.nnet import abstract_conv, bn, conv, nnet, rows, sigm
from theano.tensor.nnet._conv2d import conv2d, conv2d_transpose
from theano.tensor.nnet.abstract_conv import conv2d as abstract_conv2d
from theano.tensor.nnet.abstract_conv import (
    conv2d_grad_wrt_inputs,
    conv3d,
    separable_conv2d,
)
from theano.tensor.nnet.bn import (
    batch_normalization,
    batch_normalization_test,
    batch_normalization_train,
)
from theano.tensor.nnet.conv import ConvOp
from theano.tensor.nnet.nnet import (
    LogSoftmax,
    Softmax,
    binary_crossentropy,
    categorical_crossentropy,
    confusion_matrix,
    crossentropy_categorical_1hot,
    crossentropy_softmax_1hot,
    crossentropy_softmax_1hot_with_bias,
    crossentropy_softmax_argmax_1hot_with_bias,
    crossentropy_softmax_max_and_argmax_1hot,
    crossentropy_softmax_max_and_argmax_1hot_with_bias,
    elu,
    h_softmax,
    logsoftmax,
    logsoftmax_op,
    relu,
    selu,
    sigmoid_binary_crossentropy,
    softmax,
    softmax_graph,
    softmax_op,
    softmax_with_bias,
    softsign,
)
from theano.tensor.nnet.rows import (
    prepend_0_to_each_row,
    prepend_1_to_each_row,
    prepend_scalar_to_each_row,
)
from theano.tensor.nnet.sigm import (
    hard_sigmoid,
    scalar_sigmoid,
    sigmoid,
    softplus,
    ultra_fast_sigmoid,
)

__all__ = [
    'ConvOp', 'LogSoftmax', 'Softmax', 'abstract_conv', 'abstract_conv2d',
    'batch_normalization', 'batch_normalization_test',
    'batch_normalization_train', 'binary_crossentropy', 'bn',
    'categorical_crossentropy', 'confusion_matrix', 'conv', 'conv2d',
    'conv2d_grad_wrt_inputs', 'conv2d_transpose', 'conv3d',
    'crossentropy_categorical_1hot', 'crossentropy_softmax_1hot',
    'crossentropy_softmax_1hot_with_bias',
    'crossentropy_softmax_argmax_1hot_with_bias',
    'crossentropy_softmax_max_and_argmax_1hot',
    'crossentropy_softmax_max_and_argmax_1hot_with_bias', 'elu', 'h_softmax',
    'hard_sigmoid', 'logsoftmax', 'logsoftmax_op', 'nnet',
    'prepend_0_to_each_row', 'prepend_1_to_each_row',
    'prepend_scalar_to_each_row', 'relu', 'rows', 'scalar_sigmoid', 'selu',
    'separable_conv2d', 'sigm', 'sigmoid', 'sigmoid_binary_crossentropy',
    'softmax', 'softmax_graph', 'softmax_op', 'softmax_with_bias', 'softplus',
    'softsign', 'ultra_fast_sigmoid']
