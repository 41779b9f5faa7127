"""Graphs made from graphs: noise, dropout, collected parameters."""
import numpy
import theano
from theano import Variable
from theano.sandbox.rng_mrg import MRG_RandomStreams

from ..config import config
from ..roles import COLLECTED, COLLECTOR, DROPOUT, add_role
from ..utils import shared_floatx
from ..utils.checks import check_instance, check_list, check_number
from .computation import ComputationGraph


def _check(who, graph, variables):
    check_instance(who, 'computation_graph', graph, ComputationGraph,
                   'a ComputationGraph')
    return check_list(who, 'variables', variables, Variable,
                      'Theano variables')


def apply_noise(computation_graph, variables, level, seed=None):
    """Add Gaussian noise to some variables.

    Parameters
    ----------
    computation_graph : :class:`ComputationGraph`
        The graph.
    variables : list of :class:`~tensor.TensorVariable`
        The variables. Each has separate noise, which is drawn again in every
        call of a compiled function.
    level : float
        The standard deviation of the noise.
    seed : int, optional
        Seeds the generator; ``config.default_seed`` if not given.

    Returns
    -------
    :class:`ComputationGraph`
        The noisy graph.

    """
    variables = _check('apply_noise', computation_graph, variables)
    check_number('apply_noise', 'level', level, least=0)
    rng = MRG_RandomStreams(seed or config.default_seed)
    return computation_graph.replace({
        variable: variable + rng.normal(variable.shape, std=level)
        for variable in variables})


def apply_dropout(computation_graph, variables, drop_prob, rng=None,
                  seed=None, custom_divisor=None):
    r"""Set elements of some variables to zero at random.

    .. math:: \tilde{x} = \frac{x \odot m}{1 - p}, \qquad
              m_i \sim \mathrm{Bernoulli}(1 - p)

    The division preserves the expected value, so that the graph without
    dropout can be used for testing.

    Parameters
    ----------
    computation_graph : :class:`ComputationGraph`
        The graph.
    variables : list of :class:`~tensor.TensorVariable`
        The variables to apply dropout to.
    drop_prob : float
        The probability :math:`p` for an element to be dropped,
        :math:`0 \le p < 1`.
    rng : :class:`~theano.sandbox.rng_mrg.MRG_RandomStreams`, optional
        The random number generator.
    seed : int, optional
        The seed of a new generator, if `rng` is not given;
        ``config.default_seed`` if neither is.
    custom_divisor : float, optional
        The divisor; :math:`1 - p` by default.

    Returns
    -------
    :class:`ComputationGraph`
        The graph with dropout. The variables with dropout have the role
        :const:`~blocks.roles.DROPOUT`, and ``tag.replacement_of`` is the
        variable that each replaces.

    Raises
    ------
    ValueError
        If `drop_prob` is out of range.

    References
    ----------
    G. E. Hinton, N. Srivastava, A. Krizhevsky, I. Sutskever and R. R.
    Salakhutdinov, *Improving neural networks by preventing co-adaptation of
    feature detectors*, arXiv:1207.0580 (2012).

    Examples
    --------
    >>> from theano import tensor
    >>> from blocks.graph import ComputationGraph
    >>> x = tensor.vector('x')
    >>> dropped = apply_dropout(ComputationGraph(x.sum()), [x], 0.5, seed=1)
    >>> total = dropped.outputs[0].eval(
    ...     {x: numpy.ones(1000, dtype=theano.config.floatX)})
    >>> bool(900 < total < 1100)
    True

    """
    variables = _check('apply_dropout', computation_graph, variables)
    check_number('apply_dropout', 'drop_prob', drop_prob)
    if not 0 <= drop_prob < 1:
        raise ValueError('drop_prob is the probability to drop an element, '
                         f'at least 0 and below 1, got {drop_prob}')
    if rng is not None and (isinstance(rng, type)
                            or not hasattr(rng, 'binomial')):
        raise TypeError('apply_dropout: rng must be random streams such as '
                        f'MRG_RandomStreams(1), got {rng!r}')
    if rng is None:
        rng = MRG_RandomStreams(seed or config.default_seed)
    divisor = 1 - drop_prob if custom_divisor is None else custom_divisor
    replacements = {}
    for variable in variables:
        kept = rng.binomial(variable.shape, p=1 - drop_prob,
                            dtype=theano.config.floatX)
        dropped = variable * kept / divisor
        add_role(dropped, DROPOUT)
        dropped.tag.replacement_of = variable
        replacements[variable] = dropped
    return computation_graph.replace(replacements)


def collect_parameters(computation_graph, parameters):
    """Put parameters into one long vector.

    Use this if all parameters must be one variable, e.g. for a Hessian.
    It makes training slower.

    Parameters
    ----------
    computation_graph : :class:`ComputationGraph`
        The graph.
    parameters : list of shared variables
        The parameters to collect; the vector has their values.

    Returns
    -------
    :class:`ComputationGraph`
        The graph in which a shared variable ``collected_parameters``, of
        role :const:`~blocks.roles.COLLECTOR`, holds the values. Its parts have
        the role :const:`~blocks.roles.COLLECTED`.

    Examples
    --------
    >>> from blocks.bricks import MLP, Tanh
    >>> from blocks.graph import ComputationGraph
    >>> from theano import tensor
    >>> y = MLP([Tanh(), Tanh()], [7, 5, 3]).apply(tensor.matrix('x'))
    >>> graph = ComputationGraph(y)
    >>> collected = collect_parameters(graph, graph.parameters)
    >>> collected.shared_variables
    [collected_parameters]
    >>> collected.shared_variables[0].get_value().shape
    (58,)

    """
    parameters = _check('collect_parameters', computation_graph, parameters)
    values = [parameter.get_value(borrow=True) for parameter in parameters]
    collector = shared_floatx(
        numpy.concatenate([value.ravel() for value in values])
        if values else [], name='collected_parameters')
    add_role(collector, COLLECTOR)

    replacements = {}
    ends = numpy.cumsum([value.size for value in values])
    for parameter, value, end in zip(parameters, values, ends.tolist()):
        piece = collector[end - value.size:end].reshape(value.shape)
        piece.replacement_of = piece.tag.replacement_of = parameter
        add_role(piece, COLLECTED)
        replacements[parameter] = piece
    return computation_graph.replace(replacements)
