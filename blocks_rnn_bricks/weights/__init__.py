r"""Conversion of LSTM and GRU weights from and to other libraries.

All functions use one common form, dictionaries of NumPy arrays. The weights of
*a direction* of one layer are, for an LSTM,

====================  ============  =======================================
key                   shape         meaning
====================  ============  =======================================
``W_input``           (F, 4*dim)    weights of the inputs
``b``                 (4*dim,)      biases
``W_state``           (dim, 4*dim)  recurrent weights
``initial_state``     (dim,)        :math:`h_0`
``initial_cells``     (dim,)        :math:`c_0`
``W_cell_to_in``      (dim,)        peepholes to the input gate, j
``W_cell_to_forget``  (dim,)        peepholes to the forget gate, f
``W_cell_to_out``     (dim,)        peepholes to the output gate, o
``W_projection``      (dim, P)      projection of the states
====================  ============  =======================================

with the gates in the order of :data:`blocks_rnn_bricks.gates.GATES`. Either
all three peepholes are given or none. With ``W_projection``, the states have P
= proj_dim features: ``W_state`` is (P, 4*dim) and ``initial_state`` is (P,).
For a GRU they are

====================  ============  =======================================
key                   shape         meaning
====================  ============  =======================================
``W_input``           (F, 3*dim)    weights of the inputs
``b``                 (3*dim,)      biases
``W_state``           (dim, 3*dim)  recurrent weights
``b_candidate``       (dim,)        bias of the candidate, n, that the reset
                                    gate multiplies
``initial_state``     (dim,)        :math:`h_0`
====================  ============  =======================================

with the gates in the order of :data:`blocks_rnn_bricks.gates.GRU_GATES`. The
shape of the recurrent weights distinguishes the two, so functions that take
both need no argument for it. *A layer* is a dictionary of its directions,
``{'forward': weights}`` or ``{'forward': weights, 'backward': weights}``; *a
network* is the list of its layers, starting at the inputs.

* :func:`from_pytorch`, :func:`to_pytorch`: a network and the state dictionary
  of ``torch.nn.LSTM`` or ``torch.nn.GRU``;
* :func:`from_keras`, :func:`to_keras`: a layer and ``get_weights()`` of
  ``LSTM`` or ``GRU(reset_after=True)``, or of ``Bidirectional`` around it;
* :func:`from_lasagne`, :func:`to_lasagne`: a direction and the parameters of
  ``LSTMLayer``, by name;
* :func:`from_blocks`, :func:`to_blocks`: a direction and the parameters of
  original Blocks' ``LSTM`` and ``Linear``, by path;
  :func:`load_blocks_parameters` reads its files;
* :func:`get_direction`, :func:`set_direction`: a direction and our ``LSTM``,
  ``PeepholeLSTM``, ``ProjectedLSTM`` or ``GatedRecurrent`` with the ``Linear``
  before it;
* :func:`get_network`, :func:`set_network`: a network and our stacks.

No nonzero weight is dropped silently: if the target does not have it, an error
is raised. This includes any projection of the states, because the states would
change without it.

Examples
--------
>>> import numpy
>>> state_dict = {'weight_ih_l0': numpy.ones((8, 3)),
...               'weight_hh_l0': numpy.ones((8, 2)),
...               'bias_ih_l0': numpy.arange(8.),
...               'bias_hh_l0': numpy.zeros(8)}
>>> layer, = from_pytorch(state_dict)
>>> layer['forward']['W_input'].shape
(3, 8)
>>> layer['forward']['b']  # i, j, f, o: PyTorch's third gate is first
array([4., 5., 0., 1., 2., 3., 6., 7.])

"""
# Deprecated names.
from blocks_rnn_bricks.weights.bricks import (  # noqa: F401
    get_direction,
    get_network,
    get_run,
    set_direction,
    set_network,
    set_run,
)
from blocks_rnn_bricks.weights.forms import initial_states
from blocks_rnn_bricks.weights.keras import from_keras, to_keras
from blocks_rnn_bricks.weights.kinds import PEEPHOLES
from blocks_rnn_bricks.weights.lasagne import from_lasagne, to_lasagne
from blocks_rnn_bricks.weights.original import (
    from_blocks,
    load_blocks_parameters,
    to_blocks,
)
from blocks_rnn_bricks.weights.pytorch import from_pytorch, to_pytorch

__all__ = ('PEEPHOLES', 'from_blocks', 'from_keras', 'from_lasagne',
           'from_pytorch', 'get_direction', 'get_network', 'initial_states',
           'load_blocks_parameters', 'set_direction', 'set_network',
           'to_blocks', 'to_keras', 'to_lasagne', 'to_pytorch')
