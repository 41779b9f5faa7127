"""``six.moves`` with a ``cPickle`` that reads pickles of Python 2."""
from .. import (
    cPickle,  # noqa: F401
    stand_in,
)

stand_in(__name__, 'six.moves', ['cPickle'])
