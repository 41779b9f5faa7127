"""``blocks_extras`` under its former name."""
from .extensions.plot import Plot

__all__ = ('Plot',)
