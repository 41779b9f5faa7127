"""Checks of exported networks and TensorBoard's event files."""
import onnxruntime
import theano
from numpy.testing import assert_allclose

from tests.compat.blocks.extensions.test_tensorboard import events


class Exported:
    """An exported network and the Theano function that it must equal.

    Called with arrays, it compares the two and returns the outputs.

    Parameters
    ----------
    path : str
        The ONNX file.
    inputs, outputs : list of variables
        The variables it was exported from.

    """

    def __init__(self, path, inputs, outputs):
        self.inputs, self.outputs = inputs, outputs
        self.function = theano.function(inputs, outputs)
        self.session = onnxruntime.InferenceSession(
            path, providers=['CPUExecutionProvider'])
        assert [one.name for one in self.session.get_outputs()] == [
            variable.name for variable in outputs]

    def __call__(self, *arrays):
        arrays = [array.astype(variable.dtype)
                  for array, variable in zip(arrays, self.inputs)]
        found = self.session.run(None, {
            variable.name: array
            for variable, array in zip(self.inputs, arrays)})
        for ours, theirs, variable in zip(self.function(*arrays), found,
                                          self.outputs):
            assert_allclose(theirs, ours, atol=1e-5, err_msg=variable.name)
        return found


def assert_exported(path, inputs, outputs, *arrays):
    """Compare an exported network once; see :class:`Exported`."""
    return Exported(path, inputs, outputs)(*arrays)


def assert_shown(folder, *tags):
    """Check that TensorBoard shows all of these tags, each step once."""
    shown = {tag.replace('/text_summary', ''): points
             for tag, points in events(folder).items()}
    missing = set(tags) - set(shown)
    assert not missing, f'{missing} are missing, there are {list(shown)}'
    for tag, points in shown.items():
        steps = [step for step, _ in points]
        assert steps == sorted(set(steps)), (tag, steps)
