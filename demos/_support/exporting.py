"""--export: the trained network as an ONNX file."""
import importlib.util
import os

from blocks_rnn_bricks.export import to_onnx
from demos._support.exits import UserError


def check_export(path):
    """Raise, before training, if a network could not be exported after it.

    Parameters
    ----------
    path : str or None
        The file; None if none is asked for.

    Raises
    ------
    UserError
        If a package is not installed or the file cannot be written.

    """
    if not path:
        return
    for package in 'onnx', 'onnxruntime':
        if importlib.util.find_spec(package) is None:
            raise UserError(f'--export takes the package {package}, which is '
                            f"not installed; run: pip install '.[onnx]'")
    folder = os.path.dirname(path) or os.curdir
    if os.path.isdir(path) or not os.path.isdir(folder):
        raise UserError(f'cannot write {path}: --export takes a file in a '
                        f'folder that is there')
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UserError(f'cannot write into the folder {folder}; name a file '
                        f'elsewhere with --export')


def export(path, inputs, outputs, what='The network'):
    """Write a network as ONNX, and print where it is and what it holds.

    Parameters
    ----------
    path : str or None
        The file; None if none is asked for.
    inputs, outputs : list of :class:`~theano.tensor.TensorVariable`
        With the names that they are to have in the file.
    what : str, optional
        What it is, for the print.

    """
    if not path:
        return
    to_onnx(path, inputs, outputs)
    print(f'{what} is in {os.path.abspath(path)}\n  takes '
          + ', '.join(map(describe, inputs)) + '\n  gives '
          + ', '.join(map(describe, outputs)))


def describe(variable):
    """A variable's name, type and number of axes."""
    return f'{variable.name} ({variable.dtype}, {variable.ndim} axes)'
