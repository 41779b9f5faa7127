"""The operation that a loop is."""

from pytensor.scan.op import Scan

__all__ = ['Scan']
