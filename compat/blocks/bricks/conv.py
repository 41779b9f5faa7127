"""Convolution, which this distribution leaves out.

The names can be imported, with a warning, so that a script gets as far as
it does without them. To make such a brick is an error.
"""
import warnings

_LEFT_OUT = frozenset((
    'AveragePooling', 'Convolutional', 'ConvolutionalSequence',
    'ConvolutionalTranspose', 'Flattener', 'MaxPooling', 'Pooling'))


def _explanation(name):
    return (f'{__name__}.{name} is not available: this distribution of '
            'Blocks is for recurrent networks and leaves out convolution and '
            'pooling. Use the original Blocks for them')


def _refusing(name):
    def refuse(self, *args, **kwargs):
        raise NotImplementedError(_explanation(name))
    return type(name, (), {'__init__': refuse, '__module__': __name__,
                           '__doc__': 'Not available.'})


def __getattr__(name):
    if name not in _LEFT_OUT:
        raise AttributeError(
            f'module {__name__!r} has no attribute {name!r}')
    warnings.warn(_explanation(name), stacklevel=2)
    return _refusing(name)
