"""Graphics processors, which this package leaves out."""

raise ImportError('theano.gpuarray is not provided: graphics processors are '
                  'outside of this package')
