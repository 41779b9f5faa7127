"""Several workers make the same updates as one, to the last bit as one."""
import json
import os
import tempfile
from unittest import TestCase

import numpy
import theano
from numpy.testing import assert_allclose, assert_array_equal

from tests.parallel.with_mpi import training
from tests.parallel.with_mpi.running import run


class TestEquality(TestCase):
    """2 and 3 workers beside one that has whole batches, in float64."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.floatX = theano.config.floatX
        try:
            cls.alone = cls.results(1, *training.TASKS)
            for values in cls.alone[0][1].values():
                del values['averages']
        finally:
            theano.config.floatX = cls.floatX

    @classmethod
    def results(cls, workers, *tasks):
        """Train; for each worker its parameters and what it monitored."""
        folder = os.path.join(cls.folder.name, str(workers))
        os.mkdir(folder)
        if workers == 1:
            training.main(folder, *tasks)
        else:
            code, output = run(workers, 'training', folder, *tasks)
            if code:
                raise AssertionError(output)
        everyone = []
        for rank in range(workers):
            path = os.path.join(folder, f'results_{rank}.json')
            with open(path) as file:
                monitored = json.load(file)
            with numpy.load(path.replace('results', 'parameters').replace(
                    'json', 'npz')) as file:
                everyone.append((dict(file), monitored))
        return everyone

    def check(self, workers, *tasks):
        (right, monitored), = self.alone
        everyone = self.results(workers, *tasks)
        for name in everyone[0][0]:
            value = right[name]
            with self.subTest(workers=workers, parameter=name):
                assert_allclose(everyone[0][0][name], value, rtol=0,
                                atol=1e-10)
                for other, _ in everyone[1:]:
                    assert_array_equal(other[name], everyone[0][0][name])
        for task in tasks:
            values = monitored[task]
            for rank, (_, found) in enumerate(everyone):
                # One for the gradients, one for what is monitored.
                self.assertEqual(found[task].pop('averages'), 2)
                for name, value in values.items():
                    with self.subTest(workers=workers, rank=rank, task=task,
                                      monitored=name):
                        assert_allclose(found[task][name], value, rtol=1e-9)

    def test_two_workers(self):
        self.check(2, 'each_step')

    def test_three_workers(self):
        self.check(3, 'whole_sequences', 'alignment')

    def test_comparison(self):
        """What is compared was trained, and was equal after each update."""
        (_, results), = self.alone
        for values in results.values():
            self.assertEqual(values['updates'], training.UPDATES)
            self.assertEqual(values['equal'], training.UPDATES)
            self.assertGreater(values['train_total_gradient_norm'], 0)
        self.assertIn('valid_last', results['each_step'])
