"""Tests that start several workers by mpiexec."""
from unittest import SkipTest

from tests.parallel.with_mpi.running import why_not


def setup_package():
    """Skip them all, once, where the extra is not installed."""
    reason = why_not()
    if reason:
        raise SkipTest(reason)
