"""The classes in the development kits of ImageNet's competitions."""
import io

import numpy
from fuel.converters.raw import load_table, name_of, reading, wrong_file
from scipy.io import loadmat

NUM_CLASSES = 1000


def read_synsets(meta_mat, id_field):
    """Read the table of classes from a development kit.

    Parameters
    ----------
    meta_mat : str or file object
        The file ``meta.mat``.
    id_field : str
        The name of the field with the number of a class.

    Returns
    -------
    synsets : numpy.ndarray
        A row per class and per group of classes, with the fields
        `id_field`, ``WNID``, ``wordnet_height``, ``gloss``,
        ``num_children``, ``words``, ``children``, padded with -1, and
        ``num_train_images``.
    content : dict
        All variables of the file.

    """
    with reading(name_of(meta_mat), "a MATLAB file with the table 'synsets'"):
        content = loadmat(meta_mat, squeeze_me=True)
        table = content['synsets']
        most_children = max(1, int(max(table['num_children'])))
        texts = {field: f"S{max(map(len, table[field]))}"
                 for field in ('WNID', 'gloss', 'words')}
        synsets = numpy.empty(table.shape, dtype=[
            (id_field, 'int16'), ('WNID', texts['WNID']),
            ('wordnet_height', 'int8'), ('gloss', texts['gloss']),
            ('num_children', 'int8'), ('words', texts['words']),
            ('children', 'int16', (most_children,)),
            ('num_train_images', 'uint16')])
        for field in synsets.dtype.names:
            if field != 'children':
                synsets[field] = table[field]
        synsets['children'] = -1
        for row, children in zip(synsets['children'], table['children']):
            children = numpy.atleast_1d(children)
            row[:len(children)] = children
    return synsets, content


def read_groundtruth(source):
    """Read the numbers of classes, one per line.

    Parameters
    ----------
    source : str or file object
        The text file.

    Returns
    -------
    numpy.ndarray
        Of dtype ``int16``.

    """
    return load_table(source, "the number of a class in each line", 'int16',
                      ndmin=1)


def number_classes(synsets, id_field, groundtruths):
    """Number classes from zero.

    Parameters
    ----------
    synsets : numpy.ndarray
        The table of classes; those with images come first.
    id_field : str
        The field with the number of a class.
    groundtruths : list of tuple
        The name of each file and the numbers of its classes, as in that
        field.

    Returns
    -------
    classes : dict of int
        The row of each class by name.
    *rows : list of int
        The row of each number.

    """
    rows = {number: row for row, number in enumerate(
        synsets[id_field].tolist())}
    for name, groundtruth in groundtruths:
        strange = [number for number in groundtruth if int(number)
                   not in rows]
        if strange:
            raise wrong_file(name, "numbers of classes that the development "
                             "kit lists", strange[0])
    names = [name.decode('utf8') for name in
             synsets['WNID'][:NUM_CLASSES].tolist()]
    return ({name: row for row, name in enumerate(names)},
            *([rows[int(number)] for number in groundtruth]
              for _, groundtruth in groundtruths))


def read_member(tar, name):
    """Return a file in an archive as a file object, or refuse the archive.

    Parameters
    ----------
    tar : tarfile.TarFile
        The archive.
    name : str
        The name of the file.

    """
    with reading(str(tar.name), f"a complete member {name}"):
        return io.BytesIO(tar.extractfile(name).read())
