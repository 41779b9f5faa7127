"""Blocks: bricks, annotated graphs and training loops for Theano.

The package offers the public interface of Blocks 0.2 on the ``theano`` and
``fuel`` packages that are distributed with it.
"""
from .version import version as __version__

__all__ = ('__version__',)

#: Tells this package from others of the same import name.
__distribution__ = 'blocks-rnn-bricks'
