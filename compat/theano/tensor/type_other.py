"""Types of slices and of None."""

from pytensor.tensor.type_other import (
    MakeSlice,
    NoneConst,
    NoneTypeT,
    SliceConstant,
    SliceType,
    make_slice,
    none_type_t,
    slicetype,
)

__all__ = ['MakeSlice', 'NoneConst', 'NoneTypeT', 'SliceConstant',
           'SliceType', 'make_slice', 'none_type_t', 'slicetype']
