"""Print the assembly of the kernels for 64-bit ARM.

Run with ``NUMBA_CPU_NAME=generic``, so that the kernels assume nothing of
the processor at hand. The functions are compiled here as far as LLVM's
intermediate code, which is then handed to LLVM's ARM back end.

"""
import re

import numpy
from llvmlite import binding

from rnn_kernels import layer, lstm
from rnn_kernels.plan import make_plan

TRIPLE = 'aarch64-unknown-linux-gnu'


def compile_here(dtype):
    """Have numba compile all passes for arrays of a dtype."""
    x = numpy.zeros((2, 1, 3), dtype=dtype)
    direction = layer.Direction(
        *(numpy.zeros(shape, dtype=dtype) for shape in (
            (2, 8), (1, 2), (1, 2), (0, 2), (3, 8), (8,))))
    plans = [make_plan((2, 1))]
    outputs = numpy.zeros((2, 2, 1, 2), dtype=dtype)
    tape = numpy.zeros(lstm.tape_size(2, 2, 3), dtype=dtype)
    layer.forward(x, [direction], plans, outputs[:1], outputs[1:], [tape], 1)
    gradients, = layer.backward((2, 1), [direction], plans, [tape],
                                [outputs[0]], [None], 1)
    layer.input_gradient((2, 1), plans, [gradients.d_z], 1,
                         [direction.W_input])


def assemble(intermediate):
    """Translate LLVM's intermediate code to ARM's assembly language."""
    binding.initialize_all_targets()
    binding.initialize_all_asmprinters()
    machine = binding.Target.from_triple(TRIPLE).create_target_machine()
    intermediate = re.sub('target triple = ".*"',
                          'target triple = "{}"'.format(TRIPLE), intermediate)
    intermediate = re.sub('target datalayout = ".*"',
                          'target datalayout = "{}"'.format(
                              machine.target_data), intermediate)
    intermediate = re.sub('"target-(cpu|features)"="[^"]*"', '', intermediate)
    # numba's reference counting, which no loop uses, is specialised already.
    intermediate = intermediate.replace('llvm.x86.atomic', 'atomic').replace(
        ' immarg', '')
    module = binding.parse_assembly(intermediate)
    module.verify()
    return machine.emit_assembly(module)


if __name__ == '__main__':
    for dtype in 'float32', 'float64':
        compile_here(dtype)
    for function in lstm._forward, lstm._backward, lstm._input_gradient:
        for code in function.inspect_llvm().values():
            print(assemble(code))
