"""Blocks: bricks, annotated graphs and training loops for Theano.

The package has the public interface of Blocks 0.2 and runs on the ``theano``
and ``fuel`` packages that are distributed with it.

"""
from importlib import import_module

from .version import version as __version__

__all__ = ('__version__',)

#: Distinguishes this package from others of the same import name.
__distribution__ = 'blocks-rnn-bricks'


def __getattr__(name):
    # In Blocks 0.0.1, ``import blocks`` also imported this module.
    if name == 'config':
        return import_module('.config', __name__)
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
