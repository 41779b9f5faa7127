"""``time`` with ``clock``."""
import time

from . import stand_in

clock = time.process_time

stand_in(__name__, 'time', ['clock'])
