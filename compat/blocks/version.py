"""The version of the Blocks interface that this package provides."""
version = '0.2.0'
