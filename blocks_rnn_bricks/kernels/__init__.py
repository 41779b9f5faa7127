"""Kernels of recurrent networks over plain arrays.

Nothing here knows of Theano: :mod:`blocks_rnn_bricks.fused` makes symbolic
functions of them.

* :mod:`.plan` finds the valid steps of a batch;
* :mod:`.threads` runs the shares of a plan at the same time;
* :mod:`.lstm` computes the sequence and its gradient;
* :mod:`.ctc` sums over alignments, and searches them.

"""
