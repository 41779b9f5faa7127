"""Image transformers aren't offered: importing this module says so."""
raise ImportError(
    "fuel.transformers.image isn't offered here, this package is for "
    "sequences: use fuel.transformers.Mapping with the functions of an "
    "image library")
