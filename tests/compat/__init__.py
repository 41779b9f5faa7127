"""Tests of the packages that replace Theano, Fuel and Blocks."""
import tempfile

from hypothesis.configuration import set_hypothesis_home_dir

# Hypothesis writes a folder even without a database.
_HYPOTHESIS_HOME = tempfile.TemporaryDirectory(prefix='hypothesis-')
set_hypothesis_home_dir(_HYPOTHESIS_HOME.name)
