"""``theano.scan``."""

import warnings

from pytensor.scan.basic import scan as _backend_scan
from theano.compile.mode import INNER_MODE, get_mode
from theano.scan_module.default_updates import with_default_updates
from theano.tensor.broadcasting import unbroadcast
from theano.updates import OrderedUpdates

__all__ = ['scan']


def scan(fn, sequences=None, outputs_info=None, non_sequences=None,
         n_steps=None, truncate_gradient=-1, go_backwards=False, mode=None,
         name=None, profile=False, allow_gc=None, strict=False,
         return_list=False):
    """Apply a function repeatedly.

    Parameters
    ----------
    fn : callable
        One step: takes the slices of the sequences, the previous outputs
        and the non-sequences, in this order, and returns outputs, updates
        of shared variables, and perhaps ``until(condition)``.
    sequences : Variable, dict or list of both, optional
        The variables to iterate over, along the first dimension. A dictionary
        ``{'input': variable, 'taps': [...]}`` lists the offsets of the
        slices that a step takes.
    outputs_info : Variable, dict, None or list of them, optional
        For each output its first value, a dictionary ``{'initial':
        variable, 'taps': [...]}``, or None if steps do not take it.
    non_sequences : list of Variable, optional
        Further arguments of each step.
    n_steps : int or Variable, optional
        Number of steps if the sequences do not determine it.
    truncate_gradient : int
        Number of steps to go back in the gradient; -1 for all.
    go_backwards : bool
        Begin at the end of the sequences.
    mode : str or Mode, optional
        Mode of a step; by default that of the function around the loop.
    name : str, optional
        Name of the loop in profiles and errors.
    profile : bool or str
        Whether to measure the time of steps.
    allow_gc : bool, optional
        Free memory during steps.
    strict : bool
        Whether `non_sequences` must hold all variables that steps use.
    return_list : bool
        Return a list even for one output.

    Returns
    -------
    outputs : Variable, list of Variable or None
        Each has the steps along its first dimension.
    updates : OrderedUpdates
        Updates of shared variables, for ``theano.function``.

    Examples
    --------
    >>> import theano
    >>> from theano import tensor
    >>> n = tensor.lscalar()
    >>> powers, updates = scan(lambda power: 2 * power, n_steps=n,
    ...                        outputs_info=tensor.constant(1))
    >>> theano.function([n], powers, updates=updates)(4)
    array([ 2,  4,  8, 16], dtype=int8)

    """
    if non_sequences is not None and not isinstance(
            non_sequences, (list, tuple)):
        non_sequences = [non_sequences]
    with warnings.catch_warnings():
        # PyTensor announces that it will no longer return updates, and
        # warns of an attribute that it sets itself.
        for message in 'Scan return signature', 'Setting default_update':
            warnings.filterwarnings('ignore', category=DeprecationWarning,
                                    message=message)
        outputs, updates = _backend_scan(
            with_default_updates(fn), sequences=sequences,
            outputs_info=outputs_info, non_sequences=non_sequences,
            n_steps=n_steps,
            truncate_gradient=truncate_gradient, go_backwards=go_backwards,
            mode=INNER_MODE if mode is None else get_mode(mode), name=name,
            profile=profile, allow_gc=allow_gc, strict=strict,
            return_list=return_list, return_updates=True)
    return _of_any_length(outputs), OrderedUpdates(updates)


def _of_any_length(outputs):
    """Forget that a loop of a single step has outputs of length one."""
    if isinstance(outputs, list):
        return [_of_any_length(output) for output in outputs]
    if outputs is None or not getattr(outputs, 'ndim', 0):
        return outputs
    return unbroadcast(outputs, 0)
