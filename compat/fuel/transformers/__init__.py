"""Transformers: streams that wrap and change other streams."""
from fuel.transformers.background import BackgroundProcess, MultiProcessing
from fuel.transformers.base import (
                                    AgnosticSourcewiseTransformer,
                                    AgnosticTransformer,
                                    ExpectsAxisLabels,
                                    SourcewiseTransformer,
                                    Transformer,
)
from fuel.transformers.batching import Batch, Cache, Unpack
from fuel.transformers.mapping import Filter, Mapping, SortMapping
from fuel.transformers.numeric import Cast, Flatten, ForceFloatX, ScaleAndShift
from fuel.transformers.padding import Padding
from fuel.transformers.sources import FilterSources, Merge, Rename

__all__ = [
    'AgnosticSourcewiseTransformer', 'AgnosticTransformer',
    'BackgroundProcess', 'Batch', 'Cache', 'Cast', 'ExpectsAxisLabels',
    'Filter', 'FilterSources', 'Flatten', 'ForceFloatX', 'Mapping', 'Merge',
    'MultiProcessing', 'Padding', 'Rename', 'ScaleAndShift', 'SortMapping',
    'SourcewiseTransformer', 'Transformer', 'Unpack']
