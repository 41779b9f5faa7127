"""PyTorch's reference vectors, for tests that must not need PyTorch."""
import os

import numpy

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'data')


class TorchCase:
    """What PyTorch computed for one network on one padded batch.

    Everything is float32 and time-major; the steps after a sequence's end
    hold ordinary numbers in `inputs` and zeros in `outputs`.

    Parameters
    ----------
    num_layers : int
    bidirectional : bool
    kind : {'lstm', 'gru', 'proj'}, optional
        'proj' is an LSTM with projected states.

    Attributes
    ----------
    weights : dict of str to numpy.ndarray
        The state dictionary: ``weight_ih_l0`` and so on.
    inputs : numpy.ndarray, (time, batch, features)
    lengths : numpy.ndarray of int64, (batch,)
    mask : numpy.ndarray, (time, batch)
        1 for data and 0 for padding.
    initial_states, initial_cells : numpy.ndarray, (runs, batch, dim)
        One run a layer and direction: layer 0 forward, layer 0 backward,
        layer 1 forward and so on. A GRU has no cells, here and below.
    states : list of numpy.ndarray
        Those of the two that there are.
    outputs : numpy.ndarray, (time, batch, dim) or (time, batch, 2 * dim)
        Of the top layer, forward beside backward.
    last_states, last_cells : numpy.ndarray, (runs, batch, dim)
        After each run's last step: a forward run's at the sequence's end,
        a backward run's at its beginning.
    projections : dict of str to numpy.ndarray
        By what ``outputs``, ``last_states`` and ``last_cells`` are
        multiplied before they are summed to the loss.
    loss : numpy.ndarray, ()
    gradients : dict of str to numpy.ndarray
        Of the loss with respect to each weight, ``inputs``,
        ``initial_states`` and ``initial_cells``.

    """

    def __init__(self, num_layers, bidirectional, kind='lstm'):
        self.kind = kind
        self.num_layers = num_layers
        self.bidirectional = bidirectional
        path = os.path.join(FOLDER, 'torch_{}.npz'.format(self))
        with numpy.load(path) as arrays:
            self.weights = self._group(arrays, 'weight:')
            self.projections = self._group(arrays, 'projection:')
            self.gradients = self._group(arrays, 'gradient:')
            for name in arrays.files:
                if ':' not in name:
                    setattr(self, name, arrays[name])
        steps = numpy.arange(len(self.inputs))
        self.mask = (steps[:, None] < self.lengths).astype(self.inputs.dtype)
        # In the order in which our bricks have them.
        self.states = [getattr(self, name)
                       for name in ('initial_states', 'initial_cells')
                       if hasattr(self, name)]
        self.dim = self.weights['weight_hh_l0'].shape[0] // (
            3 if kind == 'gru' else 4)

    def __str__(self):
        return '{}_{}layer_{}'.format(self.kind, self.num_layers,
                                      'bi' if self.bidirectional else 'uni')

    @staticmethod
    def _group(arrays, prefix):
        return {name[len(prefix):]: arrays[name] for name in arrays.files
                if name.startswith(prefix)}


def torch_cases(kind='lstm'):
    """All the cases: 1, 2 and, of LSTMs, 3 layers, one and both directions."""
    return [TorchCase(num_layers, bidirectional, kind)
            for num_layers in ((1, 2, 3) if kind == 'lstm' else (1, 2))
            for bidirectional in (False, True)]
