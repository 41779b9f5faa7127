"""Features missing in Python 2.4, by the names of Theano 0.6."""

import builtins
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, MutableMapping
from functools import partial
from io import BytesIO
from itertools import combinations, product

from six.moves import configparser

all, any = builtins.all, builtins.any
DictMixin = MutableMapping

__all__ = ['BytesIO', 'Callable', 'DictMixin', 'OrderedDict', 'all', 'any',
           'combinations', 'configparser', 'defaultdict', 'deque', 'partial',
           'product']
