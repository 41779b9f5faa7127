"""Blocks bricks for gated recurrent networks.

This package has the LSTM of the lecture "Recurrent Neural Networks in Theano"
(Brakel, 2015), the LSTM with peepholes, bidirectional stacks, and tools for
them: padded mini-batches, masked costs, noise, weights of other libraries.

"""
from blocks_rnn_bricks import _ownership

# This must run before anything imports theano, fuel or blocks.
_ownership.check()

from blocks_rnn_bricks.costs import (
    SequenceBinaryCrossEntropy, SequenceCategoricalCrossEntropy,
    SequenceMisclassificationRate, SequenceSquaredError)
from blocks_rnn_bricks.ctc import CTC, best_path, prefix_beam_search
from blocks_rnn_bricks.gates import (
    BLOCKS_GRU_GATES, GATES, GRU_GATES, MIN_GRU_GATES, MIN_LSTM_GATES)
from blocks_rnn_bricks.generation import Sampler, draw_notes, draw_symbols
from blocks_rnn_bricks.gru import GatedRecurrent
from blocks_rnn_bricks.initialization import (
    ChronoBias, ForgetGateBias, PerGate)
from blocks_rnn_bricks.lstm import LSTM, PeepholeLSTM
from blocks_rnn_bricks.lstm_variants import LayerNormLSTM, ProjectedLSTM
from blocks_rnn_bricks.masking import (
    carry_over, mean_over_time, zero_padding)
from blocks_rnn_bricks.minimal import MinGRU, MinLSTM
from blocks_rnn_bricks.regularization import (
    Regularized, dropout_mask, variational_dropout)
from blocks_rnn_bricks.simple import SimpleRNN
from blocks_rnn_bricks.stack import BidirectionalStack, UnidirectionalStack
from blocks_rnn_bricks.streams import (
    TimeMajor, bucketed_batches, padded_batches, restore_order, to_hdf5)
from blocks_rnn_bricks.transition import Transition, explain, recurrent
from blocks_rnn_bricks.weights import (
    from_blocks, from_keras, from_lasagne, from_pytorch, get_direction,
    get_network, load_blocks_parameters, set_direction, set_network,
    to_blocks, to_keras, to_lasagne, to_pytorch)

# Deprecated names.
from blocks_rnn_bricks.masking import clean  # noqa: F401
from blocks_rnn_bricks.weights import get_run, set_run  # noqa: F401

__all__ = (
    'BLOCKS_GRU_GATES', 'GATES', 'GRU_GATES', 'MIN_GRU_GATES',
    'MIN_LSTM_GATES',
    # Bricks
    'BidirectionalStack', 'GatedRecurrent', 'LSTM', 'LayerNormLSTM',
    'MinGRU', 'MinLSTM', 'PeepholeLSTM', 'ProjectedLSTM', 'Regularized',
    'SimpleRNN', 'UnidirectionalStack',
    # Custom bricks
    'Transition', 'carry_over', 'explain', 'recurrent',
    # Initialisation
    'ChronoBias', 'ForgetGateBias', 'PerGate',
    # Costs
    'CTC', 'SequenceBinaryCrossEntropy', 'SequenceCategoricalCrossEntropy',
    'SequenceMisclassificationRate', 'SequenceSquaredError',
    # Masks and noise
    'dropout_mask', 'mean_over_time', 'variational_dropout', 'zero_padding',
    # Streams
    'TimeMajor', 'bucketed_batches', 'padded_batches', 'restore_order',
    'to_hdf5',
    # Generation
    'Sampler', 'draw_notes', 'draw_symbols',
    # Decoding
    'best_path', 'prefix_beam_search',
    # Weights
    'from_blocks', 'from_keras', 'from_lasagne', 'from_pytorch',
    'get_direction', 'get_network', 'load_blocks_parameters',
    'set_direction', 'set_network', 'to_blocks', 'to_keras', 'to_lasagne',
    'to_pytorch')
