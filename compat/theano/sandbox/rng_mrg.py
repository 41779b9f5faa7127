"""Random streams of the generator MRG31k3p.

The same seeds produce the same numbers as Theano 1.0.5 on a CPU.

"""

import functools
import numbers
import operator

import numpy
from theano import _draws, _no_gpu, tensor
from theano.compile.sharedvalue import shared
from theano.configparser import config
from theano.gof import Variable
from theano.gradient import undefined_grad
from theano.sandbox import _mrg31k3p
from theano.sandbox._mrg31k3p import M1, M2
from theano.sandbox._mrg_uniform import mrg_uniform, mrg_uniform_base
from theano.sandbox.multinomial import (
    ChoiceFromUniform,
    MultinomialFromUniform,
)
from theano.scalar import upcast

__all__ = [
    'GPU_mrg_uniform', 'M1', 'M2', 'MRG_RandomStreams', 'guess_n_streams',
    'mrg_uniform', 'mrg_uniform_base']

#: Class of operations on a GPU; no operation is an instance.
GPU_mrg_uniform = _no_gpu.absent(__name__, 'GPU_mrg_uniform')[
    'GPU_mrg_uniform']

#: Number of streams for a sample whose size is not known in advance.
MOST_STREAMS = 60 * 256
#: Standard deviation of a standard normal variable between -2 and 2.
_STD_OF_TRUNCATED = .87962566103423978


def guess_n_streams(size, warn=False):
    """Choose the number of streams for a sample.

    Parameters
    ----------
    size : sequence of (int or Variable), or Variable
        Shape of the sample.
    warn : bool
        Without effect.

    Returns
    -------
    int

    """
    if isinstance(size, (list, tuple)) and all(
            isinstance(length, int) for length in size):
        number = functools.reduce(operator.mul, size, 1)
        return min(number // 6 if number > 6 else number, MOST_STREAMS)
    return MOST_STREAMS


def _exactly(function, x):
    """Compute a function to the last digit, which NumPy's does not have."""
    return tensor.cast(function(tensor.cast(x, 'float64')), x.dtype)


class MRG_RandomStreams:
    """A source of random variables.

    Parameters
    ----------
    seed : int or sequence of 6 int
        A single number is repeated six times. The first three must be below
        2**31 - 1 and not all zero, the last three below 2**31 - 21069 and
        not all zero.

    Examples
    --------
    >>> import theano
    >>> noise = MRG_RandomStreams(seed=1).uniform((2,), dtype='float64')
    >>> theano.function([], noise)().round(4)
    array([0.0019, 0.7364])

    """

    def __init__(self, seed=12345):
        self.state_updates = []
        self.default_instance_seed = seed
        self.set_rstate(seed)

    def set_rstate(self, seed):
        """Restart the sequence of states for variables created later.

        Parameters
        ----------
        seed : int or sequence of 6 int

        Raises
        ------
        ValueError
            If a number is too large, or the first or last three are all zero.
        TypeError
            If there is neither one number nor six.

        """
        seeds = [seed] * 6 if isinstance(seed, numbers.Integral) else seed
        if not hasattr(seeds, '__len__') or len(seeds) != 6:
            raise TypeError(f'MRG_RandomStreams: seed must be one integer or '
                            f'six, got {seed!r}')
        for three, modulus in (seeds[:3], M1), (seeds[3:], M2):
            if not any(three):
                raise ValueError(f'MRG_RandomStreams: seed should not be 0, '
                                 f'nor the first or last three of six, got '
                                 f'{seed!r}')
            if max(three) >= modulus:
                raise ValueError(f'MRG_RandomStreams: seed should be less '
                                 f'than {modulus}, got {seed!r}')
        self.rstate = numpy.array(seeds, dtype='int32')

    def inc_rstate(self):
        """Advance to the states of the next variable."""
        self.rstate = _mrg31k3p.NEXT_VARIABLE(self.rstate)

    def get_substream_rstates(self, n_streams, dtype=None, inc_rstate=True):
        """Return the states (n_streams, 6) for one variable."""
        _draws.check()
        states = _mrg31k3p.streams(self.rstate, n_streams)
        if inc_rstate:
            self.inc_rstate()
        return states

    def n_streams(self, size):
        """Choose the number of streams for a sample of the given shape."""
        return guess_n_streams(size)

    def seed(self, seed=None):
        """Restart all existing variables.

        Parameters
        ----------
        seed : int or sequence of 6 int, optional
            By default that of the constructor.

        """
        self.set_rstate(self.default_instance_seed if seed is None else seed)
        for state, _, size, nstreams in self.state_updates:
            state.set_value(self.get_substream_rstates(
                nstreams or self.n_streams(size)), borrow=True)

    def updates(self):
        """List (state, new state, size, number of streams) of variables."""
        return list(self.state_updates)

    def uniform(self, size, low=0.0, high=1.0, ndim=None, dtype=None,
                nstreams=None, **kwargs):
        """Draw numbers between `low` and `high`, both excluded.

        Parameters
        ----------
        size : tuple of (int or Variable), or vector Variable
            Shape of the sample.
        low, high : TensorVariable or array_like
            Bounds; cast to `dtype`.
        ndim : int, optional
            Number of dimensions if `size` does not determine it.
        dtype : str, optional
            By default the widest of floatX and the bounds' types.
        nstreams : int, optional
            Number of independent streams.

        Returns
        -------
        TensorVariable
            With the attributes ``rstate`` and ``update``.

        Raises
        ------
        TypeError, ValueError
            If the size is invalid.
        NotImplementedError
            If the bounds would extend the sample.

        """
        low = tensor.as_tensor_variable(low)
        high = tensor.as_tensor_variable(high)
        if dtype is None:
            dtype = upcast(config.floatX, low.dtype, high.dtype)
        low, high = (undefined_grad(tensor.cast(bound, dtype))
                     for bound in (low, high))
        _check_shape(size)
        _check_keywords('uniform', kwargs)
        streams = nstreams or self.n_streams(size)
        state = shared(self.get_substream_rstates(streams))
        state.tag.is_rng = True
        new_state, sample = mrg_uniform.new(state, ndim, dtype, size)
        sample.rstate = state
        sample.update = state, new_state
        self.state_updates.append((state, new_state, size, nstreams))
        _declare_update(state, new_state)
        scaled = sample * (high - low) + low
        if scaled.broadcastable != sample.broadcastable:
            raise NotImplementedError('uniform: low and high broadcast '
                                      'beyond size; increase it')
        return scaled

    def binomial(self, size=None, n=1, p=0.5, ndim=None, dtype='int64',
                 nstreams=None, **kwargs):
        """Draw ones with probability `p` and zeros otherwise.

        Parameters
        ----------
        size : tuple of (int or Variable), or vector Variable
            Shape of the sample.
        n : {1}
            Number of trials.
        p : TensorVariable or array_like
            Probability of success.
        ndim : int, optional
            Without effect.
        dtype : str
            Data type of the sample.
        nstreams : int, optional
            Number of independent streams.

        Raises
        ------
        NotImplementedError
            If `n` is not 1.

        """
        if n != 1:
            raise NotImplementedError(f'binomial: only one trial, n=1, is '
                                      f'supported, got n={n}')
        probability = undefined_grad(tensor.as_tensor_variable(p))
        numbers_ = self.uniform(size=size, nstreams=nstreams, **kwargs)
        return tensor.cast(numbers_ < probability, dtype)

    def multinomial(self, size=None, n=1, pvals=None, ndim=None,
                    dtype='int64', nstreams=None, **kwargs):
        """Draw `n` times from each of several distributions, and count.

        Parameters
        ----------
        size, ndim : None
            Not used.
        n : int or Variable
            Number of draws from each distribution.
        pvals : TensorVariable or array_like, shape (rows, outcomes)
            Probabilities.
        dtype : str
            Data type of the counts.
        nstreams : int, optional
            Number of independent streams.

        Returns
        -------
        TensorVariable, shape (rows, outcomes)

        Raises
        ------
        TypeError
            If `pvals` is missing.
        ValueError
            If a size is given.
        NotImplementedError
            If `pvals` is not a matrix.

        """
        for name, value in ('size', size), ('ndim', ndim):
            if value is not None:
                raise ValueError(f'multinomial: {name} is not used; pvals '
                                 f'determines the shape')
        pvals = _probabilities('multinomial: pvals', pvals)
        numbers_ = self.uniform(size=pvals[:, 0].shape * n, ndim=1,
                                nstreams=nstreams, **kwargs)
        return MultinomialFromUniform(dtype)(pvals, numbers_, n)

    def choice(self, size=1, a=None, replace=True, p=None, ndim=None,
               dtype='int64', nstreams=None, **kwargs):
        """Draw `size` distinct outcomes from each of several distributions.

        Parameters
        ----------
        size : int or Variable
            Number of draws from each distribution.
        a, ndim : None
            Not used.
        replace : {False}
            Must be False, which is not the default.
        p : TensorVariable or array_like, shape (rows, outcomes)
            Probabilities.
        dtype : str
            Data type of the indices of the outcomes.
        nstreams : int, optional
            Number of independent streams.

        Returns
        -------
        TensorVariable, shape (rows, size)

        Raises
        ------
        NotImplementedError
            If `replace` is true, or `p` is not a matrix.
        TypeError
            If `a` is given, or `p` is missing.
        ValueError
            If `ndim` is given.

        """
        if replace:
            raise NotImplementedError('choice: pass replace=False; drawing '
                                      'with replacement is not supported')
        if a is not None:
            raise TypeError('choice: a is not used; outcomes are the indices '
                            'of the columns of p')
        if ndim is not None:
            raise ValueError('choice: ndim is not used')
        p = _probabilities('choice: p', p)
        numbers_ = self.uniform(size=p[:, 0].shape * size, ndim=1,
                                nstreams=nstreams, **kwargs)
        return ChoiceFromUniform(dtype)(p, numbers_, size)

    def multinomial_wo_replacement(self, size=None, n=1, pvals=None,
                                   ndim=None, dtype='int64', nstreams=None,
                                   **kwargs):
        """Call :meth:`choice` with its arguments under older names."""
        if size is not None:
            raise ValueError('multinomial_wo_replacement: size is not used')
        return self.choice(size=n, replace=False, p=pvals, ndim=ndim,
                           dtype=dtype, nstreams=nstreams, **kwargs)

    def normal(self, size, avg=0.0, std=1.0, ndim=None, dtype=None,
               nstreams=None, truncate=False, **kwargs):
        """Draw from normal distributions by Box and Muller's method.

        Parameters
        ----------
        size : int, sequence of (int or Variable), or Variable
            Shape of the sample.
        avg, std : TensorVariable or array_like
            Mean and standard deviation.
        ndim : int, optional
            Number of dimensions if `size` does not determine it.
        dtype : str, optional
            By default the widest of floatX and the types of `avg`, `std`.
        nstreams : int, optional
            Number of independent streams.
        truncate : bool
            Redraw, once, values beyond two standard deviations.

        Returns
        -------
        TensorVariable

        Raises
        ------
        ValueError
            If the size is invalid.

        """
        size = _as_shape(size)
        avg = undefined_grad(tensor.as_tensor_variable(avg))
        std = undefined_grad(tensor.as_tensor_variable(std))
        if dtype is None:
            dtype = upcast(config.floatX, avg.dtype, std.dtype)
        number = tensor.prod(size, dtype='int64')
        even = number + number % 2

        def uniform(length, low):
            return self.uniform((length,), low=low, high=1., ndim=1,
                                dtype=dtype, nstreams=nstreams, **kwargs)

        numbers_ = uniform(even, 0.)
        radius = tensor.sqrt(-2.0 * _exactly(tensor.log,
                                             numbers_[:even // 2]))
        angle = (numpy.array(2.0 * numpy.pi, dtype=dtype)
                 * numbers_[even // 2:])
        cosine, sine = (_exactly(function, angle)
                        for function in (tensor.cos, tensor.sin))
        parts = [radius * cosine, radius * sine]
        if truncate:
            parts = _redrawn(*parts, cosine, sine, dtype, uniform)
        sample = tensor.join(0, *parts)[:number]
        sample = tensor.reshape(sample, size, ndim=ndim)
        return sample * tensor.cast(std, dtype) + tensor.cast(avg, dtype)

    def truncated_normal(self, size, avg=0.0, std=1.0, ndim=None, dtype=None,
                         nstreams=None, **kwargs):
        """Draw between two standard deviations of a normal distribution.

        The arguments are those of :meth:`normal`; the sample's standard
        deviation is `std`.

        """
        return self.normal(size, avg=avg,
                           std=std / tensor.constant(_STD_OF_TRUNCATED),
                           truncate=True, ndim=ndim, dtype=dtype,
                           nstreams=nstreams, **kwargs)


def _redrawn(first, second, cosine, sine, dtype, uniform):
    """Replace the numbers beyond two by other numbers at the same angle."""
    beyond = [(part < -2.) | (part > 2.) for part in (first, second)]
    wrong = [tensor.nonzero(mask)[0] for mask in beyond]
    valid = [part[tensor.nonzero(~mask)]
             for part, mask in zip((first, second), beyond)]
    lowest = tensor.constant(1. / numpy.e ** 2, dtype=dtype)
    radius = tensor.sqrt(-2. * tensor.log(
        uniform(wrong[0].size + wrong[1].size, lowest)))
    return [valid[0], radius[:wrong[0].size] * cosine[wrong[0]],
            valid[1], radius[wrong[0].size:] * sine[wrong[1]]]


def _declare_update(state, new_state):
    """Let compiled functions advance the state by default."""
    state._default_update = new_state


def _probabilities(argument, rows):
    """Return the probabilities of outcomes, (rows, outcomes), as a variable.

    Parameters
    ----------
    argument : str
        The method and its argument, for messages.
    rows : TensorVariable, array_like or None

    """
    if rows is None:
        raise TypeError(f'{argument} is missing')
    rows = undefined_grad(tensor.as_tensor_variable(rows))
    if rows.ndim != 2:
        raise NotImplementedError(f'{argument} must be a matrix, got '
                                  f'{rows.ndim} dimensions')
    return rows


def _check_keywords(name, keywords):
    """Refuse keywords other than ``target``, which has no effect."""
    unknown = sorted(keywords.keys() - {'target'})
    if unknown:
        raise TypeError(f'{name}: got unexpected keyword arguments '
                        f'{", ".join(unknown)}')


def _check_shape(size):
    """Raise an error if `size` is not the shape of a sample."""
    if isinstance(size, tuple):
        for length in size:
            if not isinstance(length, (numbers.Integral, Variable)):
                raise TypeError(f'uniform: size must hold integers or '
                                f'variables, got {length!r}')
            if isinstance(length, numbers.Integral) and length <= 0:
                raise ValueError(f'uniform: the specified size contains a '
                                 f'dimension with value <= 0: {size}')
    elif not (isinstance(size, Variable) and size.ndim == 1):
        raise TypeError(f'uniform: size must be a tuple of int or a variable '
                        f'with 1 dimension, got {size!r} of {type(size)}')


def _as_shape(size):
    """Return a symbolic vector of lengths."""
    if isinstance(size, Variable):
        if size.ndim > 1:
            raise ValueError(f'normal: a symbolic size must have at most 1 '
                             f'dimension, got {size.ndim}')
        return size if size.ndim else tensor.stack([size])
    if isinstance(size, numbers.Integral):
        size = [size]
    if not isinstance(size, (list, tuple)):
        raise ValueError(f'normal: size must be an integer, a tuple, a list '
                         f'or a variable, got {size!r}')
    for length in size:
        if isinstance(length, Variable):
            wrong = length.ndim > 0
        else:
            wrong = not isinstance(length, numbers.Integral) or length <= 0
        if wrong:
            raise ValueError(f'normal: size must hold positive integers or '
                             f'scalar variables, got {length!r}')
    return tensor.as_tensor_variable(size, ndim=1)
