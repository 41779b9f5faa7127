"""Linkers: they turn graphs into functions that compute the nodes."""

from pytensor.link.basic import (
    Container,
    Linker,
    LocalLinker,
    PerformLinker,
    WrapLinker,
)
from pytensor.link.utils import (
    gc_helper,
    map_storage,
    raise_with_op,
    streamline,
)

__all__ = ['Container', 'Linker', 'LocalLinker', 'PerformLinker',
           'WrapLinker', 'gc_helper', 'map_storage', 'raise_with_op',
           'streamline']
