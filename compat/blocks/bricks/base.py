"""What every brick is built on.

========================================  =================================
:mod:`blocks.bricks.brick`                :class:`Brick`, the life cycle
:mod:`blocks.bricks.applications`         :func:`application` and its calls
:mod:`blocks.bricks.laziness`             :func:`lazy`
:mod:`blocks.bricks.ownership`            the parameters, the children
========================================  =================================
"""
from .applications import (Application, ApplicationCall, BoundApplication,
                           application, copy_and_tag, rename_function)
from .brick import BRICK_DELIMITER, Brick, _Brick
from .laziness import LazyNone, NoneAllocation, NoneInitialization, lazy
from .ownership import Children, Parameters

__all__ = ('Application', 'ApplicationCall', 'BRICK_DELIMITER',
           'BoundApplication', 'Brick', 'Children', 'LazyNone',
           'NoneAllocation', 'NoneInitialization', 'Parameters', '_Brick',
           'application', 'copy_and_tag', 'lazy', 'rename_function')

# This is where the classes are known to scripts and to pickled objects.
for _class in (Application, ApplicationCall, BoundApplication, Brick,
               Children, LazyNone, Parameters, _Brick):
    _class.__module__ = __name__
del _class
