"""``os`` with ``getcwdu``."""
import errno  # noqa: F401
import os

from . import stand_in

getcwdu = os.getcwd

stand_in(__name__, 'os', ['errno', 'getcwdu'])
