"""Tests, for nose."""
import gc
import os
import signal

# A shell makes background jobs ignore Ctrl-C, and processes that tests start
# would inherit this.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Graphs are many objects and little garbage.
gc.set_threshold(50_000)

# Nobody reads in which line of a test a variable was made, which takes a tenth
# of the time to find out.
os.environ['THEANO_FLAGS'] = ','.join(filter(None, [
    'traceback.limit=0', os.environ.get('THEANO_FLAGS')]))
