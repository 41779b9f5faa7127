"""Helpers outside the core of the library."""
