"""Modules that Theano kept apart: the generator MRG31k3p, older paths."""

from theano.sandbox import multinomial, rng_mrg

__all__ = ['multinomial', 'rng_mrg']
