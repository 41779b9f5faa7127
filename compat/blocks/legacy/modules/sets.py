"""The module ``sets``."""

__all__ = ['ImmutableSet', 'Set']

Set, ImmutableSet = set, frozenset
