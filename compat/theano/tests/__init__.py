"""Helpers for the tests of packages that use Theano."""
