"""Loops that store some of their steps and recompute the others."""

import warnings

from pytensor.scan.checkpoints import scan_checkpoints as _backend
from theano.updates import OrderedUpdates

__all__ = ['scan_checkpoints']


def scan_checkpoints(fn, sequences=(), outputs_info=None, non_sequences=(),
                     name='checkpointscan_fn', n_steps=None, save_every_N=10,
                     padding=True):
    """Apply a function repeatedly, and keep every tenth result by default.

    The gradient recomputes the steps in between, which takes less memory and
    more time.

    Parameters
    ----------
    fn, sequences, outputs_info, non_sequences, name, n_steps
        As in :func:`theano.scan`, but without ``taps``.  All sequences have
        the same length.
    save_every_N : int
        Number of steps from one stored result to the next.
    padding : bool
        Pad sequences whose length is not a multiple of `save_every_N`;
        otherwise such lengths are not allowed.

    Returns
    -------
    outputs : Variable or list of Variable
        Results of every `save_every_N`-th step.
    updates : OrderedUpdates
        Updates of shared variables, for ``theano.function``.

    Raises
    ------
    RuntimeError
        If an output has ``taps``.

    """
    def listed(given):
        return list(given) if isinstance(given, (list, tuple)) else [given]

    with warnings.catch_warnings():
        # PyTensor announces that it will no longer return updates.
        warnings.filterwarnings('ignore', category=DeprecationWarning)
        outputs, updates = _backend(
            fn, sequences=listed(sequences),
            outputs_info=listed(outputs_info),
            non_sequences=listed(non_sequences), name=name, n_steps=n_steps,
            save_every_N=save_every_N, padding=padding)
    return outputs, OrderedUpdates(updates)
