"""Checks of exported networks and TensorBoard's event files."""
import onnxruntime
import theano
from numpy.testing import assert_allclose

from tests.compat.blocks.extensions.test_tensorboard import events


def assert_exported(path, inputs, outputs, *arrays):
    """Compare an exported network with the Theano function.

    Parameters
    ----------
    path : str
        The ONNX file.
    inputs, outputs : list of variables
        The variables it was exported from.
    *arrays : :class:`numpy.ndarray`
        The arrays to run it on.

    Returns
    -------
    list of :class:`numpy.ndarray`
        The outputs.

    """
    arrays = [array.astype(variable.dtype)
              for array, variable in zip(arrays, inputs)]
    expected = theano.function(inputs, outputs)(*arrays)
    session = onnxruntime.InferenceSession(
        path, providers=['CPUExecutionProvider'])
    assert [one.name for one in session.get_outputs()] == [
        variable.name for variable in outputs]
    found = session.run(None, {variable.name: array for variable, array
                               in zip(inputs, arrays)})
    for ours, theirs, variable in zip(expected, found, outputs):
        assert_allclose(theirs, ours, atol=1e-5, err_msg=variable.name)
    return found


def assert_shown(folder, *tags):
    """Check that TensorBoard shows all of these tags, each step once."""
    shown = {tag.replace('/text_summary', ''): points
             for tag, points in events(folder).items()}
    missing = set(tags) - set(shown)
    assert not missing, f'{missing} are missing, there are {list(shown)}'
    for tag, points in shown.items():
        steps = [step for step, _ in points]
        assert steps == sorted(set(steps)), (tag, steps)
