"""Loops that store few steps and compute the others again."""

import warnings

from pytensor.scan.checkpoints import scan_checkpoints as _backend
from theano.updates import OrderedUpdates

__all__ = ['scan_checkpoints']


def scan_checkpoints(fn, sequences=(), outputs_info=None, non_sequences=(),
                     name='checkpointscan_fn', n_steps=None, save_every_N=10,
                     padding=True):
    """Apply a function again and again; keep every tenth result or so.

    The gradient computes the steps between again: it takes less memory,
    and more time.

    Parameters
    ----------
    fn, sequences, outputs_info, non_sequences, name, n_steps
        Those of :func:`theano.scan`, without ``taps``.  All sequences have
        the same length.
    save_every_N : int
        How many steps to go from one result that is kept to the next.
    padding : bool
        Fill up sequences whose length `save_every_N` does not divide.
        Without it lengths must be multiples.

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
