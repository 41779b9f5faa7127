"""Datasets: where data come from."""
from fuel.datasets.base import Dataset, IndexableDataset, IterableDataset

__all__ = ['Dataset', 'IndexableDataset', 'IterableDataset']
