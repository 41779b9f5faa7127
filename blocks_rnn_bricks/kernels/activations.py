"""The activations of the gates."""
import math

from .compiled import compiled


@compiled
def tanh(x):
    """Return the hyperbolic tangent of a scalar."""
    return math.tanh(x)


@compiled
def sigmoid(x):
    """Return the logistic function 1 / (1 + exp(-x)) of a scalar."""
    return 0.5 + 0.5 * math.tanh(0.5 * x)
