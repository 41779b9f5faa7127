"""Messages about data or costs that an algorithm can't use."""
from difflib import get_close_matches

import numpy

from ..annotations import full_name


def listed(names):
    """Format names as a list in a sentence."""
    return ', '.join(repr(name) for name in names) or 'none'


def sources_message(sources, names):
    """Explain why the sources of a batch don't match the inputs of a graph.

    Parameters
    ----------
    sources : iterable of str
        The sources of the batch.
    names : iterable of str
        The names of the graph's inputs.

    Returns
    -------
    missing : str
        Explains inputs that no source feeds; empty if there are none.
    unused : str
        Explains sources that no input matches; empty if there are none.

    """
    sources, names = list(sources), list(names)
    missing = [name for name in names if name not in sources]
    unused = [source for source in sources if source not in names]
    have = (f'The stream has the sources {listed(sources)}; the inputs of '
            f'the graph are {listed(names)}. ')
    missing_text = unused_text = ''
    if missing:
        missing_text = f'no source feeds the input {listed(missing)}. {have}'
        for name in missing:
            hint = mask_hint(name, sources)
            missing_text += hint
            close = [] if hint else get_close_matches(name, unused, n=1)
            for source in close:
                missing_text += f'Did you mean {source!r} by {name!r}? '
        missing_text += (
            "Give the variable the name of the source, as in "
            "tensor.matrix('features'), or rename the source with "
            "fuel.transformers.Rename.")
    if unused:
        unused_text = (
            f'no input of the graph matches the source {listed(unused)}. '
            f'{have}Name an input after it, or drop it with '
            f'fuel.transformers.FilterSources(stream, sources=('
            f'{"".join(repr(name) + ", " for name in names)})), '
            f"or pass on_unused_sources='ignore' or 'warn' to the algorithm.")
    return missing_text, unused_text


def mask_hint(missing, sources):
    """Explain how to make a missing mask, if the name looks like one.

    Parameters
    ----------
    missing : str
        The name of an input that no source feeds.
    sources : iterable of str
        The sources.

    Returns
    -------
    str
        Empty if the name is not that of a mask.

    """
    source = missing.removesuffix('_mask')
    if source == missing:
        return ''
    if source not in sources:
        return (f'{missing!r} is the name of the mask that '
                f'fuel.transformers.Padding makes of a source {source!r}, '
                f'which is missing as well. ')
    return (f'{missing!r} is the mask that fuel.transformers.Padding makes '
            f'of the source {source!r}: wrap the stream of batches in '
            f'Padding, with {source!r} among its mask_sources, if given. ')


def type_message(inputs, batch):
    """List the sources of a batch whose type their input can't take.

    Parameters
    ----------
    inputs : list of :class:`~tensor.TensorVariable`
        The inputs of the graph.
    batch : dict of (str, :class:`~numpy.ndarray`)
        The batch.

    Returns
    -------
    str
        Empty if all types match.

    """
    problems = []
    for variable in inputs:
        value = batch[variable.name]
        try:
            value = numpy.asarray(value)
        except ValueError:  # NumPy's message for ragged data
            value = numpy.empty(len(value), dtype=object)
        name = repr(variable.name)
        if value.dtype == object:
            problems.append(
                f'source {name} has examples of unequal shapes; apply '
                f'fuel.transformers.Padding to the stream of batches')
        elif value.ndim != variable.ndim:
            problems.append(
                f'source {name} has {value.ndim} axes (shape {value.shape}), '
                f'but the input {name} has {variable.ndim}; declare the '
                f'input with as many axes, or reshape with '
                f'fuel.transformers.Mapping')
        elif not numpy.can_cast(value.dtype, variable.dtype):
            problems.append(
                f'source {name} is {value.dtype}, but the input {name} is '
                f'{variable.dtype}; apply fuel.transformers.Cast(stream, '
                f"'{variable.dtype}', which_sources=({name},)). Masks have "
                f'the dtype fuel.config.floatX (FUEL_FLOATX): set it to that '
                f'of Theano, which is a separate setting')
    return '. '.join(problems)


def not_finite_message(cost, value, batch, parameters):
    """Explain a cost that has become NaN or infinite.

    Parameters
    ----------
    cost : :class:`~tensor.TensorVariable`
        The cost.
    value : float
        Its value on the batch.
    batch : dict of (str, :class:`~numpy.ndarray`)
        The batch.
    parameters : list of :class:`~tensor.TensorSharedVariable`
        The parameters, already updated.

    Returns
    -------
    str

    """
    bad_sources = [
        name for name, array in batch.items()
        if numpy.asarray(array).dtype.kind == 'f'
        and not numpy.isfinite(array).all()]
    bad_parameters = [
        full_name(parameter) for parameter in parameters
        if not numpy.isfinite(parameter.get_value(borrow=True)).all()]
    text = f'the cost {full_name(cost)!r} is {value}. '
    if bad_sources:
        return text + (
            f'The data themselves have values that are not finite, in '
            f'source {listed(bad_sources)}: clean the data, or filter such '
            f'examples with fuel.transformers.Filter.')
    text += 'The data are finite. '
    if bad_parameters:
        text += ('After this update, these are not finite: '
                 f'{", ".join(bad_parameters)}. ')
    return text + (
        'If the cost grew before, try a lower learning rate or StepClipping; '
        'if not, look for a logarithm, a division or a root of 0, e.g. in a '
        'mean over a mask of zeros. RemoveNotFinite as the first rule skips '
        'such updates. To find the operation, pass theano_func_kwargs='
        "{'mode': NanGuardMode(nan_is_error=True, inf_is_error=True, "
        "big_is_error=False)} from theano.compile.nanguardmode.")
