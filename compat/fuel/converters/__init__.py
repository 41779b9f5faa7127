"""Converters: files of any form to HDF5 files for `H5PYDataset`.

Here are only the tools with which a converter is written, in
:mod:`fuel.converters.base`. The converters of particular datasets, which
need files from the internet, aren't offered.

"""
