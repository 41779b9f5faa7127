"""Tests of converters of tables of numbers and words."""
import h5py
from fuel.converters import adult, iris
from fuel.datasets import Adult, Iris
from fuel.exceptions import MissingInputFiles
from numpy.testing import assert_array_equal

from tests.compat.fuel.converters import raw_files
from tests.compat.fuel.converters.cases import ConverterCase, html


class TestIris(ConverterCase):
    def test_values(self):
        with self.assertRaisesRegex(MissingInputFiles, 'iris.data'):
            iris.convert_iris(str(self.raw), str(self.made))
        expected = raw_files.write_iris(self.raw)
        path, = iris.convert_iris(str(self.raw), str(self.made))
        self.check_splits(path, expected, {
            'features': ('batch', 'feature'), 'targets': ('batch', 'index')})
        self.assertEqual(Iris(('all',)).num_examples, 3)

    def test_refuses(self):
        raw_files.write_iris(self.raw)
        for change, message in [
                (lambda c: c.replace(b'0.2,', b''), 'line 1 of'),
                (lambda c: c.replace(b'1.4,Iris-vers', b'1.4,1,Iris-vers'),
                 'line 2 of'),
                (lambda c: c.replace(b'virginica', b'virgin'), 'line 3 of'),
                (lambda c: c.replace(b'3.2', b'?'), 'line 2 of'),
                (lambda c: c[:-4], "got '6.3,3.3,6.0,2.5,Iris-virgini'"),
                (html, 'line 1 of'), (lambda c: b'\n', 'an empty file')]:
            with self.damage('iris.data', change):
                self.check_refused(message, iris.convert_iris)


class TestAdult(ConverterCase):
    def test_values(self):
        raw_files.write_adult(self.raw)
        path, = adult.convert_adult(str(self.raw), str(self.made))
        # Words that occur only in incomplete rows are omitted.
        names = [
            'age', 'Private', 'State-gov', 'fnlwgt', '11th', 'Bachelors',
            'Masters', 'education-num', 'Divorced', 'Never-married',
            'Adm-clerical', 'Sales', 'Husband', 'Own-child', 'Black',
            'White', 'Female', 'Male', 'capital-gain', 'capital-loss',
            'hours-per-week', 'Cuba', 'Peru']
        people = [
            {'age': 39, 'State-gov': 1, 'fnlwgt': 77516, 'Bachelors': 1,
             'education-num': 13, 'Never-married': 1, 'Adm-clerical': 1,
             'Own-child': 1, 'White': 1, 'Male': 1, 'capital-gain': 2174,
             'hours-per-week': 40, 'Cuba': 1},
            {'age': 50, 'Private': 1, 'fnlwgt': 83311, 'Masters': 1,
             'education-num': 14, 'Divorced': 1, 'Sales': 1, 'Husband': 1,
             'Black': 1, 'Male': 1, 'hours-per-week': 13, 'Peru': 1},
            {'age': 25, 'Private': 1, 'fnlwgt': 226802, '11th': 1,
             'education-num': 7, 'Never-married': 1, 'Sales': 1,
             'Own-child': 1, 'Black': 1, 'Female': 1, 'capital-loss': 5,
             'hours-per-week': 40, 'Peru': 1}]
        with h5py.File(path, 'r') as h5file:
            self.assertEqual(h5file['features'].dtype, 'float64')
            self.assertEqual(h5file['targets'].dtype, 'bool')
            assert_array_equal(h5file['features'], [
                [person.get(name, 0) for name in names]
                for person in people])
            assert_array_equal(h5file['targets'], [[False], [True], [False]])
        self.assertEqual(Adult(('train',)).num_examples, 2)
        self.assertEqual(Adult(('test',)).axis_labels, {
            'features': ('batch', 'feature'), 'targets': ('batch', 'index')})

    def test_refuses(self):
        raw_files.write_adult(self.raw)
        for name, change, message in [
                ('adult.data', lambda c: c.replace(b'>50K', b'50K'),
                 'line 2 of .*adult.data'),
                ('adult.data', lambda c: c.replace(b' 13,', b'', 1),
                 'line 1 of .*adult.data'),
                ('adult.test', lambda c: c.replace(b' 7,', b' seven,'),
                 'line 2 of .*adult.test'),
                ('adult.test', lambda c: c[:-9], 'line 2 of .*adult.test'),
                ('adult.test', html, 'line 1 of .*adult.test'),
                ('adult.test', lambda c: b'', 'adult.test: expected a line')]:
            with self.damage(name, change):
                self.check_refused(message, adult.convert_adult)
