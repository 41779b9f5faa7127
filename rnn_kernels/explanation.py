"""Explanations of whether a step has kernels, with their code."""
from theano import config, tensor

from .iteration import prepare
from .tracing import Refusal


class Explanation:
    """How a step is iterated.

    Attributes
    ----------
    fused : bool
        Whether kernels are made from the step.
    reason : str or None
        The expression that prevents a kernel.
    cells : :class:`~rnn_kernels.cell.Cells` or None

    """

    def __init__(self, who, cells=None, reason=None):
        self.who = who
        self.cells = cells
        self.reason = reason
        self.fused = reason is None

    def source(self, what='forward'):
        """Return the code generated from the step.

        Parameters
        ----------
        what : {'forward', 'predict', 'backward'}
            The forward pass of a training step, the forward pass without a
            gradient, or the gradient.

        Returns
        -------
        str
            The source of a Python module.

        Raises
        ------
        ValueError
            If no kernel is made from the step, or `what` is invalid.

        """
        if not self.fused:
            raise ValueError('{}: there is no code, since the step is '
                             'iterated by scan: {}'.format(
                                 self.who, self.reason))
        from .source import backward_source, forward_source  # imports Numba
        cell = self.cells.skipping or self.cells.general
        if what == 'backward':
            return backward_source(cell, tuple(
                output.name for output in cell.outputs
                if output.state is None)).text
        if what not in ('forward', 'predict'):
            raise ValueError(
                "{}: the code must be one of 'forward', 'predict' and "
                "'backward', got {!r}".format(self.who, what))
        return forward_source(cell, what == 'forward').text

    def __str__(self):
        if self.fused:
            return '{}: kernels are made from the step{}'.format(
                self.who, '; where the mask is 0, steps are skipped'
                if self.cells.skipping else '')
        return '{}: iterated by scan, because of {}'.format(
            self.who, self.reason)

    __repr__ = __str__


def explain(step, sequences, states, contexts, outputs, get_dim, who,
            dtype=None):
    """Report how a step is iterated.

    Parameters
    ----------
    step, outputs, get_dim, who
        As for :func:`~rnn_kernels.iterate`.
    sequences, states, contexts : list of str
        Their names. They have an axis of features if `get_dim` is not 0; a
        sequence named 'mask' is the mask.
    dtype : str, optional
        ``floatX`` by default.

    Returns
    -------
    Explanation

    """
    dtype = dtype or config.floatX

    def variables(names, leading):
        made = {}
        for name in names:
            try:
                ndim = leading + bool(get_dim(name))
            except (ValueError, KeyError, AttributeError,
                    NotImplementedError) as error:
                raise Refusal('get_dim({!r}), which is unknown'.format(
                    name)) from error
            made[name] = tensor.TensorType(dtype, (False,) * ndim)(name)
        return made

    try:
        recurrence, _ = prepare(
            step, variables(sequences, 2), variables(states, 1),
            variables(contexts, 1), outputs, get_dim,
            'mask' if 'mask' in sequences else None, who=who)
    except Refusal as refusal:
        return Explanation(who, reason=str(refusal))
    return Explanation(who, recurrence.cells)
