"""Downloaders aren't offered: importing this package says so."""
raise ImportError(
    "fuel.downloaders isn't offered here: most of its addresses are gone. "
    "Download the files by other means, write them with "
    "fuel.converters.base.fill_hdf5_file, and read them with "
    "fuel.datasets.H5PYDataset")
