"""Blocks bricks for gated recurrent networks.

The LSTM of the lecture "Recurrent Neural Networks in Theano" (Brakel, 2015),
the LSTM with peepholes, stacked bidirectional networks, and what goes with
them: padded batches, costs with masks, noise, weights of other libraries.

"""
from blocks_rnn_bricks import _ownership

_ownership.check()

from blocks_rnn_bricks.gates import GATES
from blocks_rnn_bricks.generation import Sampler, draw_notes, draw_symbols
from blocks_rnn_bricks.initialization import ForgetGateBias, PerGate
from blocks_rnn_bricks.lstm import LSTM, PeepholeLSTM
from blocks_rnn_bricks.masking import clean, mean_over_time
from blocks_rnn_bricks.regularization import Regularized, variational_dropout
from blocks_rnn_bricks.simple import SimpleRNN
from blocks_rnn_bricks.stack import BidirectionalStack, UnidirectionalStack

__all__ = [
    'BidirectionalStack', 'ForgetGateBias', 'GATES', 'LSTM', 'PeepholeLSTM',
    'PerGate', 'Regularized', 'Sampler', 'SimpleRNN', 'UnidirectionalStack',
    'clean', 'draw_notes', 'draw_symbols', 'mean_over_time',
    'variational_dropout']
