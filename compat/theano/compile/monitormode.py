"""A mode that calls functions of the user around every operation."""

from pytensor.compile.debug.monitormode import MonitorMode, detect_nan

__all__ = ['MonitorMode', 'detect_nan']
