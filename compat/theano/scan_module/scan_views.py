"""Loops of a simpler form."""

from theano.scan_module.scan import scan

__all__ = ['foldl', 'foldr', 'map', 'reduce']


def map(fn, sequences, non_sequences=None, truncate_gradient=-1,
        go_backwards=False, mode=None, name=None):
    """Apply `fn` to every slice of the sequences.

    The arguments and results are those of :func:`theano.scan`.

    """
    return scan(fn, sequences=sequences, outputs_info=[],
                non_sequences=non_sequences,
                truncate_gradient=truncate_gradient,
                go_backwards=go_backwards, mode=mode, name=name)


def reduce(fn, sequences, outputs_info, non_sequences=None,
           go_backwards=False, mode=None, name=None):
    """Apply `fn` to slices and the previous result; return the last.

    The arguments are those of :func:`theano.scan`.

    Returns
    -------
    outputs : Variable or list of Variable
        Results of the last step.
    updates : OrderedUpdates
        Updates of shared variables.

    """
    outputs, updates = scan(
        fn, sequences=sequences, outputs_info=outputs_info,
        non_sequences=non_sequences, go_backwards=go_backwards, mode=mode,
        name=name)
    if isinstance(outputs, (list, tuple)):
        return [output[-1] for output in outputs], updates
    return outputs[-1], updates


def foldl(fn, sequences, outputs_info, non_sequences=None, mode=None,
          name=None):
    """Reduce from the first slice to the last; see :func:`reduce`."""
    return reduce(fn, sequences, outputs_info, non_sequences,
                  go_backwards=False, mode=mode, name=name)


def foldr(fn, sequences, outputs_info, non_sequences=None, mode=None,
          name=None):
    """Reduce from the last slice to the first; see :func:`reduce`."""
    return reduce(fn, sequences, outputs_info, non_sequences,
                  go_backwards=True, mode=mode, name=name)
