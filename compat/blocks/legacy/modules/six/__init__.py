"""``six``, for its ``moves``."""
from .. import stand_in
from . import moves  # noqa: F401

stand_in(__name__, 'six', ['moves'])
