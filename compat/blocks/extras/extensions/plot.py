"""``blocks_extras.extensions.plot`` under its former name."""
from blocks_extras.extensions.plot import Plot, PlottingExtension

__all__ = ('Plot', 'PlottingExtension')
