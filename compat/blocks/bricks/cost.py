"""Costs and error rates of predictions, given targets."""
from abc import abstractmethod

import theano
from theano import tensor

from ..utils.checks import check_number
from .base import Brick, application


class Cost(Brick):
    """A brick that compares targets with predictions."""

    @abstractmethod
    @application
    def apply(self, *args, **kwargs):
        """Return a scalar."""


class CostMatrix(Cost):
    """A cost with a term for every element of a ``(batch, features)`` pair.

    Subclasses define :meth:`cost_matrix`.

    """

    @abstractmethod
    @application
    def cost_matrix(self, *args, **kwargs):
        """Return the terms, ``(batch, features)``."""

    @application(outputs=['cost'])
    def apply(self, *args, **kwargs):
        """Return the sum over the features, averaged over the batch."""
        terms = self.cost_matrix(*args, **kwargs)
        return terms.sum(axis=1).mean()


def _check_axes(brick, y, y_hat):
    """Refuse arrays that would broadcast over additional axes."""
    y, y_hat = map(tensor.as_tensor_variable, (y, y_hat))
    if y.ndim and y_hat.ndim and y.ndim != y_hat.ndim:
        raise ValueError(
            f'{brick.name}: y and y_hat must have the same axes, (batch, '
            f'features), got y with {y.ndim} and y_hat with {y_hat.ndim} '
            'axes; add or drop one, e.g. with y.dimshuffle(0, "x")')


class AbsoluteError(CostMatrix):
    r"""The terms are :math:`|y - \hat y|`."""

    @application
    def cost_matrix(self, y, y_hat):
        _check_axes(self, y, y_hat)
        return abs(y - y_hat)


class SquaredError(CostMatrix):
    r"""The terms are :math:`(y - \hat y)^2`."""

    @application
    def cost_matrix(self, y, y_hat):
        _check_axes(self, y, y_hat)
        return tensor.sqr(y - y_hat)


class BinaryCrossEntropy(CostMatrix):
    r"""The terms are :math:`-y \log\hat y - (1 - y) \log(1 - \hat y)`."""

    @application
    def cost_matrix(self, y, y_hat):
        _check_axes(self, y, y_hat)
        return tensor.nnet.binary_crossentropy(y_hat, y)


class CategoricalCrossEntropy(Cost):
    """The cross-entropy of classes and probabilities, averaged."""

    @application(outputs=['cost'])
    def apply(self, y, y_hat):
        """Compare targets with probabilities.

        Parameters
        ----------
        y : :class:`~tensor.TensorVariable`
            A vector of classes, or a matrix of probabilities.
        y_hat : :class:`~tensor.TensorVariable`
            The predicted probabilities, ``(batch, classes)``.

        Returns
        -------
        cost : :class:`~tensor.TensorVariable`
            A scalar.

        """
        return tensor.nnet.categorical_crossentropy(y_hat, y).mean()


class MisclassificationRate(Cost):
    """The fraction of misclassified examples of a batch.

    Parameters
    ----------
    top_k : int, optional
        A prediction is right if the true class is among the `top_k` highest
        scores. For `top_k` above 1, a tie for the last place counts as wrong.

    """

    def __init__(self, top_k=1, **kwargs):
        super().__init__(**kwargs)
        self.top_k = check_number(self, 'top_k', top_k, int, least=1)

    @application(outputs=['error_rate'])
    def apply(self, y, y_hat):
        """Compare classes with scores.

        Parameters
        ----------
        y : :class:`~tensor.TensorVariable`
            The true classes, ``(batch,)``.
        y_hat : :class:`~tensor.TensorVariable`
            Scores, ``(batch, classes)``.

        Returns
        -------
        error_rate : :class:`~tensor.TensorVariable`
            A scalar between 0 and 1.

        """
        if y_hat.ndim < 2 or y.ndim != y_hat.ndim - 1:
            raise ValueError(
                f'{self.name}: y must be classes, (batch,), and y_hat scores, '
                f'(batch, classes), got y with {y.ndim} and y_hat with '
                f'{y_hat.ndim} axes')
        if self.top_k == 1:
            mistakes = tensor.neq(y, y_hat.argmax(axis=1))
        else:
            score = y_hat[tensor.arange(y_hat.shape[0]), y]
            # The true class is not compared with itself.
            rivals = tensor.ge(y_hat, score[:, None]).sum(axis=1) - 1
            mistakes = tensor.ge(rivals, self.top_k)
        return mistakes.mean(dtype=theano.config.floatX)
