"""The version of Theano whose interface this package provides."""

version = full_version = short_version = '1.0.5'
