"""N-grams under their path in Fuel 0.2.0."""
from fuel.transformers.sequences import NGrams

__all__ = ['NGrams']
