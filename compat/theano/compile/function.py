"""``theano.function``."""

from pytensor.compile.maker import ProfileStats
from pytensor.compile.rebuild import construct_function_ins_and_outs
from pytensor.graph.traversal import apply_ancestors
from pytensor.ifelse import IfElse
from theano.compile.arguments import as_pairs, check_arguments
from theano.compile.function_module import DressedFunction, Function
from theano.compile.mode import compiling_in, get_mode, without_numba
from theano.configparser import config

__all__ = ['function']


def function(inputs, outputs=None, mode=None, updates=None, givens=None,
             no_default_updates=False, accept_inplace=False, name=None,
             rebuild_strict=True, allow_input_downcast=None, profile=None,
             on_unused_input=None):
    """Compile a graph into a function of its inputs.

    Parameters
    ----------
    inputs : list of Variable or In
        Arguments of the function.
    outputs : Variable, Out, list or dict of them, optional
        The outputs: a variable for a single output, a list for a list, a
        dictionary with the same keys for a dictionary.
    mode : str or Mode, optional
        The mode of compilation; ``theano.config.mode`` by default.
    updates : dict or iterable of pairs, optional
        Shared variables and the expressions they take after each call.
    givens : dict or iterable of pairs, optional
        Variables and their replacements in the graph.
    no_default_updates : bool or list of Variable
        Whether (or for which shared variables) to omit the default updates,
        such as those of random streams.
    accept_inplace : bool
        Whether the graph may contain operations that overwrite inputs.
    name : str, optional
        Name of the function in profiles and errors.
    rebuild_strict : bool
        Whether replacements must keep the type.
    allow_input_downcast : bool, optional
        Whether arguments may lose precision by a cast.
    profile : bool, str or ProfileStats, optional
        Measure the time of every operation.
    on_unused_input : {'raise', 'warn', 'ignore'}, optional
        How to handle an input that no output needs.

    Returns
    -------
    Function

    Raises
    ------
    TypeError
        If `inputs` is not a list, or an argument has a wrong type.
    UnusedInputError
        If an input is unused or occurs twice.
    theano.gof.MissingInputError
        If an output needs a variable that is not an input.

    Examples
    --------
    >>> from theano import tensor
    >>> x = tensor.dscalar('x')
    >>> f = function([x], {'double': 2 * x, 'square': x ** 2})
    >>> f(3.)['square']
    array(9.)

    """
    if updates is not None and not isinstance(updates, dict):
        updates = as_pairs('updates', updates)
    check_arguments(inputs, outputs, updates, givens)
    keys = None
    if isinstance(outputs, dict):
        keys = sorted(outputs)
        outputs = [outputs[key] for key in keys]
    elif isinstance(outputs, tuple):
        outputs = list(outputs)
    specs, cloned_outputs = construct_function_ins_and_outs(
        list(inputs), outputs, updates=updates, givens=givens,
        no_default_updates=no_default_updates,
        rebuild_strict=rebuild_strict,
        allow_input_downcast=allow_input_downcast)
    mode = get_mode(mode)
    if _has_choices(specs, cloned_outputs):
        mode = without_numba(mode)
    with compiling_in(mode):
        maker = mode.function_maker(
            specs, cloned_outputs, mode, accept_inplace=accept_inplace,
            profile=_as_profile(profile, name),
            on_unused_input=on_unused_input, name=name)
        maker.output_keys = keys
        has_defaults = any(getattr(spec, 'default', None) is not None
                           for spec in specs)
        maker.function_class = (DressedFunction if keys or has_defaults
                                else Function)
        return maker.create()


def _has_choices(specs, outputs):
    """Return whether a graph contains an ifelse; Numba does not support it."""
    if outputs is None:
        outputs = []
    elif not isinstance(outputs, list):
        outputs = [outputs]
    results = [getattr(output, 'variable', output) for output in outputs]
    results += [spec.update for spec in specs if spec.update is not None]
    return any(isinstance(node.op, IfElse)
               for node in apply_ancestors(results))


def _as_profile(profile, name):
    """Return an object that collects measurements, or None."""
    if profile is None:
        profile = config.profile or config.print_global_stats
    if profile is True:
        return ProfileStats(message=name)
    if isinstance(profile, str):
        return ProfileStats(message=profile)
    return profile or None
