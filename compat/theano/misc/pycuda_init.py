"""PyCUDA, which needs a GPU."""

__all__ = ['pycuda_available', 'set_gpu_from_theano']

pycuda_available = False


def set_gpu_from_theano():
    """Do nothing: there is no GPU to share with PyCUDA."""
