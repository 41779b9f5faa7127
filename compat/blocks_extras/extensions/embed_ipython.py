"""A shell during training."""
import inspect
import signal

from blocks.extensions import SimpleExtension


class EmbedIPython(SimpleExtension):
    r"""Opens IPython after the batch during which SIGHUP arrived.

    ``kill -HUP <process>`` in another terminal requests it. Training continues
    when the shell is closed.

    Parameters
    ----------
    use_main_loop_run_caller_env : bool, optional
        Whether the shell has the variables of the function that runs the
        main loop.
    \*\*kwargs
        Without effect: it checks after every batch.

    Raises
    ------
    ImportError
        When the shell opens, if IPython is not installed.

    """

    def __init__(self, use_main_loop_run_caller_env=False, **kwargs):
        super().__init__(every_n_batches=1)
        self.use_main_loop_run_caller_env = use_main_loop_run_caller_env
        self._wanted = False
        self.attach_signal()

    def attach_signal(self):
        """Handle SIGHUP."""
        signal.signal(signal.SIGHUP, self.handle_signal)

    def handle_signal(self, signum, frame):
        """Record that a shell is requested."""
        self._wanted = True

    def _variables(self):
        """Return the variables of the function that runs the main loop."""
        frames = [info.frame for info in inspect.stack()]
        run = type(self.main_loop).run.__code__
        for frame in frames:
            if frame.f_code is run:
                return frame.f_back.f_locals
        return None

    def do(self, which_callback, *args):
        """Open the shell, if it is requested."""
        wanted, self._wanted = self._wanted, False
        if not wanted:
            return
        from IPython import embed
        embed(user_ns=self._variables()
              if self.use_main_loop_run_caller_env else None)
