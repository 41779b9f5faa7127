"""Tests of the packages that stand for Theano, Fuel and Blocks."""
import tempfile

from hypothesis.configuration import set_hypothesis_home_dir

# Even without a database Hypothesis writes a folder where it is run.
_HYPOTHESIS_HOME = tempfile.TemporaryDirectory(prefix='hypothesis-')
set_hypothesis_home_dir(_HYPOTHESIS_HOME.name)
