"""The operation that computes a loop."""

from pytensor.scan.op import Scan

__all__ = ['Scan']
