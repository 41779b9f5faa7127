"""Helpers for containers, for Theano variables and for tests.

Everything in :mod:`blocks.utils.utils` and :mod:`blocks.utils.theano_utils`
can be imported from here. The submodules are loaded on first use, so that
:mod:`blocks.config` can use this package without loading Theano.

"""
from importlib import import_module

_HOMES = {
    'utils': (
        'pack', 'unpack', 'reraise_as', 'dict_subset', 'dict_union',
        'repr_attrs', 'ipdb_breakpoint', 'print_sum', 'print_shape',
        'change_recursion_limit', 'extract_args', 'find_bricks'),
    'theano_utils': (
        'shared_floatx_zeros_matching', 'shared_floatx_zeros',
        'shared_floatx_nans', 'shared_floatx', 'shared_like',
        'check_theano_variable', 'is_graph_input', 'is_shared_variable',
        'put_hook', 'named_copy'),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = tuple(_HOME_OF)


def __getattr__(name):
    try:
        home = import_module('.' + _HOME_OF[name], __name__)
    except KeyError:
        raise AttributeError(
            f'module {__name__!r} has no attribute {name!r}') from None
    return getattr(home, name)


def __dir__():
    return sorted({*globals(), *__all__})
