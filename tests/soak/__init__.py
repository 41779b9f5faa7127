"""Tests that repeat kills, races and random input.

``python -m tests.soak --minutes 10 --seed 0`` divides the time among the
modules here that have a function ``main(seconds, seed)``. It returns the
number of its rounds, or a sentence that starts with it. At the first failure
it raises ``AssertionError`` with the data needed to repeat the failure. Test
runners do not collect these modules.

"""
