"""SVHN's whole house numbers: archives of images with a list of boxes.

Each archive has a folder with the images ``1.png``, ``2.png`` and so on,
and the file ``digitStruct.mat``, a MATLAB 7.3 file, which is an HDF5 file.
Its dataset ``digitStruct/bbox`` refers to a group for each image, with the
datasets ``label``, ``height``, ``width``, ``left`` and ``top``. They have a
row for each digit: the number itself if there is one digit, else a
reference to an array with the number.

"""
import os
import shutil
import tarfile
import tempfile
from itertools import accumulate

import h5py
import numpy
from fuel.converters.base import progress_bar
from fuel.converters.output import VariableLengthSource
from fuel.converters.raw import (
    channels_first,
    check_labels,
    number_in_name,
    read_image,
    reading,
    wrong_file,
)
from fuel.datasets import H5PYDataset

BOXES_FILE = 'digitStruct.mat'

#: The field in the list of boxes, the axes and the dtype of each source.
BOXES = {'bbox_labels': ('label', 'index', 'uint8'),
         'bbox_heights': ('height', 'height', 'uint16'),
         'bbox_widths': ('width', 'width', 'uint16'),
         'bbox_lefts': ('left', 'x', 'uint16'),
         'bbox_tops': ('top', 'y', 'uint16')}


def write_house_numbers(h5file, archives):
    """Write the images and the boxes of all splits.

    Parameters
    ----------
    h5file : h5py.File
        A file open for writing.
    archives : dict of str
        The path of the archive of each split.

    """
    boxes = {split: _read_boxes(path) for split, path in archives.items()}
    bounds = list(accumulate(map(len, boxes.values()), initial=0))
    sources = {
        'features': _source(h5file, 'features', bounds[-1],
                            ('channel', 'height', 'width'), 'uint8'),
        **{name: _source(h5file, name, bounds[-1], ('bounding_box', axis),
                         dtype)
           for name, (_, axis, dtype) in BOXES.items()}}
    h5file.attrs['split'] = H5PYDataset.create_split_array({
        split: dict.fromkeys(sources, interval)
        for split, interval in zip(archives, zip(bounds, bounds[1:]))})
    with progress_bar('SVHN format 1', bounds[-1]) as bar:
        for (split, path), start in zip(archives.items(), bounds):
            for done, (i, image) in enumerate(
                    _images(path, len(boxes[split])), 1):
                sources['features'][start + i] = channels_first(image)
                for name, values in boxes[split][i].items():
                    sources[name][start + i] = values
                bar.update(start + done)


def _source(h5file, name, number, axes, dtype):
    return VariableLengthSource(h5file, name, number, axes, dtype,
                                shapes_dtype='uint16',
                                axes_suffix='_vlen_axis_labels')


def _members(path):
    """Yield the files in an archive in the order of the archive."""
    with reading(path, "a tar archive compressed by gzip"):
        tar = tarfile.open(path, 'r:gz')
    with tar:
        while True:
            with reading(path, "a complete archive"):
                member = tar.next()
            if member is None:
                return
            if member.isfile():
                yield tar, member


def _images(path, number):
    """Yield the indices and the images in an archive, in any order."""
    expected = f"the images 1.png to {number}.png, each once"
    missing = set(range(number))
    for tar, member in _members(path):
        if not _is_image(member):
            continue
        index = (number_in_name(member.name) or 0) - 1
        if index not in missing:
            raise wrong_file(path, expected, member.name)
        missing.remove(index)
        name = f"{member.name} in {path}"
        with reading(name, "a complete file"):
            content = tar.extractfile(member).read()
        yield index, read_image(name, content)
    if missing:
        raise wrong_file(path, expected,
                         f"no {min(missing) + 1}.png")


def _is_image(member):
    return member.name.endswith('.png') and not os.path.basename(
        member.name).startswith('.')


def _read_boxes(path):
    """Return the values of each source of boxes, for each image."""
    for tar, member in _members(path):
        if os.path.basename(member.name) == BOXES_FILE:
            with tempfile.TemporaryFile() as file_:
                name = f"{member.name} in {path}"
                with reading(name, "a MATLAB 7.3 file of boxes"):
                    shutil.copyfileobj(tar.extractfile(member), file_)
                    with h5py.File(file_, mode='r') as content:
                        return _parse_boxes(name, content['digitStruct'])
    raise wrong_file(path, f"a member {BOXES_FILE}", "none of this name")


def _parse_boxes(path, group):
    boxes = []
    for number, reference in enumerate(group['bbox'][:, 0], 1):
        name = f"image {number} of {path}"
        fields = group[reference]
        columns = {
            source: _values(name, group, fields[field], dtype)
            for source, (field, _, dtype) in BOXES.items()}
        if len(set(map(len, columns.values()))) > 1:
            raise wrong_file(name, "fields of one length", {
                source: len(values) for source, values in columns.items()})
        # Ten represents the digit 0.
        labels = columns['bbox_labels']
        columns['bbox_labels'] = check_labels(name, labels, len(labels),
                                              range(11)) % 10
        boxes.append(columns)
    return boxes


def _values(name, group, field, dtype):
    """Return a number per digit, as a column; negative ones become 0."""
    column = field[:, 0]
    if len(column) > 1:
        column = [group[reference][0, 0] for reference in column]
    values = numpy.maximum(0, numpy.array(column).astype('int64'))
    if values.max(initial=0) > numpy.iinfo(dtype).max:
        raise wrong_file(name, f"numbers that fit into {dtype}",
                         values.max())
    return values.astype(dtype)[:, numpy.newaxis]
