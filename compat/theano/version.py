"""The version of Theano whose interface this package answers to."""

version = full_version = short_version = '1.0.5'
