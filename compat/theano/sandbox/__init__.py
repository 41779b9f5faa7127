"""Theano's sandbox: the generator MRG31k3p, and older paths."""

from theano.sandbox import multinomial, rng_mrg

__all__ = ['multinomial', 'rng_mrg']
