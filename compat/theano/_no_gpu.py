"""Placeholders for GPU modules when there is no GPU.

Scripts import these modules to check for a GPU, and to compare the types of
operations. So the modules and names exist, and functions that need a GPU raise
an error when called.

"""

import logging

__all__ = ['REASON', 'absent', 'refuse_device']

REASON = ('there is no GPU: this Theano computes on the CPU and does not '
          'support GPUs')

logger = logging.getLogger('theano')


class _Absent(type):
    """Metaclass of names that need a GPU: no instances, no calls."""

    def __call__(cls, *args, **kwargs):
        raise RuntimeError(f'{cls.__module__}.{cls.__name__}: {REASON}')


def absent(module, *names):
    """Make classes for names that need a GPU.

    Parameters
    ----------
    module : str
        The module of the names.
    *names : str

    Returns
    -------
    dict
        For each name, a class that has no instances and raises RuntimeError
        when called.

    """
    return {name: _Absent(name, (), {
        '__module__': module, '__doc__': 'Needs a GPU, which is not '
                                         'supported.'})
            for name in names}


def refuse_device(device, force=False):
    """Report that a device cannot be used, unless it is the CPU.

    Parameters
    ----------
    device : str
    force : bool
        Raise an error; otherwise log one.

    Raises
    ------
    EnvironmentError
        If a GPU is forced.

    """
    if device == 'cpu':
        return
    if force:
        raise OSError(f'device {device!r} cannot be used: {REASON}')
    logger.error('device %r cannot be used: %s', device, REASON)
