"""``blocks_extras`` under its former name."""
from blocks.extras.extensions.plot import Plot

__all__ = ('Plot',)
