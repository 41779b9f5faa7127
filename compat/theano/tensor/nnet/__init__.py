"""Functions of neural networks."""

from theano.tensor.nnet import abstract_conv, bn, conv, nnet, sigm
from theano.tensor.nnet._conv2d import conv2d, conv2d_transpose
from theano.tensor.nnet.abstract_conv import (
    conv2d as abstract_conv2d, conv2d_grad_wrt_inputs, conv3d,
    separable_conv2d)
from theano.tensor.nnet.bn import (
    batch_normalization, batch_normalization_test,
    batch_normalization_train)
from theano.tensor.nnet.conv import ConvOp
from theano.tensor.nnet.nnet import (
    binary_crossentropy, categorical_crossentropy, confusion_matrix,
    crossentropy_categorical_1hot, crossentropy_softmax_1hot, elu, h_softmax,
    logsoftmax, relu, selu, sigmoid_binary_crossentropy, softmax,
    softmax_graph, softsign)
from theano.tensor.nnet.sigm import (
    hard_sigmoid, scalar_sigmoid, sigmoid, softplus, ultra_fast_sigmoid)

__all__ = [
    'ConvOp', 'abstract_conv', 'abstract_conv2d', 'conv', 'conv2d',
    'conv2d_grad_wrt_inputs', 'conv2d_transpose', 'conv3d',
    'separable_conv2d', 'batch_normalization', 'batch_normalization_test',
    'batch_normalization_train', 'binary_crossentropy', 'bn',
    'categorical_crossentropy', 'confusion_matrix',
    'crossentropy_categorical_1hot', 'crossentropy_softmax_1hot', 'elu',
    'h_softmax', 'hard_sigmoid', 'logsoftmax', 'nnet', 'relu',
    'scalar_sigmoid', 'selu', 'sigm', 'sigmoid',
    'sigmoid_binary_crossentropy', 'softmax', 'softmax_graph', 'softplus',
    'softsign', 'ultra_fast_sigmoid']
