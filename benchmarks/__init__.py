"""Benchmarks, one module each; they are not part of the tests."""
