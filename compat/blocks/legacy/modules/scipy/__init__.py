"""SciPy with NumPy's functions, which it had at its top level."""
import numpy
import scipy

from .. import stand_in
from . import misc

_OWN = ['misc'] + [
    name for name in numpy.__all__
    if not name.startswith('_') and not hasattr(scipy, name)]
globals().update({name: getattr(numpy, name) for name in _OWN[1:]})
rand, randn = numpy.random.rand, numpy.random.randn

__all__ = ['misc']

stand_in(__name__, 'scipy', _OWN + ['rand', 'randn'])
