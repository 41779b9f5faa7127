"""N-grams under the path that they had in Fuel 0.2.0."""
from fuel.transformers.sequences import NGrams

__all__ = ['NGrams']
