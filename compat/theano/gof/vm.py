"""The linkers that compute a graph node by node."""

from pytensor.link.vm import VM, Loop, Stack
from theano.gof._vm_linker import VMLinker as VM_Linker

__all__ = ['Loop', 'Stack', 'VM', 'VM_Linker']
