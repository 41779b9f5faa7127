"""``time`` with ``clock``."""
import time as _time

from . import stand_in

clock = _time.process_time

stand_in(__name__, 'time', ['clock'])
