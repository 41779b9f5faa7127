"""Write small artificial raw files, one dataset per function.

The functions return the expected contents by source and split.

"""
import gzip
import io
import pickle
import struct
import tarfile
import zipfile

import h5py
import numpy
from PIL import Image
from scipy.io import savemat

RNG = numpy.random.RandomState(20)


def pixels(*shape):
    return RNG.randint(0, 256, shape).astype('uint8')


def labels(number, stop, start=0):
    return RNG.randint(start, stop, number).astype('uint8')


def encoded(image, extension):
    """Encode an image of shape (height, width, 3) as a file's content."""
    file_ = io.BytesIO()
    Image.fromarray(image).save(file_, extension)
    return file_.getvalue()


def write_idx(path, magic, array):
    header = struct.pack(f'>{1 + array.ndim}i', magic, *array.shape)
    path.write_bytes(gzip.compress(header + array.tobytes()))


def write_mnist(folder):
    expected = {}
    for split, prefix, number in [('train', 'train', 5),
                                  ('test', 't10k', 3)]:
        images, targets = pixels(number, 28, 28), labels(number, 10)
        write_idx(folder / f'{prefix}-images-idx3-ubyte.gz', 2051, images)
        write_idx(folder / f'{prefix}-labels-idx1-ubyte.gz', 2049, targets)
        expected[split] = {'features': images[:, None],
                           'targets': targets[:, None]}
    return expected


def write_archive(path, members):
    """Write a tar archive, compressed if its name says so."""
    mode = 'w:gz' if path.suffix == '.gz' else 'w'
    with tarfile.open(path, mode) as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def pickled(content, protocol=2):
    """Pickle an object, by default in the protocol of the published files."""
    pickle_ = pickle.dumps(content, protocol)
    if protocol > 2:
        return pickle_
    return pickle_.replace(b'numpy._core', b'numpy.core')


def write_cifar10(folder, protocol=2):
    batches = {f'data_batch_{i}': 2 for i in range(1, 6)}
    batches['test_batch'] = 3
    members, parts = {}, {}
    for name, number in batches.items():
        images, targets = pixels(number, 3072), labels(number, 10)
        members[f'cifar-10-batches-py/{name}'] = pickled(
            {'data': images, 'labels': targets.tolist(),
             'batch_label': name}, protocol)
        parts[name] = images.reshape(-1, 3, 32, 32), targets[:, None]
    write_archive(folder / 'cifar-10-python.tar.gz', members)
    test = parts.pop('test_batch')
    train = [numpy.concatenate(arrays) for arrays in zip(*parts.values())]
    return {'train': dict(zip(('features', 'targets'), train)),
            'test': dict(zip(('features', 'targets'), test))}


def write_cifar100(folder, protocol=2):
    members, expected = {}, {}
    for split, number in [('train', 4), ('test', 3)]:
        images = pixels(number, 3072)
        fine, coarse = labels(number, 100), labels(number, 20)
        members[f'cifar-100-python/{split}'] = pickled(
            {'data': images, 'fine_labels': fine.tolist(),
             'coarse_labels': coarse.tolist()}, protocol)
        expected[split] = {'features': images.reshape(-1, 3, 32, 32),
                           'coarse_labels': coarse[:, None],
                           'fine_labels': fine[:, None]}
    write_archive(folder / 'cifar-100-python.tar.gz', members)
    return expected


def write_binarized_mnist(folder):
    expected = {}
    for split, number in [('train', 4), ('valid', 2), ('test', 3)]:
        images = RNG.randint(0, 2, (number, 784)).astype('uint8')
        numpy.savetxt(folder / f'binarized_mnist_{split}.amat', images, '%d')
        expected[split] = {'features': images.reshape(-1, 1, 28, 28)}
    return expected


def write_silhouettes(folder, size):
    content, expected = {}, {}
    for split, name, number in [('train', 'train', 4), ('valid', 'val', 2),
                                ('test', 'test', 3)]:
        images = RNG.randint(0, 2, (number, size * size)).astype('uint8')
        targets = labels(number, 102, start=1)[:, None]
        content.update({f'{name}_data': images, f'{name}_labels': targets})
        expected[split] = {'features': images.reshape(-1, 1, size, size),
                           'targets': targets}
    savemat(folder / f'caltech101_silhouettes_{size}_split1.mat', content)
    return expected


IRIS = """5.1,3.5,1.4,0.2,Iris-setosa
7.0,3.2,4.7,1.4,Iris-versicolor
6.3,3.3,6.0,2.5,Iris-virginica

"""


def write_iris(folder):
    (folder / 'iris.data').write_text(IRIS)
    return {'all': {
        'features': numpy.array([[5.1, 3.5, 1.4, 0.2], [7.0, 3.2, 4.7, 1.4],
                                 [6.3, 3.3, 6.0, 2.5]], dtype='float32'),
        'targets': numpy.array([[0], [1], [2]], dtype='uint8')}}


def write_celeba(folder, number, shape=(218, 178)):
    """Write the files and return the decoded images and the attributes."""
    images, lines = [], [str(number), 'Names of attributes']
    attributes = RNG.randint(0, 2, (number, 40)).astype('uint8')
    with zipfile.ZipFile(folder / 'img_align_celeba.zip', 'w') as archive:
        for i, row in enumerate(attributes, 1):
            content = encoded(pixels(*shape, 3), 'JPEG')
            archive.writestr(f'img_align_celeba/{i:06d}.jpg', content)
            images.append(Image.open(io.BytesIO(content)))
            lines.append(f'{i:06d}.jpg ' + ' '.join(
                f'{2 * int(value) - 1:2d}' for value in row))
    (folder / 'list_attr_celeba.txt').write_text('\n'.join(lines) + '\n')
    return images, attributes


def write_dogs_vs_cats(folder, num_train, num_test):
    """Write the files and return the decoded images by file name."""
    images = {}
    train = [f"train/{'cat' if i % 2 else 'dog'}.{i}.jpg"
             for i in range(num_train)]
    # The archive's order differs from that of the numbers.
    test = [f'test1/{i}.jpg' for i in range(num_test, 0, -1)]
    for name, members in [('train', train), ('test1', test)]:
        path = folder / f'dogs_vs_cats.{name}.zip'
        with zipfile.ZipFile(path, 'w') as archive:
            archive.writestr(f'{name}/', '')
            for member in members:
                content = encoded(pixels(*RNG.randint(3, 7, 2), 3), 'JPEG')
                archive.writestr(member, content)
                images[member] = numpy.asarray(
                    Image.open(io.BytesIO(content))).transpose(2, 0, 1)
    return train, test, images


def digit_struct(boxes):
    """Return the content of a file of boxes.

    Parameters
    ----------
    boxes : list of dict of list
        The numbers of each field by image.

    """
    file_ = io.BytesIO()
    with h5py.File(file_, 'w') as content:
        group = content.create_group('digitStruct')
        references = group.create_dataset('bbox', (len(boxes), 1),
                                          dtype=h5py.ref_dtype)
        for i, fields in enumerate(boxes):
            image = content.create_group(f'#refs#/{i}')
            references[i, 0] = image.ref
            for field, numbers in fields.items():
                if len(numbers) == 1:
                    image[field] = numpy.array([numbers], dtype='float64')
                    continue
                column = image.create_dataset(field, (len(numbers), 1),
                                              dtype=h5py.ref_dtype)
                for j, number in enumerate(numbers):
                    name = f'#refs#/{i}_{field}_{j}'
                    content[name] = numpy.array([[number]], dtype='float64')
                    column[j, 0] = content[name].ref
    return file_.getvalue()


FIELDS = ('label', 'height', 'width', 'left', 'top')


def write_svhn_1(folder):
    """Write the files and return the images and boxes of each split."""
    expected = {}
    for split, digits in [('train', (1, 3)), ('test', (2,)),
                          ('extra', (1, 1, 2))]:
        images = [pixels(*RNG.randint(4, 8, 2), 3) for _ in digits]
        boxes = [{field: RNG.randint(1, 11, number).tolist()
                  for field in FIELDS} for number in digits]
        boxes[0]['label'][0] = 10
        boxes[0]['left'][0] = -3
        boxes[-1]['width'][0] = 300
        members = {f'{split}/{i}.png': encoded(image, 'PNG')
                   for i, image in enumerate(images, 1)}
        # The order must not matter, nor any other file.
        members = {f'{split}/see_bboxes.m': b'% a program',
                   **dict(reversed(list(members.items()))),
                   f'{split}/digitStruct.mat': digit_struct(boxes)}
        write_archive(folder / f'{split}.tar.gz', members)
        expected[split] = images, boxes
    return expected


def write_svhn_2(folder):
    expected = {}
    for split, number in [('train', 3), ('test', 2), ('extra', 4)]:
        images, targets = pixels(32, 32, 3, number), labels(number, 11, 1)
        targets[0] = 10
        savemat(folder / f'{split}_32x32.mat',
                {'X': images, 'y': targets[:, None]})
        expected[split] = {'features': images.transpose(3, 2, 0, 1),
                           'targets': targets[:, None] % 10}
    return expected


ADULT = """\
39, State-gov, 77516, Bachelors, 13, Never-married, Adm-clerical, Own-child, \
White, Male, 2174, 0, 40, Cuba, <=50K
50, Private, 83311, Masters, 14, Divorced, Sales, Husband, Black, Male, 0, \
0, 13, Peru, >50K
38, ?, 215646, HS-grad, 9, Divorced, ?, Wife, White, Male, 0, 0, 40, Peru, \
<=50K

"""
ADULT_TEST = """\
|1x3 Cross validator
25, Private, 226802, 11th, 7, Never-married, Sales, Own-child, Black, \
Female, 0, 5, 40, Peru, <=50K.

"""


def write_adult(folder):
    (folder / 'adult.data').write_text(ADULT)
    (folder / 'adult.test').write_text(ADULT_TEST)
