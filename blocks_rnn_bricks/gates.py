"""The definition of the gate orders.

Everything that concatenates the gates along one axis (the inputs of a brick,
``W_state``, the bias of the projection, the conversion of other libraries'
weights) uses these orders.

The symbols are those of the lecture "Recurrent Neural Networks in Theano"
(Brakel, 2015), after Jozefowicz et al. (2015):

====== ============ =======================================================
symbol activation   role
====== ============ =======================================================
``i``  tanh         block input, the candidate for the cell
``j``  sigmoid      input gate, how much of ``i`` is written
``f``  sigmoid      forget gate, how much of the old cell is kept
``o``  sigmoid      output gate, how much of the cell is output
====== ============ =======================================================

Graves (2013) calls the input gate *i*; that is the lecture's *j*.

"""

#: The gates of an LSTM in the order in which they are concatenated.
GATES = ('i', 'j', 'f', 'o')

#: The reset gate, the update gate and the candidate of a gated recurrent
#: unit, in the order in which they are concatenated.
GRU_GATES = ('r', 'z', 'n')

#: The update gate, which writes ``u`` of the new and keeps ``1 - u`` of the
#: old state, and the reset gate: ``gate_inputs`` of the gated recurrent unit
#: of Blocks.  Its update gate is ``1 - z`` of the unit above.
BLOCKS_GRU_GATES = ('u', 'r')

#: The sign of a gate's bias with which a unit remembers.
KEEPS = {'f': 1, 'z': 1, 'u': -1}

#: The same with the input gate of an LSTM, which then admits little input.
CHRONO = dict(KEEPS, j=-1)

#: The update gate and the candidate of a minGRU; ``u`` writes, as above.
MIN_GRU_GATES = ('u', 'n')

#: The gates of a minLSTM, which has no output gate.
MIN_LSTM_GATES = ('i', 'j', 'f')
