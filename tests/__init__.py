"""Tests, for nose."""
import signal

# A shell lets what it runs in the background ignore Ctrl-C, and processes that
# tests start would inherit that.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
