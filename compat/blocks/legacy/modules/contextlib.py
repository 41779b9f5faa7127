"""``contextlib`` with ``nested``."""
import contextlib

from . import stand_in


@contextlib.contextmanager
def nested(*managers):
    """Enter several context managers at once."""
    with contextlib.ExitStack() as stack:
        yield tuple(map(stack.enter_context, managers))


stand_in(__name__, 'contextlib', ['nested'])
