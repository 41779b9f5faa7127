"""The linkers that compute a graph node by node."""

from pytensor.link.vm import VM, Loop, Stack
from pytensor.link.vm import VMLinker as VM_Linker

__all__ = ['Loop', 'Stack', 'VM', 'VM_Linker']
