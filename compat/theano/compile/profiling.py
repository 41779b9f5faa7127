"""Profiles of compiled functions."""

from pytensor.compile.debug.profiling import ProfileStats

__all__ = ['ProfileStats']
