"""Loops."""

from theano.scan_module import scan_checkpoints, scan_op, scan_utils
from theano.scan_module.scan import scan
from theano.scan_module.scan_utils import clone, until
from theano.scan_module.scan_views import foldl, foldr, map, reduce

__all__ = ['clone', 'foldl', 'foldr', 'map', 'reduce', 'scan',
           'scan_checkpoints', 'scan_op', 'scan_utils', 'until']
