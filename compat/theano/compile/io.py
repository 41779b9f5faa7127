"""Inputs and outputs of a function, with options."""

from pytensor.compile.io import In as _BackendIn
from pytensor.compile.io import Out, SymbolicInput, SymbolicOutput

__all__ = ['In', 'Out', 'Param', 'SymbolicInput', 'SymbolicOutput']


class In(_BackendIn):
    """An input of a function.

    Parameters
    ----------
    variable : Variable
        The variable of the graph that receives the input.
    name : str, optional
        Keyword of the input; by default the variable's name.
    value : object, optional
        Default value.
    update : Variable, optional
        Expression whose value the default takes after each call.
    mutable : bool, optional
        Whether the function may overwrite the caller's array.
    strict : bool
        Refuse values of a different type instead of casting them.
    allow_downcast : bool, optional
        Whether values may lose precision by a cast.
    autoname, implicit, shared
        As in Theano.
    borrow : bool, optional
        Whether outputs may be views of the caller's array.

    """

    def __init__(self, variable, name=None, value=None, update=None,
                 mutable=None, strict=False, allow_downcast=None,
                 autoname=True, implicit=None, borrow=None, shared=False):
        super().__init__(variable, name=name, update=update, mutable=mutable,
                         strict=strict, allow_downcast=allow_downcast,
                         autoname=autoname, borrow=borrow, shared=shared)
        self.default = value


def Param(variable, default=None, name=None, mutable=False, strict=False,
          allow_downcast=None, implicit=None, borrow=None):
    """Make an :class:`In` from the old names of its arguments."""
    return In(variable, name=name, value=default, mutable=mutable,
              strict=strict, allow_downcast=allow_downcast,
              implicit=implicit, borrow=borrow)
