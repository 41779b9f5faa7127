"""Pooling and convolution, which this package leaves out."""

raise ImportError('theano.tensor.signal is not provided: pooling and '
                  'convolution are outside of this package')
