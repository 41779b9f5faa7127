"""Weights of original Blocks' LSTM, and the files it saves them in."""
import os
import tarfile
import zipfile
from typing import TYPE_CHECKING, Dict

import numpy
from blocks.serialization import load_parameters

from blocks_rnn_bricks.gates import GATES
from blocks_rnn_bricks.settings import check_mapping, check_string
from blocks_rnn_bricks.weights.forms import (
    as_numbers,
    check_run,
    make_run,
    refuse_gru,
    refuse_projection,
)
from blocks_rnn_bricks.weights.kinds import PEEPHOLES, Run, reordered
from blocks_rnn_bricks.weights.npz import read_npz

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

#: Blocks' input, forget, cells, output in the lecture's symbols.
ORDER = ('j', 'f', 'i', 'o')

_STATES = ('W_state', 'initial_state', 'initial_cells') + PEEPHOLES


def from_blocks(parameters: Dict[str, 'ArrayLike'], transition: str,
                projection: str) -> Run:
    """The run in parameters of an LSTM of original Blocks.

    Parameters
    ----------
    parameters : dict of str to array-like
        By path, as ``Model.get_parameter_values`` and
        :func:`load_blocks_parameters` return them.
    transition : str
        The path of the LSTM, for example ``'/encoder/lstm'``.
    projection : str
        The path of the ``Linear`` before it, for example
        ``'/encoder/fork/fork_inputs'``.

    Returns
    -------
    dict of str to numpy.ndarray

    Raises
    ------
    ValueError
        If a parameter is missing or a shape is wrong.

    """
    check_mapping('from_blocks', 'parameters', parameters, 'arrays by path, '
                  'as load_blocks_parameters returns it')
    _check_paths('from_blocks', transition, projection)
    run = {name: _get(parameters, transition, name) for name in _STATES}
    run['W_input'] = _get(parameters, projection, 'W')
    if projection + '.b' in parameters:
        run['b'] = _get(parameters, projection, 'b')
    for name in ('W_input', 'W_state', 'b'):
        if name in run:
            if not run[name].ndim or run[name].shape[-1] % len(ORDER):
                raise ValueError('from_blocks, {}: {} must have a last axis '
                                 'of 4*dim, got shape {}'.format(
                                     transition, name, run[name].shape))
            run[name] = reordered(run[name], ORDER)
    return make_run('from_blocks, ' + transition, **run)


def to_blocks(run: Run, transition: str,
              projection: str) -> Dict[str, numpy.ndarray]:
    """The parameters for original Blocks' LSTM and Linear of a run.

    Parameters
    ----------
    run : dict of str to numpy.ndarray
        Peepholes are zero if it has none.
    transition, projection : str
        The paths of the LSTM and of the ``Linear`` before it.

    Returns
    -------
    dict of str to numpy.ndarray
        By path, for ``Model.set_parameter_values``.

    Raises
    ------
    ValueError
        If a key is missing or unknown, a shape is wrong, or the run is of a
        GRU or has projected states.

    """
    _check_paths('to_blocks', transition, projection)
    run = check_run('to_blocks', run)
    refuse_gru('to_blocks', run)
    refuse_projection('to_blocks', run,
                      "Blocks' LSTM has no projected states")
    for name in PEEPHOLES:
        run.setdefault(name, numpy.zeros_like(run['initial_state']))
    for name in ('W_input', 'W_state', 'b'):
        run[name] = reordered(run[name], GATES, to=ORDER)
    parameters = {'{}.{}'.format(transition, name): run[name]
                  for name in _STATES}
    parameters[projection + '.W'] = run['W_input']
    parameters[projection + '.b'] = run['b']
    return parameters


def load_blocks_parameters(path: str) -> Dict[str, numpy.ndarray]:
    """Read the parameters out of a file that Blocks saved.

    No pickle is opened, so the file may come from any version of Blocks and
    of Python.

    Parameters
    ----------
    path : str
        A checkpoint (tar) saved with its parameters separately, as
        :class:`blocks.extensions.saveload.Checkpoint` does; or an ``.npz``
        file of parameters, as Blocks 0.1 saved it.

    Returns
    -------
    dict of str to numpy.ndarray
        By path: ``'/mlp/linear_0.W'``.

    Raises
    ------
    ValueError
        If it is neither, such as a file of PyTorch, which is a zip file,
        too; if it is a checkpoint without parameters, or damaged; if it is
        compressed and its arrays would take more than 1 GiB.

    """
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError('load_blocks_parameters: path must be the path of a '
                        'file, got {!r}'.format(path))
    path = os.fspath(path)
    if tarfile.is_tarfile(path):
        with open(path, 'rb') as file_:
            try:
                return load_parameters(file_)
            except KeyError:
                raise ValueError(
                    "load_blocks_parameters: the checkpoint '{}' holds no "
                    'separate parameters; save it with the parameters given, '
                    'or load the pickle with blocks.serialization.load where'
                    ' it was made'.format(path)) from None
            except tarfile.ReadError as error:
                raise ValueError("load_blocks_parameters: '{}': {}".format(
                    path, error)) from error
    if zipfile.is_zipfile(path):
        return {_as_path(name): array for name, array in read_npz(
            'load_blocks_parameters', path).items()}
    raise ValueError("load_blocks_parameters: expected a tar checkpoint or an"
                     " .npz file of Blocks, '{}' is neither".format(path))


def _as_path(name):
    """Blocks 0.1 wrote - for /, later versions | ."""
    for delimiter in '-|':
        if name.startswith(delimiter):
            return name.replace(delimiter, '/')
    return name


def _check_paths(who, transition, projection):
    check_string(who, 'transition', transition, "the path of the LSTM, such "
                 "as '/encoder/lstm'")
    check_string(who, 'projection', projection, "the path of the Linear, such"
                 " as '/encoder/fork/fork_inputs'")


def _get(parameters, brick, name):
    path = '{}.{}'.format(brick, name)
    if path not in parameters:
        raise ValueError("from_blocks: there is no '{}' among the parameters "
                         '{}'.format(path, ', '.join(sorted(parameters))))
    return as_numbers('from_blocks', path, parameters[path])
