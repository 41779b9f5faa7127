"""Convolution and pooling of images."""
from .convolution import Convolutional, ConvolutionalTranspose
from .pooling import AveragePooling, MaxPooling, Pooling
from .sequence import ConvolutionalSequence, Flattener

__all__ = ('AveragePooling', 'Convolutional', 'ConvolutionalSequence',
           'ConvolutionalTranspose', 'Flattener', 'MaxPooling', 'Pooling')

# This is where the classes are known to scripts and to pickled objects.
for _name in __all__:
    globals()[_name].__module__ = __name__
del _name
