"""Tests of the fused kernels: plans, threads, arrays and the symbolic Ops."""
