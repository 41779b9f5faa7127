r"""Connectionist temporal classification: labels without an alignment.

With letters and phonemes, or frames of speech and words, the inputs are longer
than the labels and not aligned with them. At each frame :math:`t`, the network
predicts the probability of each class, :math:`y_{tk} =
\mathrm{softmax}(u_t)_k`; one class is the *blank*, for "nothing new". An
alignment :math:`\pi` assigns a class to each frame. To read its labels, merge
repeats, then remove blanks: the alignments ``a a - b b`` and ``- a - - b``
both read ``a b``, and ``a - a`` reads ``a a``. The cost :class:`CTC` is the
negative log-probability, in nats, that an alignment reads as the labels
:math:`l` (Graves et al., 2006):

.. math::

    E = -\log p(l \mid x), \qquad
    p(l \mid x) = \sum_{\pi \text{ reads } l} \prod_t y_{t \pi_t}, \qquad
    \frac{\partial E}{\partial u_{tk}} = y_{tk} - \frac{1}{p(l \mid x)}
        \sum_{\pi \text{ reads } l,\, \pi_t = k} \prod_{t'} y_{t' \pi_{t'}}.

The gradient is exact: the probability of a class at a frame, minus its
posterior probability given the labels. Both come from the forward-backward
algorithm on a lattice of log-probabilities
(:mod:`blocks_rnn_bricks.ctc_kernel`).

To find labels afterwards, :func:`best_path` reads the most probable
alignment (:meth:`CTC.best_path` does so in a graph), and
:func:`prefix_beam_search` looks for the most probable labels, on request with
a language model.

**The blank** is the last class by default, so labels keep their indices and
the last Linear has one more output than there are labels. In PyTorch it is the
first: for such a network, pass ``blank=0``.

**Impossible labels.** Each label needs a frame, and repeated labels need a
blank between them. Labels that do not fit into their frames have no alignment:
by definition their cost is infinite, and their gradient is zero, so they do
not affect training on the rest of the batch. The mean cost is then infinite;
to keep it finite, remove such sequences from the data.

References
----------
A. Graves, S. Fernandez, F. Gomez and J. Schmidhuber, *Connectionist temporal
classification: labelling unsegmented sequence data with recurrent neural
networks*, ICML 2006, equations 3, 8, 14 and 16.

A. Graves and N. Jaitly, *Towards end-to-end speech recognition with recurrent
neural networks*, ICML 2014, section 4.

A. Hannun, A. Maas, D. Jurafsky and A. Ng, *First-pass large vocabulary
continuous speech recognition using bi-directional recurrent DNNs*, 2014,
algorithm 1.

"""
import operator
from typing import TYPE_CHECKING, Callable, List, Optional, Tuple

import numpy
import theano
from blocks.bricks.base import Brick, application
from theano import tensor
from theano.gradient import DisconnectedType

from blocks_rnn_bricks.checks import as_variable
from blocks_rnn_bricks.ctc_reading import read_alignments
from blocks_rnn_bricks.settings import (
    check_callable,
    check_count,
    check_number,
    describe,
    naming,
)
from rnn_kernels import check_mask
from rnn_kernels.buffers import buffers
from rnn_kernels.op import KernelOp, no_second_derivatives

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    LanguageModel = Callable[[Tuple[int, ...]], ArrayLike]

__all__ = ('CTC', 'best_path', 'prefix_beam_search')


class CTC(Brick):
    """The cost of label sequences that are not aligned with the frames.

    Parameters
    ----------
    blank : int, optional
        The index of the blank class, counted from the end if negative; the
        last class by default.

    Examples
    --------
    Three frames, all four classes equally probable. Of the 64 alignments,
    five read ``0 1``: 0 0 1, 0 1 1, 0 1 -, 0 - 1 and - 0 1.

    >>> import numpy
    >>> from theano import tensor
    >>> labels, energies = tensor.lmatrix(), tensor.tensor3()
    >>> cost = CTC().apply(labels, energies)
    >>> value, = cost.eval({labels: [[0], [1]],
    ...                     energies: numpy.zeros((3, 1, 4), energies.dtype)})
    >>> print('{:.4f} {:.4f}'.format(float(value), float(numpy.log(64 / 5))))
    2.5494 2.5494

    """

    def __init__(self, blank=-1, **kwargs):
        self.blank = _as_blank(naming(self, kwargs), blank)
        super().__init__(**kwargs)

    @application(inputs=['labels', 'energies', 'mask', 'labels_mask'],
                 outputs=['costs'])
    def apply(self, labels, energies, mask=None, labels_mask=None):
        """Compute the cost of each sequence of a batch.

        The contents of the padding, even NaN, affect neither cost nor
        gradient, and the gradient there is zero. Masks may have holes: the
        valid frames and labels are used in their order.

        Parameters
        ----------
        labels : :class:`~theano.tensor.TensorVariable`
            (L, B), integers: classes other than the blank.
        energies : :class:`~theano.tensor.TensorVariable`
            (T, B, K), floating point: the input of the softmax.
        mask : :class:`~theano.tensor.TensorVariable`, optional
            (T, B), of the energies' dtype: 1 where there is a frame, else 0;
            all frames if not given.
        labels_mask : :class:`~theano.tensor.TensorVariable`, optional
            (L, B), of the energies' dtype: 1 where there is a label, else 0;
            all labels if not given. A sequence may have no labels.

        Returns
        -------
        :class:`~theano.tensor.TensorVariable`
            (B,), of the energies' dtype, in nats; infinite for labels that
            do not fit into the frames.

        Raises
        ------
        ValueError
            If a rank is wrong. When the function runs, if shapes do not match,
            a mask contains values other than 0 and 1, or a label is the blank
            or not a class.
        TypeError
            If a dtype is wrong.

        """
        who = describe(self)
        labels = as_variable(who, 'labels', labels)
        energies = as_variable(who, 'energies', energies)
        self._check_types(labels, energies)
        masks = []
        for name, given, like in [('mask', mask, energies[:, :, 0]),
                                  ('labels_mask', labels_mask, labels)]:
            if given is None:
                masks.append(tensor.ones_like(like, dtype=energies.dtype))
                continue
            masks.append(as_variable(who, name, given))
            check_mask(who, masks[-1], energies)
            masks[-1] = tensor.cast(masks[-1], energies.dtype)
        return _Costs(who, self.blank)(
            energies, masks[0], labels, masks[1])[0]

    @application(inputs=['energies', 'mask'],
                 outputs=['labels', 'labels_mask'])
    def best_path(self, energies, mask=None):
        """Read the most probable alignment, as part of a graph.

        Use this in a network that is exported and must return labels;
        :func:`best_path` does the same with arrays.

        Parameters
        ----------
        energies, mask : :class:`~theano.tensor.TensorVariable`
            As for :meth:`apply`.

        Returns
        -------
        labels : :class:`~theano.tensor.TensorVariable`
            (T, B), int64: the labels of each sequence, then zeros.
        labels_mask : :class:`~theano.tensor.TensorVariable`
            (T, B), of the energies' dtype: 1 where there is a label, else 0.

        Raises
        ------
        ValueError, TypeError
            As :meth:`apply`.

        Examples
        --------
        >>> import numpy
        >>> from theano import tensor
        >>> energies = tensor.tensor3()
        >>> labels, _ = CTC().best_path(energies)
        >>> alignment = numpy.array([0, 0, 2, 0, 1])  # a a - a b
        >>> labels.eval({energies: numpy.eye(3)[alignment][:, None].astype(
        ...     energies.dtype)}).ravel()
        array([0, 0, 1, 0, 0])

        """
        who = describe(self)
        energies = as_variable(who, 'energies', energies)
        self._check_energies(energies, 'best_path(energies, mask)')
        if mask is None:
            valid = tensor.ones_like(energies[:, :, 0], dtype='bool')
        else:
            mask = as_variable(who, 'mask', mask)
            check_mask(who, mask, energies)
            valid = tensor.neq(mask, 0)
        blank = self.blank + (energies.shape[2] if self.blank < 0 else 0)
        labels, there = read_alignments(energies.argmax(axis=2), valid, blank)
        return labels, tensor.cast(there, energies.dtype)

    def _check_energies(self, energies, order):
        if energies.ndim != 3:
            raise ValueError('{}: energies must have 3 axes, (time, batch, '
                             'classes), got {}; the order is {}'.format(
                                 describe(self), energies.ndim, order))
        if energies.dtype not in ('float32', 'float64'):
            raise TypeError('{}: energies must be float32 or float64, got {}'
                            .format(describe(self), energies.dtype))

    def _check_types(self, labels, energies):
        self._check_energies(energies, 'apply(labels, energies)')
        if labels.ndim != 2:
            raise ValueError('{}: labels must have 2 axes, (time, batch), got '
                             '{}; the order is apply(labels, energies)'
                             .format(describe(self), labels.ndim))
        if not labels.dtype.startswith(('int', 'uint')):
            raise TypeError('{}: labels must be class indices of an integer '
                            'dtype, got {}'.format(
                                describe(self), labels.dtype))


class _Costs(KernelOp):
    """Costs and their gradients.

    Inputs are the energies, their mask, the labels and their mask. The second
    output, (T, B, K), is used only for the gradient of the first.

    Parameters
    ----------
    who : str
        The brick, for messages.
    blank : int

    """

    __props__ = ('who', 'blank')

    def __init__(self, who, blank):
        self.who = who
        self.blank = blank

    def make_node(self, *inputs):
        inputs = [tensor.as_tensor_variable(variable) for variable in inputs]
        energies = inputs[0]
        costs = tensor.TensorType(energies.dtype,
                                  energies.broadcastable[1:2])
        return theano.Apply(self, inputs, [costs(), energies.type()])

    def perform(self, node, inputs, output_storage):
        from blocks_rnn_bricks import ctc_kernel as kernel  # imports Numba
        energies, mask, labels, labels_mask = inputs
        valid, blank = _check_frames(self.who, energies, mask, self.blank)
        valid_labels = _check_labels(self.who, labels, labels_mask,
                                     energies.shape, blank)
        # A batch takes half the time without the gradients.
        _, learns = self.read(node)
        costs = numpy.empty(energies.shape[1], energies.dtype)
        gradients = numpy.zeros(energies.shape if learns else (0, 0, 0),
                                energies.dtype)
        kernel.costs_and_gradients(
            buffers.carray(energies), valid, buffers.carray(labels, 'int64'),
            valid_labels, blank, costs, gradients)
        for storage, array in zip(output_storage, (costs, gradients)):
            storage[0] = array

    def infer_shape(self, node, shapes):
        energies = shapes[0]
        return [(energies[1],), energies]

    def connection_pattern(self, node):
        return [[True, True]] + [[False, False]] * 3

    def L_op(self, inputs, outputs, output_grads):
        d_costs, d_gradients = output_grads
        if isinstance(d_gradients.type, DisconnectedType):
            term = _Scaled()(tensor.cast(d_costs, inputs[0].dtype),
                             outputs[1])
        else:
            term = _no_second_derivatives(self, inputs)[0]
        return [term] + [DisconnectedType()() for _ in inputs[1:]]


class _Scaled(theano.Op):
    """Gradients, (T, B, K), times a factor for each sequence, (B,).

    This is a separate Op so that no simplification of a product turns the
    gradients themselves into an output of the graph: the Op that computes them
    detects that they are needed by finding an Op that reads them.

    """

    __props__ = ()

    def make_node(self, factors, gradients):
        return theano.Apply(self, [factors, gradients], [gradients.type()])

    def perform(self, node, inputs, output_storage):
        factors, gradients = inputs
        output_storage[0][0] = factors[:, None] * gradients

    def infer_shape(self, node, shapes):
        return [shapes[1]]

    def grad(self, inputs, output_gradients):
        return _no_second_derivatives(self, inputs)


def _no_second_derivatives(op, inputs):
    return no_second_derivatives(
        op, inputs, 'the kernels of CTC',
        'leave their gradients out of the cost')


def best_path(
        energies: 'ArrayLike', mask: 'Optional[ArrayLike]' = None,
        blank: int = -1) -> List[numpy.ndarray]:
    """Decode each sequence from its most probable alignment.

    This is fast and usually, but not always, returns the most probable labels:
    other labels may have more alignments.

    Parameters
    ----------
    energies : array_like, shape (T, B, K)
        The input of the softmax, or logarithms of its outputs.
    mask : array_like, shape (T, B), optional
        1 where there is a frame, else 0; all frames if not given.
    blank : int, optional
        As for :class:`CTC`.

    Returns
    -------
    list of numpy.ndarray of int64
        The labels of each of the B sequences.

    Raises
    ------
    ValueError
        If shapes do not match, the blank is not a class, or a valid frame
        contains NaN or has no finite energy.
    TypeError
        If `blank` is not an integer, or the energies are not numbers.

    Examples
    --------
    >>> import numpy
    >>> alignment = numpy.array([0, 0, 2, 0, 1])  # a a - a b
    >>> best_path(numpy.eye(3)[alignment][:, None])
    [array([0, 0, 1])]

    """
    energies, valid, blank = _check_decoded('best_path', energies, mask,
                                            blank)
    read = []
    for row in range(energies.shape[1]):
        classes = energies[valid[:, row], row].argmax(axis=1)
        new = numpy.ones(len(classes), dtype=bool)
        new[1:] = classes[1:] != classes[:-1]
        read.append(classes[new & (classes != blank)])
    return read


def prefix_beam_search(
        energies: 'ArrayLike', mask: 'Optional[ArrayLike]' = None,
        width: int = 10, blank: int = -1,
        language_model: 'Optional[LanguageModel]' = None, weight: float = 1.,
        bonus: float = 0.) -> List[List[Tuple[numpy.ndarray, float]]]:
    r"""Search for the most probable labels of each sequence.

    Processes the frames with the `width` best prefixes, adding up all
    alignments that read as the same prefix (Hannun et al., 2014). Without a
    language model, the best are the most probable; with one, those with the
    highest

    .. math::

        \log p(l \mid x) + \alpha \log p_\mathrm{LM}(l) + \beta \, |l|,

    where :math:`\alpha` is the weight and :math:`\beta` the bonus for each
    of the :math:`|l|` labels, which balances a model's preference for short
    sequences (shallow fusion; Graves and Jaitly, 2014, and Hannun et al. have
    the same sum). At the end, :math:`p_\mathrm{LM}` includes the probability
    that the labels end there.

    Parameters
    ----------
    energies, mask, blank
        As for :func:`best_path`.
    width : int, optional
        Number of prefixes to keep at each frame.
    language_model : callable, optional
        Takes a prefix, a tuple of labels, and returns an array_like of shape
        (K,): the log-probability of each label as the next one and, in place
        of the blank, of the end of the labels. It is called again if a prefix
        leaves the beam and comes back, and for each sequence; a model that
        needs only the last labels can cache its results by them.
    weight : float, optional
        Of the language model's log-probabilities, at least 0.
    bonus : float, optional
        Added for each label, in nats, with or without a language model.

    Returns
    -------
    list of lists of pairs
        For each of the B sequences, up to `width` pairs of labels, a
        numpy.ndarray of int64, and their log-probability, with a language
        model or a bonus the sum above, the highest first. The probability
        covers only the alignments in the beam, so it is too small if the beam
        is too narrow. Labels that the language model rules out, with a
        log-probability of minus infinity, are left out.

    Raises
    ------
    ValueError
        As for :func:`best_path`, and if `width` is below 1, `weight` is
        negative or not finite, `bonus` is not finite, or the language model
        returns another shape, NaN or plus infinity.
    TypeError
        As for :func:`best_path`, and if the language model is not callable or
        does not return numbers.

    Examples
    --------
    Of the alignments of two frames, ``- -`` is the most probable, but ``0 0``,
    ``0 -`` and ``- 0`` read as the same labels and are more probable together.

    >>> import numpy
    >>> energies = numpy.log([[[.4, .6]], [[.4, .6]]])
    >>> best_path(energies)
    [array([], dtype=int64)]
    >>> for labels, score in prefix_beam_search(energies)[0]:
    ...     print(labels, '{:.2f}'.format(float(numpy.exp(score))))
    [0] 0.64
    [] 0.36

    A language model in which a label is as probable as the end:

    >>> def even(prefix):
    ...     return numpy.log([.5, .5])
    >>> for labels, score in prefix_beam_search(
    ...         energies, language_model=even)[0]:
    ...     print(labels, '{:.2f}'.format(float(numpy.exp(score))))
    [] 0.18
    [0] 0.16

    """
    from blocks_rnn_bricks import ctc_kernel as kernel  # imports Numba
    who = 'prefix_beam_search'
    width = check_count(who, 'width', width)
    energies, valid, blank = _check_decoded(who, energies, mask, blank)
    judge = _judge(who, language_model, weight, bonus, energies.shape[2],
                   blank)
    found = []
    for row in range(energies.shape[1]):
        scores = kernel.log_softmax(
            energies, numpy.flatnonzero(valid[:, row]), row)
        found.append(list(zip(*kernel.search(scores, blank, width, judge))))
    return found


def _judge(who, language_model, weight, bonus, classes, blank):
    """Return what scores the next labels of a prefix, or None if nothing."""
    weight = check_number(who, 'weight', weight, least=0)
    bonus = check_number(who, 'bonus', bonus)
    bonuses = numpy.full(classes, bonus)
    bonuses[blank] = 0
    if language_model is not None:
        check_callable(who, 'language_model', language_model,
                       'of a prefix, a tuple of labels')
    if language_model is None or not weight:
        return (lambda prefix: bonuses) if bonus else None

    def judge(prefix):
        scores = numpy.asarray(language_model(prefix))
        if scores.dtype.kind not in 'fiu':
            raise TypeError('{}: language_model must return real numbers, got '
                            'an array of {} for the prefix {}'.format(
                                who, scores.dtype, prefix))
        if scores.shape != (classes,):
            raise ValueError(
                '{}: language_model must return the log-probability of each '
                'of the {} classes, the end in place of the blank, got shape '
                '{} for the prefix {}'.format(
                    who, classes, scores.shape, prefix))
        if numpy.isnan(scores).any() or (scores == numpy.inf).any():
            raise ValueError(
                '{}: language_model must return numbers, or -infinity for a '
                'label that is impossible, got NaN or +infinity for the '
                'prefix {}'.format(who, prefix))
        return weight * scores + bonuses
    return judge


def _as_blank(who, blank):
    """Raise TypeError unless the blank is an integer."""
    try:
        if isinstance(blank, (bool, numpy.bool_)):
            raise TypeError
        return operator.index(blank)
    except TypeError:
        raise TypeError('{}: blank must be a class index, an integer, got '
                        '{!r}; omit it for the last class'.format(
                            who, blank)) from None


def _check_decoded(who, energies, mask, blank):
    """Check the arguments of a decoding function like `_check_frames`."""
    blank = _as_blank(who, blank)
    energies = numpy.asarray(energies)
    if energies.dtype.kind not in 'fiu':
        raise TypeError('{}: energies must be real numbers, got an array of '
                        '{}'.format(who, energies.dtype))
    if energies.ndim != 3:
        raise ValueError('{}: energies must have 3 axes, (time, batch, '
                         'classes), got {}; pass a single sequence as '
                         'energies[:, None]'.format(who, energies.ndim))
    if energies.dtype not in ('float32', 'float64'):
        energies = energies.astype('float64')
    mask = numpy.ones(energies.shape[:2]) if mask is None else mask
    valid, blank = _check_frames(who, energies, numpy.asarray(mask), blank)
    frames = energies[valid]
    if (frames.max(axis=1, initial=-numpy.inf) == -numpy.inf).any() or (
            frames == numpy.inf).any() or numpy.isnan(frames).any():
        raise ValueError('{}: energies must be numbers, or -infinity for a '
                         'class that is impossible, got NaN, +infinity, or '
                         'only -infinity at a valid frame'.format(who))
    return buffers.carray(energies), valid, blank


def _check_frames(who, energies, mask, blank):
    """Return the mask as bool and the blank as a non-negative index."""
    classes = energies.shape[2]
    if not -classes <= blank < classes:
        raise ValueError('{}: blank must be one of the classes, got {}, but '
                         'the energies, of shape {}, have {} classes'.format(
                             who, blank, energies.shape, classes))
    return (_check_mask(who, 'mask', mask, energies.shape[:2], 'energies'),
            blank % classes)


def _check_labels(who, labels, mask, shape, blank):
    """Return the mask of the labels as bool."""
    _, batch, classes = shape
    if labels.shape[1] != batch:
        raise ValueError('{}: labels must have as many sequences as the '
                         'energies, {}, got shape {}; batch-major data is the '
                         'usual cause: transpose to (time, batch)'.format(
                             who, batch, labels.shape))
    valid = _check_mask(who, 'labels_mask', mask, labels.shape, 'labels')
    wrong = valid & ((labels < 0) | (labels >= classes) | (labels == blank))
    if wrong.any():
        step, row = numpy.argwhere(wrong)[0]
        raise ValueError('{}: labels must be at least 0, below the number of '
                         'classes, {}, and not the blank, {}; got {} as label '
                         '{} of sequence {}'.format(
                             who, classes, blank, labels[step, row], step,
                             row))
    return valid


def _check_mask(who, name, mask, shape, of):
    """Return a mask as bool."""
    if mask.shape != shape:
        raise ValueError('{}: {} must have the first axes of the {}, {}, got '
                         '{}; batch-major data is the usual cause: transpose '
                         'to (time, batch)'.format(who, name, of, shape,
                                                   mask.shape))
    valid = mask == 1
    if not (valid | (mask == 0)).all():
        raise ValueError('{}: {} must contain only 1 for data and 0 for '
                         'padding'.format(who, name))
    return valid
