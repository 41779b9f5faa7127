"""The base of all bricks.

========================================  =================================
:mod:`blocks.bricks.brick`                :class:`Brick`, the life cycle
:mod:`blocks.bricks.applications`         :func:`application`
:mod:`blocks.bricks.calls`                :class:`ApplicationCall`, labels
:mod:`blocks.bricks.signatures`           the arguments of applications
:mod:`blocks.bricks.laziness`             :func:`lazy`
:mod:`blocks.bricks.ownership`            the parameters, the children
========================================  =================================

"""
from .._former import former_names
from .applications import Application, BoundApplication, application
from .brick import BRICK_DELIMITER, Brick, _Brick
from .calls import ApplicationCall, _variable_name, copy_and_tag
from .laziness import LazyNone, NoneAllocation, NoneInitialization, lazy
from .ownership import Children, Parameters
from .signatures import rename_function

__all__ = ('Application', 'ApplicationCall', 'BRICK_DELIMITER',
           'BoundApplication', 'Brick', 'Children', 'LazyNone',
           'NoneAllocation', 'NoneInitialization', 'Parameters', '_Brick',
           '_variable_name', 'application', 'copy_and_tag', 'lazy',
           'rename_function')

# Scripts and pickled objects find the classes here.
for _class in (Application, ApplicationCall, BoundApplication, Brick,
               Children, LazyNone, Parameters, _Brick):
    _class.__module__ = __name__
del _class


__getattr__ = former_names(
    __name__, used=('blocks.graph', 'blocks.roles', 'blocks.utils'))
