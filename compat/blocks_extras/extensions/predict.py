"""Predictions of a model on a stream of data."""
import numpy
from blocks.extensions import SimpleExtension
from blocks.graph import ComputationGraph


class PredictDataStream(SimpleExtension):
    r"""Computes variables on all batches of a stream, and keeps the values.

    Parameters
    ----------
    data_stream : :class:`fuel.streams.AbstractDataStream`
        The batches; their sources are the inputs of the variables.
    variables : list of :class:`~tensor.TensorVariable`
        The variables to compute; with different names, and examples along the
        first axis.
    path : str, optional
        An ``.npz`` file to write the values to.
    \*\*kwargs
        Triggers, see :class:`.SimpleExtension`; by default after training.

    Attributes
    ----------
    prediction : dict of (str, :class:`~numpy.ndarray`) or None
        The latest values by name of the variable.

    Raises
    ------
    ValueError
        If the variables have no names, or share one.

    """

    def __init__(self, data_stream, variables, path=None, **kwargs):
        kwargs.setdefault('after_training', True)
        super().__init__(**kwargs)
        names = [variable.name for variable in variables]
        if None in names or len(set(names)) < len(names):
            raise ValueError(f'PredictDataStream: the variables need '
                             f'different names, got {names}; set their name')
        self.data_stream = data_stream
        self.variables = variables
        self.path = path
        self.prediction = None
        self.theano_function = ComputationGraph(
            variables).get_theano_function(on_unused_input='ignore')

    def do(self, which_callback, *args):
        """Compute the variables on one epoch of the stream."""
        batches = [self.theano_function(**batch) for batch
                   in self.data_stream.get_epoch_iterator(as_dict=True)]
        self.prediction = {
            variable.name: numpy.concatenate(values) for variable, values
            in zip(self.variables, zip(*batches))}
        if self.path is not None:
            numpy.savez(self.path, **self.prediction)
