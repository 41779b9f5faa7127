"""Answers of GPU modules when there is no GPU.

Scripts import them to ask whether there is a GPU, and to compare the types
of operations.  So the modules and names are here, and what would need a GPU
refuses when it is called.
"""

import logging

__all__ = ['REASON', 'absent', 'refuse_device']

REASON = ('there is no GPU: this Theano computes on the CPU and does not '
          'support GPUs')

logger = logging.getLogger('theano')


class _Absent(type):
    """The class of what needs a GPU: without instances, and not called."""

    def __call__(cls, *args, **kwargs):
        raise RuntimeError(f'{cls.__module__}.{cls.__name__}: {REASON}')


def absent(module, *names):
    """Make names for what needs a GPU.

    Parameters
    ----------
    module : str
        The module of the names.
    *names : str

    Returns
    -------
    dict
        Under each name a class of which nothing is an instance, and which
        raises RuntimeError when it is called.

    """
    return {name: _Absent(name, (), {
        '__module__': module, '__doc__': 'Needs a GPU, which is not '
                                         'supported.'})
            for name in names}


def refuse_device(device, force=False):
    """Say that a device cannot be used, unless it is the CPU.

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
        raise EnvironmentError(f'device {device!r} cannot be used: {REASON}')
    logger.error('device %r cannot be used: %s', device, REASON)
