"""Tests, for nose."""
import signal

# A shell makes background jobs ignore Ctrl-C, and processes that tests start
# would inherit this.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
