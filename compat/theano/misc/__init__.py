"""Helpers beside the library."""
