"""Pooling, and convolution without channels."""

from theano.tensor.signal import conv, downsample, pool

__all__ = ['conv', 'downsample', 'pool']
