"""A mode that stops at values that are not numbers."""

from pytensor.compile.debug.nanguardmode import NanGuardMode

__all__ = ['NanGuardMode']
