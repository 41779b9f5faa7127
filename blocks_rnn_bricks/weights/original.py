"""Weights of original Blocks' LSTM, and its files."""
import os
import tarfile
import zipfile
from typing import TYPE_CHECKING, Dict

import numpy
from blocks.serialization import load_parameters

from blocks_rnn_bricks.deprecation import renamed_argument
from blocks_rnn_bricks.gates import GATES
from blocks_rnn_bricks.settings import check_mapping, check_string
from blocks_rnn_bricks.weights.forms import (
    as_numbers,
    check_weights,
    make_weights,
    refuse_gru,
    refuse_projection,
)
from blocks_rnn_bricks.weights.kinds import (
    PEEPHOLES,
    DirectionWeights,
    reordered,
)
from blocks_rnn_bricks.weights.npz import read_npz

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

#: Blocks' order input, forget, cells, output in the lecture's symbols.
ORDER = ('j', 'f', 'i', 'o')

_STATES = ('W_state', 'initial_state', 'initial_cells') + PEEPHOLES


def from_blocks(parameters: Dict[str, 'ArrayLike'], transition: str,
                projection: str) -> DirectionWeights:
    """Convert the parameters of an LSTM of original Blocks to a direction.

    Parameters
    ----------
    parameters : dict of str to array-like
        Parameters by path, as returned by ``Model.get_parameter_values`` and
        :func:`load_blocks_parameters`.
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
    weights = {name: _get(parameters, transition, name) for name in _STATES}
    weights['W_input'] = _get(parameters, projection, 'W')
    if projection + '.b' in parameters:
        weights['b'] = _get(parameters, projection, 'b')
    for name in ('W_input', 'W_state', 'b'):
        if name in weights:
            if not weights[name].ndim or weights[name].shape[-1] % len(ORDER):
                raise ValueError('from_blocks, {}: {} must have a last axis '
                                 'of 4*dim, got shape {}'.format(
                                     transition, name, weights[name].shape))
            weights[name] = reordered(weights[name], ORDER)
    return make_weights('from_blocks, ' + transition, **weights)


@renamed_argument('run', 'weights')
def to_blocks(weights: DirectionWeights, transition: str,
              projection: str) -> Dict[str, numpy.ndarray]:
    """Convert a direction for the LSTM and Linear of original Blocks.

    Parameters
    ----------
    weights : dict of str to numpy.ndarray
        Weights of a direction; missing peepholes are set to zero.
    transition, projection : str
        The paths of the LSTM and of the ``Linear`` before it.

    Returns
    -------
    dict of str to numpy.ndarray
        Parameters by path, for ``Model.set_parameter_values``.

    Raises
    ------
    ValueError
        If a key is missing or unknown, a shape is wrong, or the weights are of
        a GRU or an LSTM with projected states.

    """
    _check_paths('to_blocks', transition, projection)
    weights = check_weights('to_blocks', weights)
    refuse_gru('to_blocks', weights)
    refuse_projection('to_blocks', weights,
                      "Blocks' LSTM has no projected states")
    for name in PEEPHOLES:
        weights.setdefault(name, numpy.zeros_like(weights['initial_state']))
    for name in ('W_input', 'W_state', 'b'):
        weights[name] = reordered(weights[name], GATES, to=ORDER)
    parameters = {'{}.{}'.format(transition, name): weights[name]
                  for name in _STATES}
    parameters[projection + '.W'] = weights['W_input']
    parameters[projection + '.b'] = weights['b']
    return parameters


def load_blocks_parameters(path: str) -> Dict[str, numpy.ndarray]:
    """Read the parameters from a file saved by Blocks.

    Nothing is unpickled, so the file may come from any version of Blocks and
    Python.

    Parameters
    ----------
    path : str
        A checkpoint (tar) with separately saved parameters, as written by
        :class:`blocks.extensions.saveload.Checkpoint`, or an ``.npz`` file of
        parameters, as written by Blocks 0.1.

    Returns
    -------
    dict of str to numpy.ndarray
        Parameters by path, such as ``'/mlp/linear_0.W'``.

    Raises
    ------
    ValueError
        If the file is neither (for example, a zip file from PyTorch), is a
        checkpoint without parameters, is damaged, or its compressed arrays
        would take more than 1 GiB.

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
                    "load_blocks_parameters: the checkpoint '{}' contains no "
                    "separate parameters; save it with parameters, or load "
                    "the pickle with blocks.serialization.load on the stack "
                    "that wrote it".format(path)) from None
            except tarfile.ReadError as error:
                raise ValueError("load_blocks_parameters: '{}': {}".format(
                    path, error)) from error
    if zipfile.is_zipfile(path):
        return {_as_path(name): array for name, array in read_npz(
            'load_blocks_parameters', path).items()}
    raise ValueError("load_blocks_parameters: expected a tar checkpoint or an"
                     " .npz file of Blocks, '{}' is neither".format(path))


def _as_path(name):
    """Restore the / of a path.

    Blocks 0.1 wrote - for it, later versions |.

    """
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
        raise ValueError("from_blocks: '{}' is not among the parameters "
                         "{}".format(path, ', '.join(sorted(parameters))))
    return as_numbers('from_blocks', path, parameters[path])
