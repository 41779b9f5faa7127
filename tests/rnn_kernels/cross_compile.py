"""Print the assembly of the kernels for 64-bit ARM.

Run with ``NUMBA_CPU_NAME=generic``, so that the kernels assume nothing about
the processor of this machine. The functions are compiled to LLVM's
intermediate code, which LLVM's ARM back end then translates.

"""
import re

import numpy
from llvmlite import binding

from rnn_kernels import linking
from rnn_kernels.compiled import load
from rnn_kernels.source import backward_source, forward_source
from tests.rnn_kernels.plain import compute
from tests.rnn_kernels.steps import STEPS

TRIPLE = 'aarch64-unknown-linux-gnu'


def compile_here(dtype):
    """Compile a cell; return the intermediate code of its functions."""
    cell = STEPS['simple'].cells(dtype)[0].skipping
    compute(cell, (2, 3), numpy.random.RandomState(0))
    functions = [getattr(load(source.text), source.name) for source in (
        forward_source(cell, True), backward_source(cell, ()))]
    products = load(linking._TEXT.format(dtype=dtype))
    return [code for function in functions
            for code in function.inspect_llvm().values()] + [
        getattr(products, name).inspect_llvm() for name in linking.FUNCTIONS]


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
    # numba's reference counting, which no loop uses, is already specialised.
    intermediate = intermediate.replace('llvm.x86.atomic', 'atomic').replace(
        ' immarg', '')
    module = binding.parse_assembly(intermediate)
    module.verify()
    return machine.emit_assembly(module)


if __name__ == '__main__':
    for code in compile_here('float32'):
        print(assemble(code))
