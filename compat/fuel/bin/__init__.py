"""Commands: ``fuel-download``, ``fuel-convert`` and ``fuel-info``."""
