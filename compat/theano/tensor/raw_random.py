"""Operations that draw from a random state."""

from pytensor.tensor.random.op import RandomVariable as RandomFunction

__all__ = ['RandomFunction']
