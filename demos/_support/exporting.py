"""--export: the trained network as an ONNX file."""
import importlib.util
import os

from blocks_rnn_bricks.export import to_onnx
from demos._support.exits import UserError


def check_export(path):
    """Raise before training if the network could not be exported afterwards.

    Parameters
    ----------
    path : str or None
        The file; None if no export is requested.

    Raises
    ------
    UserError
        If a package is not installed or the file cannot be written.

    """
    if not path:
        return
    for package in 'onnx', 'onnxruntime':
        if importlib.util.find_spec(package) is None:
            raise UserError(f'--export needs the package {package}, which is '
                            f"not installed; run: pip install '.[onnx]'")
    folder = os.path.dirname(path) or os.curdir
    if os.path.isdir(path) or not os.path.isdir(folder):
        raise UserError(f'cannot write {path}: --export takes a file in an '
                        f'existing folder')
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UserError(f'cannot write into the folder {folder}; choose a '
                        f'file elsewhere with --export')


def export(path, inputs, outputs, what='The network'):
    """Write a network as ONNX, and print its path, inputs and outputs.

    Parameters
    ----------
    path : str or None
        The file; None if no export is requested.
    inputs, outputs : list of :class:`~theano.tensor.TensorVariable`
        Variables with the names to use in the file.
    what : str, optional
        The name of the network to print.

    """
    if not path:
        return
    to_onnx(path, inputs, outputs)
    print(f'{what} is in {os.path.abspath(path)}\n  takes '
          + ', '.join(map(describe, inputs)) + '\n  gives '
          + ', '.join(map(describe, outputs)))


def describe(variable):
    """Format a variable's name, dtype and number of axes."""
    return f'{variable.name} ({variable.dtype}, {variable.ndim} axes)'
