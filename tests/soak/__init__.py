"""Tests without an end: kills, races and random input.

``python -m tests.soak --minutes 10 --seed 0`` divides the time among the
modules here that have a function ``main(seconds, seed)``. It returns the
number of its rounds, or a sentence that starts with it, and raises
``AssertionError`` at the first failure, with what is needed to repeat it. No
test runner collects these modules.

"""
