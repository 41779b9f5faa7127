"""Export to ONNX, for other runtimes.

:func:`to_onnx` writes the graph of a network as standard ONNX operators. See
:doc:`/export` in the manual. It requires the extra ``onnx``.

"""
from blocks_rnn_bricks.export.network import to_onnx

__all__ = ('to_onnx',)
