"""Where the time of compiled functions goes."""

from pytensor.compile.debug.profiling import ProfileStats

__all__ = ['ProfileStats']
