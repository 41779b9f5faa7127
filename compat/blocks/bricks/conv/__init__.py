"""Convolution and pooling of images."""
from ..._former import former_names
from .convolution import Convolutional, ConvolutionalTranspose
from .pooling import AveragePooling, MaxPooling, Pooling
from .sequence import ConvolutionalSequence, Flattener

__all__ = ('AveragePooling', 'Convolutional', 'ConvolutionalSequence',
           'ConvolutionalTranspose', 'Flattener', 'MaxPooling', 'Pooling')

# Scripts and pickled objects refer to this module.
for _name in __all__:
    globals()[_name].__module__ = __name__
del _name

_SEQUENCE = 'its parts in a ConvolutionalSequence'
__getattr__ = former_names(__name__, renamed={
    _name: (f'{__name__}.former.{_name}', _SEQUENCE) for _name in (
        'ConvolutionalActivation', 'ConvolutionalLayer',
        'ConvolutionalTransposeActivation')})
