"""Parameters of operations, for their C code."""

from pytensor.link.c.params_type import Params, ParamsType

__all__ = ['Params', 'ParamsType']
