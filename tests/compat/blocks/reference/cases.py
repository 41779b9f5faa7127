"""Computations whose results the original Blocks has recorded.

They use only the public interface of Blocks and Theano and run on both stacks.
`make.py` computes them on the original stack, Theano 1.0.5 on Python 3.8; the
tests compare.

Every case returns plain lists of numbers or strings.

"""
import numpy
import theano
from blocks.algorithms import Adam, GradientDescent
from blocks.bricks import (
    LSTM,
    MLP,
    GatedRecurrent,
    Linear,
    Rectifier,
    RecurrentStack,
    SimpleRecurrent,
    Softmax,
    Tanh,
)
from blocks.bricks.attention import SequenceContentAttention
from blocks.bricks.parallel import Fork
from blocks.bricks.recurrent import Bidirectional
from blocks.bricks.sequence_generators import (
    LookupFeedback,
    Readout,
    SequenceGenerator,
    SoftmaxEmitter,
)
from blocks.filter import VariableFilter
from blocks.graph import ComputationGraph, apply_dropout, apply_noise
from blocks.initialization import Constant, IsotropicGaussian, Orthogonal
from blocks.model import Model
from blocks.roles import INPUT, OUTPUT, WEIGHT
from blocks.select import Selector
from theano import tensor

STEPS, BATCH, FEATURES, DIM, CLASSES = 7, 5, 4, 6, 3
BATCHES = 50


def batches(count):
    """Generate batches of sequences with masks, and a class for each."""
    rng = numpy.random.RandomState(20)
    for _ in range(count):
        lengths = rng.randint(1, STEPS + 1, size=BATCH)
        mask = (numpy.arange(STEPS)[:, None] < lengths).astype(float)
        yield (rng.normal(size=(STEPS, BATCH, FEATURES)), mask,
               rng.randint(CLASSES, size=BATCH))


def classifier(recurrent, names, seed):
    """Build a classifier of sequences.

    Return the inputs and the cost. The last axis of the recurrent brick's
    first output may be twice `DIM`.

    """
    x, mask, y = tensor.tensor3('x'), tensor.matrix('mask'), tensor.lvector(
        'y')
    fork = Fork(names, name='fork', input_dim=FEATURES,
                output_dims=[recurrent.get_dim(name) for name in names],
                weights_init=IsotropicGaussian(0.3),
                biases_init=Constant(0.1), seed=seed)
    first = recurrent.apply.outputs[0]
    readout = Linear(recurrent.get_dim(first), CLASSES, name='readout',
                     weights_init=IsotropicGaussian(0.3),
                     biases_init=Constant(0), seed=seed + 1)
    states = recurrent.apply(mask=mask, as_dict=True,
                             **fork.apply(x, as_dict=True))
    cost = Softmax().categorical_cross_entropy(
        y, readout.apply(states[first][-1])).mean()
    cost.name = 'cost'
    for brick in (fork, recurrent, readout):
        brick.initialize()
    return [x, mask, y], cost


def train(inputs, cost):
    """Run gradient descent and return the costs."""
    parameters = ComputationGraph(cost).parameters
    updates = [(parameter, parameter - 0.2 * gradient)
               for parameter, gradient
               in zip(parameters, tensor.grad(cost, parameters))]
    step = theano.function(inputs, cost, updates=updates)
    return [float(step(*batch)) for batch in batches(BATCHES)]


def train_with_adam(inputs, cost):
    """Train with Blocks' algorithm and return the costs."""
    algorithm = GradientDescent(
        cost=cost, parameters=ComputationGraph(cost).parameters,
        step_rule=Adam(0.02))
    algorithm.initialize()
    before = theano.function(inputs, cost)
    costs = []
    for batch in batches(BATCHES):
        costs.append(float(before(*batch)))
        algorithm.process_batch(
            {variable.name: value for variable, value in zip(inputs, batch)})
    return costs


def lstm():
    """Train an LSTM classifier."""
    return classifier(
        LSTM(DIM, weights_init=IsotropicGaussian(0.4), seed=1), ['inputs'],
        seed=2)


def gated_recurrent():
    """Train a GRU classifier."""
    return classifier(
        GatedRecurrent(DIM, weights_init=Orthogonal(), seed=3),
        ['inputs', 'gate_inputs'], seed=4)


def bidirectional():
    """Train a bidirectional classifier."""
    return classifier(
        Bidirectional(SimpleRecurrent(dim=DIM, activation=Tanh()),
                      weights_init=Orthogonal(), seed=5), ['inputs'], seed=6)


def stack():
    """Train a stack of an LSTM and a GRU."""
    return classifier(
        RecurrentStack([LSTM(DIM), GatedRecurrent(DIM)],
                       weights_init=IsotropicGaussian(0.3),
                       biases_init=Constant(0), seed=7), ['inputs'], seed=8)


def names_of_stack():
    """Return the names of parameters in the order of the graph."""
    _, cost = stack()
    return list(Model(cost).get_parameter_dict())


def variables_of_lstm():
    """Return the variables named by Blocks, in the order of the graph."""
    _, cost = lstm()
    return [variable.name for variable in ComputationGraph(cost).variables
            if hasattr(variable.tag, 'roles')]


def _perceptron():
    x = tensor.matrix('x')
    mlp = MLP([Rectifier(), Tanh(), None], [4, 6, 5, 3],
              weights_init=IsotropicGaussian(0.5),
              biases_init=Constant(0.1), seed=9)
    y = mlp.apply(x)
    mlp.initialize()
    return x, ComputationGraph(y), numpy.random.RandomState(1).normal(
        size=(5, 4))


def _evaluate_thrice(x, graph, data):
    function = theano.function([x], graph.outputs[0])
    return [function(data).tolist() for _ in range(3)]


def dropout():
    """Apply dropout to all inputs of an MLP's layers with the default seed."""
    x, graph, data = _perceptron()
    inputs = VariableFilter(roles=[INPUT])(graph.variables)
    return _evaluate_thrice(x, apply_dropout(graph, inputs, 0.3), data)


def dropout_seeded():
    """Apply dropout to outputs with a seed and a custom divisor."""
    x, graph, data = _perceptron()
    outputs = VariableFilter(roles=[OUTPUT], bricks=[Linear])(
        graph.variables)
    return _evaluate_thrice(
        x, apply_dropout(graph, outputs, 0.5, seed=77, custom_divisor=0.25),
        data)


def noise():
    """Apply noise to the weights of an MLP."""
    x, graph, data = _perceptron()
    weights = VariableFilter(roles=[WEIGHT])(graph.variables)
    return _evaluate_thrice(x, apply_noise(graph, weights, 0.5, seed=12),
                            data)


def _generator():
    transition = GatedRecurrent(DIM, name='transition')
    attention = SequenceContentAttention(
        state_names=transition.apply.states, attended_dim=FEATURES,
        match_dim=3, name='attention')
    generator = SequenceGenerator(
        Readout(readout_dim=8, source_names=['states', 'weighted_averages',
                                             'feedback'],
                emitter=SoftmaxEmitter(theano_seed=13),
                feedback_brick=LookupFeedback(8, 3)),
        transition, attention, weights_init=IsotropicGaussian(0.5),
        biases_init=Constant(0), seed=10)
    generator.initialize()
    return generator


def generator_costs():
    """Return the costs of given outputs, with attention."""
    x, mask = tensor.tensor3('x'), tensor.matrix('mask')
    y = tensor.lmatrix('y')
    costs = _generator().cost_matrix(y, attended=x, attended_mask=mask)
    data, mask_data, _ = next(batches(1))
    targets = numpy.random.RandomState(3).randint(8, size=(9, BATCH))
    return theano.function([x, mask, y], costs)(data, mask_data,
                                                targets).tolist()


def generator_samples():
    """Draw outputs twice, with attention."""
    x, mask = tensor.tensor3('x'), tensor.matrix('mask')
    results = _generator().generate(attended=x, attended_mask=mask,
                                    n_steps=10, batch_size=x.shape[1],
                                    as_dict=True)
    graph = ComputationGraph(results['outputs'])
    function = theano.function([x, mask], results['outputs'],
                               updates=graph.updates)
    data, mask_data, _ = next(batches(1))
    return [function(data, mask_data).tolist() for _ in range(2)]


def initial_values():
    """Return the initial parameters of an MLP and an LSTM."""
    mlp = MLP([Tanh(), Tanh()], [3, 4, 2], name='mlp', seed=14,
              weights_init=Orthogonal(0.5), biases_init=IsotropicGaussian())
    recurrent = LSTM(2, weights_init=Orthogonal(), seed=15, name='lstm')
    recurrent.allocate()
    # Orthogonal applies to matrices, square or not, but not to vectors.
    recurrent.weights_init = IsotropicGaussian(0.1)
    mlp.initialize()
    recurrent.initialize()
    return {name: parameter.get_value().tolist() for name, parameter
            in Selector([mlp, recurrent]).get_parameters().items()}


CASES = {
    'lstm': lambda: train(*lstm()),
    'gated_recurrent': lambda: train(*gated_recurrent()),
    'bidirectional': lambda: train(*bidirectional()),
    'stack': lambda: train(*stack()),
    'lstm_adam': lambda: train_with_adam(*lstm()),
    'gated_recurrent_adam': lambda: train_with_adam(*gated_recurrent()),
    'names_of_stack': names_of_stack,
    'variables_of_lstm': variables_of_lstm,
    'dropout': dropout,
    'dropout_seeded': dropout_seeded,
    'noise': noise,
    'generator_costs': generator_costs,
    'generator_samples': generator_samples,
    'initial_values': initial_values,
}
