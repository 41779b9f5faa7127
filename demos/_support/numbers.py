"""Types of numbers for argparse."""
import argparse
import math

LARGEST = {int: 10 ** 9, float: 1e30}  # float32 ends at 3.4e38


class Number:
    """A type for argparse: a finite number within bounds.

    An error is one line that names the option, the expected range and the
    text received.

    Parameters
    ----------
    kind : {int, float}
    least, most : number, optional
        Inclusive bounds. By default, `most` is far above any setting of a
        demo.
    above, below : number, optional
        Exclusive bounds.

    Examples
    --------
    >>> Number(float, least=0, below=1)('0.5')
    0.5
    >>> Number(int, least=1, most=12)('13')
    Traceback (most recent call last):
     ...
    argparse.ArgumentTypeError: must be a whole number from 1 to 12, got '13'

    """

    def __init__(self, kind, least=None, most=None, above=None, below=None):
        if most is None and below is None:
            most = LARGEST[kind]
        if least is None and above is None:
            least = -LARGEST[kind]
        self.kind = kind
        self.least, self.most, self.above, self.below = (
            least, most, above, below)

    def __call__(self, text):
        try:
            value = self.kind(text)
        except ValueError:
            value = math.nan
        if not ((self.least is None or value >= self.least)
                and (self.above is None or value > self.above)
                and (self.most is None or value <= self.most)
                and (self.below is None or value < self.below)):
            raise argparse.ArgumentTypeError(f'must be {self}, got {text!r}')
        return value

    def __str__(self):
        what = 'a whole number' if self.kind is int else 'a number'
        return f'{what} {self._range()}'

    def _range(self):
        if self.least is not None and self.most is not None:
            return f'from {self.least:.10g} to {self.most:.10g}'
        low = (f'above {self.above:g}' if self.least is None
               else f'of at least {self.least:.10g}')
        high = (f'below {self.below:g}' if self.most is None
                else f'at most {self.most:.10g}')
        return f'{low} and {high}'


def positive(kind):
    """Return a type for argparse: a number above 0."""
    return Number(int, least=1) if kind is int else Number(float, above=0)


#: A dropout rate: at least 0 and below 1.
rate = Number(float, least=0, below=1)
#: A sampling temperature; 0 chooses the most probable symbol.
temperature = Number(float, least=0)
#: A seed for NumPy's generators.
seed = Number(int, least=0, most=2 ** 32 - 1)
