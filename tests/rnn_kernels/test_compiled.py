import unittest
from unittest import mock

import numba

from rnn_kernels.compiled import compiled


def halve(x):
    return x / 2


class TestCompiled(unittest.TestCase):
    def test_options(self):
        function = compiled(halve)
        self.assertEqual(function(3), 1.5)
        self.assertTrue(function.targetoptions['nogil'])
        self.assertEqual(function.targetoptions['error_model'], 'numpy')

    def test_no_folder_to_keep_code_in(self):
        jit = numba.njit

        def read_only(*arguments, **options):
            if options.get('cache'):
                def refuse(function):
                    raise RuntimeError("cannot cache function: no locator "
                                       "available for file")
                return refuse
            return jit(*arguments, **options)
        with mock.patch.object(numba, 'njit', read_only):
            self.assertEqual(compiled(halve)(5), 2.5)
