import unittest

import numpy

from rnn_kernels.plan import is_binary, make_plan

HOLES = numpy.array([[1, 0, 0, 1],
                     [1, 1, 0, 0],
                     [0, 1, 0, 0],
                     [1, 0, 0, 1]], dtype='float32')


class TestPlan(unittest.TestCase):
    def share(self, **options):
        plan = make_plan(HOLES.shape, HOLES, **options)
        return plan.shares[0], plan.stride

    def check(self, share, **expected):
        for name, values in expected.items():
            self.assertEqual(getattr(share, name).tolist(), values, name)
            self.assertEqual(getattr(share, name).dtype, numpy.int64, name)

    def test_forward(self):
        share, stride = self.share()
        # Three steps of row 0, then two of rows 1 and 3, none of row 2.
        self.check(share, rows=[0, 1, 3, 2], counts=[3, 3, 1],
                   offsets=[0, 3, 6, 7],
                   places=[0, 5, 3, 4, 9, 15, 12],
                   copies=[1, 1, 3, 2, 2, 1, 1],
                   starts=[0, 1, 3, 2], leads=[0, 1, 0, 4])
        self.assertEqual(stride, 4)
        self.assertEqual(share.size, 7)

    def test_backward_in_time(self):
        share, stride = self.share(reverse=True)
        self.check(share, places=[12, 9, 15, 4, 5, 3, 0],
                   copies=[2, 1, 3, 1, 2, 1, 1],
                   starts=[12, 13, 15, 14], leads=[0, 1, 0, 4])
        self.assertEqual(stride, -4)

    def test_every_output_written_once(self):
        mask = numpy.random.RandomState(1).rand(9, 7) < .6
        for shares in 1, 2, 3:
            for options in dict(), dict(reverse=True):
                plan = make_plan(mask.shape, mask, shares=shares, **options)
                written = []
                for share in plan.shares:
                    for starts, copies in ((share.starts, share.leads),
                                           (share.places, share.copies)):
                        written += [
                            start + copy * plan.stride
                            for start, number in zip(starts, copies)
                            for copy in range(number)]
                self.assertEqual(sorted(written), list(range(mask.size)),
                                 (shares, options))
                self.assertEqual(plan.size, mask.sum())

    def test_no_mask_is_all_ones(self):
        for given, ones in zip(
                make_plan((3, 5), shares=2).shares,
                make_plan((3, 5), numpy.ones((3, 5)), shares=2).shares):
            for one, other in zip(given, ones):
                numpy.testing.assert_array_equal(one, other)

    def test_zero_steps(self):
        plan = make_plan((0, 3))
        self.assertEqual(plan.size, 0)
        self.assertEqual(plan.shares[0].counts.tolist(), [])

    def test_zero_sequences(self):
        plan = make_plan((3, 0))
        self.assertEqual(plan.size, 0)
        self.assertEqual(plan.shares[0].rows.tolist(), [])

    def test_plan_is_cached_by_mask(self):
        # All layers of a training step use the same plan.
        for mask in HOLES, HOLES.astype('float64'):
            self.assertIs(make_plan(mask.shape, mask.copy()),
                          make_plan(mask.shape, mask))
        self.assertIsNot(make_plan(HOLES.shape, HOLES),
                         make_plan(HOLES.shape, 1 - HOLES))


class TestIsBinary(unittest.TestCase):
    def test_only_zeros_and_ones(self):
        self.assertTrue(is_binary(HOLES))
        self.assertTrue(is_binary(HOLES.astype('int8')))
        self.assertTrue(is_binary(numpy.ones((0, 3))))
        for value in .5, -1, numpy.nan, 2:
            mask = numpy.ones((3, 2))
            mask[2, 1] = value
            self.assertFalse(is_binary(mask), value)
