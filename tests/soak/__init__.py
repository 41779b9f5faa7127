"""Runs that go on for as long as one likes: kills, races, random input.

``python -m tests.soak --minutes 10 --seed 0`` gives each module here that has
a function ``main(seconds, seed)`` its share of the time. It returns how many
rounds it did, or a sentence with that number first, and raises
``AssertionError`` at the first that fails, with what it takes to repeat it. No
test runner collects them.

"""
