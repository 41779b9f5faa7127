"""Operations of convolution in two and three dimensions.

Three operations are gradients of each other.  They compute the output from
images and filters, the filters from images and output, and the images from
filters and output.

"""

import numpy
from theano.gof.graph import Apply
from theano.tensor.nnet._conv_base import BaseAbstractConv, assert_shape
from theano.tensor.nnet._conv_shapes import get_conv_output_shape

__all__ = [
    'AbstractConv', 'AbstractConv2d', 'AbstractConv2d_gradInputs',
    'AbstractConv2d_gradWeights', 'AbstractConv3d',
    'AbstractConv3d_gradInputs', 'AbstractConv3d_gradWeights',
    'AbstractConv_gradInputs', 'AbstractConv_gradWeights']


class AbstractConv(BaseAbstractConv):
    """Convolve images with filters."""

    _roles = 'img', 'kern'

    def make_node(self, img, kern):
        img, kern = self._inputs([img, kern])
        img = assert_shape(img, self.imshp, 'AbstractConv shape mismatch: '
                           'the images do not have the shape of imshp.')
        kern = assert_shape(kern, self.kshp, 'AbstractConv shape mismatch: '
                            'the filters do not have the shape of kshp.')
        shape = get_conv_output_shape(
            img.type.shape, kern.type.shape, self.border_mode,
            self.subsample, self.filter_dilation)
        if any(length is not None and length < 1 for length in shape[2:]):
            self._refuse('filters', 'no larger than the images with their '
                         'padding', kern.type.shape)
        ones = [img.broadcastable[0], kern.broadcastable[0],
                *(False,) * self.convdim]
        return Apply(self, [img, kern], [self._output(ones, img, kern)])

    def perform(self, node, inputs, output_storage):
        images, filters = _common(node, inputs)
        correlation = self._correlation(
            images.shape[2:], filters.shape[-self.convdim:])
        channels = filters.shape[-self.convdim - 1] * self.num_groups
        self._expect(f'the number of channels ({self.num_groups} times those '
                     f'of the filters)', channels, images.shape[1])
        if len(filters) % self.num_groups:
            self._refuse('the number of filters', f'a multiple of num_groups '
                         f'= {self.num_groups}', len(filters))
        if min(correlation.counts) < 1:
            self._refuse(
                'the lengths of the filters', f'at most those of the images '
                f'with their padding, {correlation.padded}',
                correlation.kernel)
        if self.unshared:
            self._expect('the places of the filters', correlation.counts,
                         filters.shape[1:1 + self.convdim])
        output_storage[0][0] = correlation.output(images,
                                                  self._flipped(filters))

    def infer_shape(self, node, input_shapes):
        return [get_conv_output_shape(
            tuple(input_shapes[0]), tuple(input_shapes[1]), self.border_mode,
            self.subsample, self.filter_dilation)]

    def grad(self, inputs, output_grads):
        img, kern = inputs
        top, = output_grads
        return self._gradients(inputs, [
            _sibling(self, 'inputs')(kern, top, img.shape[2:],
                                     add_assert_shape=False),
            _sibling(self, 'weights')(img, top, kern.shape[-self.convdim:],
                                      add_assert_shape=False)])


class AbstractConv_gradWeights(BaseAbstractConv):
    """Return the gradient of the filters, given that of the output."""

    _roles = 'img', 'topgrad'

    def make_node(self, img, topgrad, shape, add_assert_shape=True):
        img, topgrad, lengths = self._inputs([img, topgrad, shape])
        if add_assert_shape:
            img = assert_shape(
                img, self.imshp, 'AbstractConv_gradWeights shape mismatch: '
                'the images do not have the shape of imshp.')
        ones = [topgrad.broadcastable[1], img.broadcastable[1],
                *(False,) * self.convdim]
        if self.unshared:
            ones[1:1] = (False,) * self.convdim
        return Apply(self, [img, topgrad, lengths],
                     [self._output(ones, img, topgrad)])

    def perform(self, node, inputs, output_storage):
        images, gradient = _common(node, inputs)
        correlation = self._correlation(images.shape[2:], inputs[2])
        self._expect('the shape of topgrad without channels',
                     (len(images), *correlation.counts),
                     (len(gradient), *gradient.shape[2:]))
        for what, number in [('channels', images.shape[1]),
                             ('filters', gradient.shape[1])]:
            if number % self.num_groups:
                self._refuse(f'the number of {what}', f'a multiple of '
                             f'num_groups = {self.num_groups}', number)
        output_storage[0][0] = self._flipped(
            correlation.filter_gradient(images, gradient))

    def infer_shape(self, node, input_shapes):
        images, tops = input_shapes[:2]
        places = tuple(tops[2:]) if self.unshared else ()
        channels = images[1]
        if self.num_groups > 1:
            channels = channels // self.num_groups
        return [(tops[1], *places, channels, *_elements(node))]

    def grad(self, inputs, output_grads):
        img, top = inputs[:2]
        kern, = output_grads
        return self._gradients(inputs, [
            _sibling(self, 'inputs')(kern, top, img.shape[2:]),
            _sibling(self, 'forward')(img, kern)])

    def connection_pattern(self, node):
        return [[True], [True], [False]]


class AbstractConv_gradInputs(BaseAbstractConv):
    """Return the gradient of the images, given that of the output."""

    _roles = 'kern', 'topgrad'

    def make_node(self, kern, topgrad, shape, add_assert_shape=True):
        kern, topgrad, lengths = self._inputs([kern, topgrad, shape])
        if add_assert_shape:
            kern = assert_shape(
                kern, self.kshp, 'AbstractConv_gradInputs shape mismatch: '
                'the filters do not have the shape of kshp.')
        ones = [topgrad.broadcastable[0],
                kern.broadcastable[-self.convdim - 1]
                and self.num_groups == 1, *(False,) * self.convdim]
        return Apply(self, [kern, topgrad, lengths],
                     [self._output(ones, kern, topgrad)])

    def perform(self, node, inputs, output_storage):
        filters, gradient = _common(node, inputs)
        correlation = self._correlation(inputs[2],
                                        filters.shape[-self.convdim:])
        self._expect('the shape of topgrad without its batch',
                     (len(filters), *correlation.counts), gradient.shape[1:])
        if len(filters) % self.num_groups:
            self._refuse('the number of filters', f'a multiple of num_groups '
                         f'= {self.num_groups}', len(filters))
        if self.unshared:
            self._expect('the places of the filters', correlation.counts,
                         filters.shape[1:1 + self.convdim])
        output_storage[0][0] = correlation.image_gradient(
            self._flipped(filters), gradient)

    def infer_shape(self, node, input_shapes):
        filters, tops = input_shapes[:2]
        channels = filters[-self.convdim - 1]
        if self.num_groups > 1:
            channels = channels * self.num_groups
        return [(tops[0], channels, *_elements(node))]

    def grad(self, inputs, output_grads):
        kern, top = inputs[:2]
        img, = output_grads
        return self._gradients(inputs, [
            _sibling(self, 'weights')(img, top, kern.shape[-self.convdim:]),
            _sibling(self, 'forward')(img, kern)])

    def connection_pattern(self, node):
        return [[True], [True], [False]]


class _OverImages:
    """Two dimensions."""

    def __init__(self, imshp=None, kshp=None, border_mode='valid',
                 subsample=(1, 1), filter_flip=True, filter_dilation=(1, 1),
                 num_groups=1, unshared=False):
        super().__init__(2, imshp, kshp, border_mode, subsample, filter_flip,
                         filter_dilation, num_groups, unshared)


class _OverVolumes:
    """Three dimensions."""

    def __init__(self, imshp=None, kshp=None, border_mode='valid',
                 subsample=(1, 1, 1), filter_flip=True,
                 filter_dilation=(1, 1, 1), num_groups=1, unshared=False):
        super().__init__(3, imshp, kshp, border_mode, subsample, filter_flip,
                         filter_dilation, num_groups, unshared)


class AbstractConv2d(_OverImages, AbstractConv):
    """Convolve images in two dimensions; see :class:`BaseAbstractConv`."""


class AbstractConv2d_gradWeights(_OverImages, AbstractConv_gradWeights):
    """Gradient of the filters of :class:`AbstractConv2d`."""


class AbstractConv2d_gradInputs(_OverImages, AbstractConv_gradInputs):
    """Gradient of the images of :class:`AbstractConv2d`."""


class AbstractConv3d(_OverVolumes, AbstractConv):
    """Convolve volumes in three dimensions."""


class AbstractConv3d_gradWeights(_OverVolumes, AbstractConv_gradWeights):
    """Gradient of the filters of :class:`AbstractConv3d`."""


class AbstractConv3d_gradInputs(_OverVolumes, AbstractConv_gradInputs):
    """Gradient of the volumes of :class:`AbstractConv3d`."""


_BY_KIND = {
    ('forward', 2): AbstractConv2d, ('forward', 3): AbstractConv3d,
    ('weights', 2): AbstractConv2d_gradWeights,
    ('weights', 3): AbstractConv3d_gradWeights,
    ('inputs', 2): AbstractConv2d_gradInputs,
    ('inputs', 3): AbstractConv3d_gradInputs}


def _sibling(op, kind):
    """Return an operation of a different kind with the same settings."""
    return _BY_KIND[kind, op.convdim](*op._settings())


def _common(node, inputs):
    """Return both tensors, cast to the data type of the output."""
    return [numpy.asarray(array, node.outputs[0].dtype)
            for array in inputs[:2]]


def _elements(node):
    """Return the lengths that a node receives as its third input."""
    return [node.inputs[2][axis] for axis in range(node.op.convdim)]
