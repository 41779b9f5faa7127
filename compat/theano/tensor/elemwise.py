"""Element-wise operations, reductions, permutations of dimensions."""

from pytensor.tensor.elemwise import CAReduce, DimShuffle, Elemwise
from pytensor.tensor.math import All, Any, Prod, ProdWithoutZeros, Sum

CAReduceDtype = CAReduce

__all__ = ['All', 'Any', 'CAReduce', 'CAReduceDtype', 'DimShuffle',
           'Elemwise', 'Prod', 'ProdWithoutZeros', 'Sum']
