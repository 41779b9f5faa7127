"""Measured comparisons, one module each; never part of the tests."""
