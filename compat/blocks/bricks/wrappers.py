"""Brick classes that wrap all applications of another class."""
from abc import ABCMeta, abstractmethod

from theano import tensor

from .._former import former_names
from ..utils import pack
from .base import Application, rename_function


class BrickWrapper(metaclass=ABCMeta):
    """Wraps every application of a brick class.

    List an instance in the ``decorators`` of a class that derives from the
    class to wrap:

    >>> from blocks.bricks import Softmax
    >>> class SoftmaxForSequences(Softmax):
    ...     decorators = [WithExtraDims()]

    """

    def __call__(self, mcs, name, bases, namespace):
        """Fill the namespace of a new class.

        Raises
        ------
        ValueError
            If the class has more than one base.

        """
        if len(bases) != 1:
            raise ValueError(
                f'{name}: can only wrap one class, got the bases '
                f'{[base.__name__ for base in bases]}')
        base, = bases
        for attribute in vars(base).values():
            if isinstance(attribute, Application):
                self.wrap(attribute, namespace)
        namespace['__doc__'] = (
            f':class:`.{base.__name__}`, wrapped by '
            f':class:`.{type(self).__name__}`.\n\n    See both for the '
            'description.\n    ')

    @abstractmethod
    def wrap(self, wrapped, namespace):
        """Add a wrapped application to the namespace of the new class.

        Parameters
        ----------
        wrapped : :class:`~blocks.bricks.base.Application`
            The application of the base class.
        namespace : dict
            The namespace of the new class, to be extended.

        """


class WithExtraDims(BrickWrapper):
    """Lets applications take inputs with additional leading axes.

    The application has the keyword ``extra_ndim``, the number of extra axes,
    0 by default. All inputs and outputs must have the same extra axes. They
    are merged with the first regular axis of the inputs, and restored in the
    outputs. So an application for batches also takes sequences of batches with
    ``extra_ndim=1``.

    Examples
    --------
    >>> from theano import tensor
    >>> from blocks.bricks import NDimensionalSoftmax
    >>> x = tensor.tensor3('x')     # (time, batch, classes)
    >>> NDimensionalSoftmax().apply(x, extra_ndim=1).ndim
    3

    """

    def wrap(self, wrapped, namespace):
        def apply(self, application, *args, extra_ndim=0, **kwargs):
            inputs = {**dict(zip(application.inputs, args)), **kwargs}
            inner = wrapped.__get__(self, type(self))
            if not extra_ndim:
                return inner(**inputs)
            # All inputs have the same extra axes, so any of them can be used.
            extra = next(iter(inputs.values())).shape[:extra_ndim]
            outputs = inner(**{name: _merge(input_, extra_ndim)
                               for name, input_ in inputs.items()})
            return [_restore(output, extra, extra_ndim)
                    for output in pack(outputs)]

        def delegate(self):
            return wrapped.__get__(self, type(self))

        name = wrapped.application_name
        delegate_name = f'{name}_delegate'
        application = Application(rename_function(apply, name))
        application.__doc__ = (
            f'See :meth:`{wrapped.brick.__name__}.{name}`; the keyword '
            '`extra_ndim` is the number of extra leading axes.')
        namespace[name] = application
        namespace[delegate_name] = application.delegate(
            rename_function(delegate, delegate_name))


def _merge(variable, extra_ndim):
    """Merge the extra axes with the following axis."""
    shape = variable.shape
    merged = tensor.prod(shape[:extra_ndim + 1])
    return variable.reshape(
        tensor.join(0, merged[None], shape[extra_ndim + 1:]),
        ndim=variable.ndim - extra_ndim)


def _restore(variable, extra, extra_ndim):
    """Split the extra axes from the first axis again."""
    shape = variable.shape
    first = shape[0] // tensor.prod(extra)
    return variable.reshape(tensor.join(0, extra, first[None], shape[1:]),
                            ndim=variable.ndim + extra_ndim)


__getattr__ = former_names(
    __name__, used=('blocks.bricks.base', 'blocks.utils'))
