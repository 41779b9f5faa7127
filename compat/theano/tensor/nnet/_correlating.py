"""Operations of convolution with the arguments of ``CorrMM``."""

from theano.tensor.basic import as_tensor_variable
from theano.tensor.nnet._conv_shapes import (
    get_conv_gradinputs_shape,
    get_conv_gradweights_shape,
)

__all__ = ['Correlating', 'WithLengths']


class Correlating:
    """Takes the arguments of ``CorrMM``; does not flip the filters.

    Parameters
    ----------
    border_mode, subsample, filter_dilation, num_groups, unshared
        See :func:`theano.tensor.nnet.conv2d`.
    openmp : bool, optional
        Without effect.

    """

    def __init__(self, border_mode='valid', subsample=None,
                 filter_dilation=None, num_groups=1, unshared=False,
                 openmp=None):
        number = 3 if '3d' in type(self).__name__ else 2
        ones = (1,) * number
        super().__init__(
            None, None, border_mode, ones if subsample is None else subsample,
            False, ones if filter_dilation is None else filter_dilation,
            num_groups, unshared)


class WithLengths:
    """Infers the lengths of a gradient if they are not given."""

    def make_node(self, first, second, shape=None, add_assert_shape=True):
        if shape is None:
            first, second = map(as_tensor_variable, (first, second))
            infer = (get_conv_gradinputs_shape if self._roles[0] == 'kern'
                     else get_conv_gradweights_shape)
            shape = infer(tuple(first.shape), tuple(second.shape),
                          self.border_mode, self.subsample,
                          self.filter_dilation)[-self.convdim:]
            if None in shape:
                raise ValueError(
                    f'{type(self).__name__}: shape, the lengths of the '
                    f'gradient, must be given if subsample is not 1 or '
                    f"border_mode is 'half'")
        return super().make_node(first, second, shape, add_assert_shape)
