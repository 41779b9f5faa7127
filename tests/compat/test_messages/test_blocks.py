"""Tests of Blocks' errors on wrong input."""
import numpy
from blocks.initialization import Constant
from blocks.utils import shared_floatx
from fuel.datasets import IterableDataset
from theano import tensor

from tests.compat.test_messages.table import Table, names

V, T, K = ValueError, TypeError, KeyError

x, y = tensor.matrix('x'), tensor.lvector('y')
W = shared_floatx(numpy.ones(2), name='W')
cost = (W ** 2).sum()
cost.name = 'cost'


def made(brick, **attributes):
    """Return an allocated brick, initialised with ones."""
    for name, value in attributes.items():
        setattr(brick, name, value)
    brick.weights_init = brick.biases_init = Constant(1)
    brick.initialize()
    return brick


def steps(rule):
    """Return the steps of a rule for one parameter."""
    return rule.compute_steps({W: W})


def unit():
    """Return a recurrent brick."""
    from blocks.bricks import Tanh
    from blocks.bricks.recurrent import SimpleRecurrent
    return SimpleRecurrent(2, Tanh())


def attention():
    """Return an attention mechanism."""
    from blocks.bricks.attention import SequenceContentAttention
    return SequenceContentAttention(2, state_names=['states'])


def readout():
    """Return a readout that does not know the dimensions of its sources."""
    from blocks.bricks.sequence_generators import Readout
    return Readout(source_names=['states'], readout_dim=3)


NAMES = names(
    'blocks.bricks', 'blocks.bricks.recurrent', 'blocks.bricks.attention',
    'blocks.bricks.sequence_generators', 'blocks.bricks.cost',
    'blocks.bricks.lookup',
    'blocks.bricks.parallel', 'blocks.bricks.conv', 'blocks.bricks.bn',
    'blocks.initialization', 'blocks.algorithms', 'blocks.extensions',
    'blocks.extensions.saveload', 'blocks.extensions.training',
    'blocks.extensions.stopping', 'blocks.extensions.monitoring',
    'blocks.extensions.plot', 'blocks.extensions.predicates',
    'blocks.graph', 'blocks.filter', 'blocks.select', 'blocks.model',
    'blocks.main_loop', 'blocks.log', 'blocks.monitoring.evaluators',
    'blocks.monitoring.aggregation',
    'blocks.roles', 'blocks.theano_expressions', 'blocks.utils',
    numpy=numpy, tensor=tensor, x=x, y=y, W=W, cost=cost, made=made,
    unit=unit, attention=attention, readout=readout, steps=steps,
    stream=IterableDataset(range(3)).get_example_stream())

ONE_DIM = [
    (f'{brick}.allocate()', error, f'{kind}.*got {got}')
    for make, kind in [
        ('Linear({}, 2)', 'Linear'), ('Linear(2, {})', 'Linear'),
        ('Bias({})', 'Bias'), ('LookupTable({}, 2)', 'LookupTable'),
        ('LookupTable(2, {})', 'LookupTable'),
        ('MLP([Tanh()], [2, {}])', 'Linear'),
        ('MLP([Tanh()], [{}, 2])', 'Linear'),
        ('LinearMaxout({}, 2, 2)', 'Linear'),
        ('BatchNormalization({})', 'BatchNormalization'),
        ('Fork(["a"], input_dim={}, output_dims=[3])', 'Linear')]
    for value, error, got in [
        ('None', V, 'None'), ('0', V, '0'), ('-3', V, '-3'),
        ('2.5', V, '2.5'), ('"2"', V, "'2'")]
    for brick in [make.format(value)]]

BRICKS = [
    ('Linear().allocate()', V, 'input_dim, output_dim must be set'),
    ('Linear(2, 3, 4)', T, 'Linear.*4|positional'),
    *((f'{brick}.initialize()', V,
       f'{name}: no initialization scheme; set {missing} on it')
      for brick, name, missing in [
          ('Linear(2, 3)', r'linear \(Linear\)',
           'weights_init and biases_init'),
          ('Linear(2, 3, weights_init=Constant(0))', r'linear \(Linear\)',
           'biases_init'),
          ('Linear(2, 3, use_bias=False)', r'linear \(Linear\)',
           'weights_init'),
          ('MLP([Tanh()], [2, 3])', r'linear_0 \(Linear\)',
           'weights_init and biases_init'),
          ('Bias(3)', r'bias \(Bias\)', 'biases_init'),
          ('LookupTable(5, 3)', r'lookuptable \(LookupTable\)',
           'weights_init'),
          ('SimpleRecurrent(3, Tanh())',
           r'simplerecurrent \(SimpleRecurrent\)', 'weights_init'),
          ('LSTM(3)', r'lstm \(LSTM\)', 'weights_init'),
          ('GatedRecurrent(3)', r'gatedrecurrent \(GatedRecurrent\)',
           'weights_init')]),
    ('Linear(2, 3, weights_init=3)', T,
     'Linear: weights_init must be .*Constant.*got 3'),
    ('Linear(2, 3, weights_init=Constant)', T, 'weights_init must be'),
    ('Linear(2, 3, biases_init="zero")', T, "biases_init .*got 'zero'"),
    ('Linear(2, 3, seed="a")', T, "seed must be .*got 'a'"),
    ('Linear(2, 3, seed=-1)', V, 'seed must be .*got -1'),
    ('made(Linear(2, 3)).get_dim("z")', V, "no dimension known for 'z'"),
    ('MLP(Tanh(), [2, 3])', T, 'MLP: activations must be a list.*Tanh'),
    ('MLP(Tanh, [2, 3])', T, 'MLP: activations must be a list.*Tanh'),
    ('MLP(None, [2, 3])', T, 'MLP: activations must be a list.*None'),
    ('MLP([Tanh], [2, 3])', T, r'MLP: .*Tanh.*write Tanh\(\)'),
    ('MLP(["tanh"], [2, 3])', T, "MLP: .*'tanh'"),
    ('MLP([tensor.tanh], [2, 3])', T, 'MLP: .*brick.*tanh'),
    ('MLP([Tanh()], 3)', T, 'MLP: dims must be a list.*got 3'),
    ('MLP([Tanh()], [2, 3, 4]).allocate()', V, '1 layers need 2 dims'),
    ('MLP([Tanh()], [2]).allocate()', V, '1 layers need 2 dims'),
    ('MLP([], []).allocate()', V, 'MLP.*layer'),
    ('MLP([Tanh()], [2, 3], prototype=Linear)', T, 'prototype must be'),
    ('Sequence(Tanh().apply)', T, 'Sequence: .*list.*'),
    ('Sequence([3])', T, 'Sequence: .*brick.*got 3'),
    ('Sequence([Tanh])', T, r'Sequence: .*write Tanh\(\)'),
    ('Sequence([])', V, 'Sequence: .*one brick'),
    ('FeedforwardSequence([None])', T, 'FeedforwardSequence: .*None'),
    ('Brick(children=3)', T, 'children must be a list of bricks.*got 3'),
    ('Tanh(children=[3])', T, 'children must be .*bricks.*got 3'),
    ('Tanh(children=[Tanh])', T, r'children must.*write Tanh\(\)'),
    ('LeakyRectifier(leak="a")', T, "leak must be .*'a'"),
    ('LeakyRectifier(leak=numpy.nan)', V, 'leak must be .*nan'),
    ('LinearMaxout(2, 3, 0).allocate()', V, 'num_pieces must be .*got 0'),
    ('Maxout(0).allocate()', V, 'num_pieces must be .*got 0'),
    ('Maxout(1.5).allocate()', T, 'num_pieces must be .*got 1.5'),
    ('LookupTable(3, 2).apply(x)', V, 'wrong dtype.*int'),
    ('LookupTable(3, 2).__setattr__("input_dim", 4)', V, 'its dimension'),
    ('Softmax().categorical_cross_entropy(tensor.tensor4("t"), x)', T,
     'rank mismatch'),
    ('Softmax().categorical_cross_entropy(tensor.vector("t"), x)', T,
     'y.*classes.*integers.*float'),
    ('CategoricalCrossEntropy().apply(tensor.vector("t"), x)', T,
     'crossentropy: class indices must be an integer vector.*float'),
    ('CategoricalCrossEntropy().apply(tensor.tensor4("t"), x)', T,
     'must have as many dimensions as .*2.*got 4'),
    ('MisclassificationRate().apply(y, tensor.vector("p"))', V, 'y_hat.*1'),
    ('MisclassificationRate().apply(x, x)', V, 'got y with 2'),
    ('MisclassificationRate(top_k=0)', V, 'top_k must be .*got 0'),
    ('MisclassificationRate(top_k=1.5)', T, 'top_k must be .*got 1.5'),
    ('SquaredError().apply(tensor.vector("t"), x)', V,
     'y.*1.*y_hat.*2|axes'),
    ('AbsoluteError().apply(tensor.tensor3("t"), x)', V, 'axes'),
    ('BinaryCrossEntropy().apply(tensor.vector("t"), x)', V, 'axes'),
    ('BatchNormalization(2, epsilon=-1)', V, 'epsilon must be .*got -1'),
    ('BatchNormalization(2, epsilon=numpy.nan)', V, 'epsilon .*got nan'),
    ('Fork("a", input_dim=2, output_dims=[3])', T, "Fork: .*list.*'a'"),
    ('Fork([], input_dim=2, output_dims=[])', V, 'Fork: .*names.*none'),
    ('Fork(["a", "b"], input_dim=2, output_dims=[3]).allocate()', V,
     r"Fork.*'a', 'b'.*got \[2, 2\] and \[3\]"),
]

#: Constructors with a placeholder, the expected kind, and the argument.
HOLES = [
    (make, kind, name) for kind, makers in {
        'a brick': [
            ('SimpleRecurrent(2, {})', 'activation'),
            ('LSTM(2, activation={})', 'activation'),
            ('LSTM(2, gate_activation={})', 'gate_activation'),
            ('GatedRecurrent(2, activation={})', 'activation'),
            ('GatedRecurrent(2, gate_activation={})', 'gate_activation'),
            ('Bidirectional({})', 'prototype'),
            ('RecurrentStack([unit(), unit()], {})', 'fork_prototype'),
            ('Fork(["a"], 2, {}, output_dims=[3])', 'prototype'),
            ('Merge(["a"], [2], 3, {})', 'prototype'),
            ('Distribute(["a"], "s", [3], 2, {})', 'prototype'),
            ('Readout(source_names=["a"], emitter={})', 'emitter'),
            ('Readout(source_names=["a"], feedback_brick={})',
             'feedback_brick'),
            ('Readout(source_names=["a"], post_merge={})', 'post_merge'),
            ('AttentionRecurrent({}, 3)', 'transition'),
            ('AttentionRecurrent(unit(), {})', 'attention'),
            ('SequenceGenerator({}, unit())', 'readout'),
            ('SequenceGenerator(readout(), {})', 'transition'),
            ('SequenceGenerator(readout(), unit(), {})', 'attention'),
            ('SequenceContentAttention(2, {}, state_names=["a"])',
             'state_transformer'),
            ('SequenceContentAttention(2, energy_computer={}, '
             'state_names=["a"])', 'energy_computer')],
        'True or False': [
            ('Linear(2, 3, use_bias={})', 'use_bias'),
            ('RecurrentStack([unit()], skip_connections={})',
             'skip_connections'),
            ('AttentionRecurrent(unit(), attention(), add_contexts={})',
             'add_contexts'),
            ('BatchNormalization(2, learn_scale={})', 'learn_scale'),
            ('BatchNormalizedMLP([Tanh()], [2, 3], mean_only={})',
             'mean_only'),
            ('Convolutional((2, 2), 3, 1, tied_biases={})', 'tied_biases'),
            ('MaxPooling((2, 2), ignore_border={})', 'ignore_border'),
            ('AveragePooling((2, 2), include_padding={})',
             'include_padding')],
        'a list of names': [
            ('Merge({}, [2], 3)', 'input_names'),
            ('Parallel({}, [2], [3], Linear())', 'input_names'),
            ('Distribute({}, "s", [3], 2)', 'target_names'),
            ('Readout(source_names={})', 'source_names'),
            ('SequenceContentAttention(2, state_names={})', 'state_names')],
        'a list of dimensions': [
            ('Merge(["a"], {}, 3)', 'input_dims'),
            ('Parallel(["a"], {}, [3], Linear())', 'input_dims'),
            ('Parallel(["a"], [2], {}, Linear())', 'output_dims'),
            ('Fork(["a"], 2, output_dims={})', 'output_dims'),
            ('Convolutional({}, 3, 1)', 'filter_size'),
            ('MaxPooling({})', 'pooling_size'),
            ('MaxPooling((2, 2), padding={})', 'padding')],
    }.items() for make, name in makers]

CONSTRUCTORS = [
    (make.format(value), T, f'{make.split("(")[0]}: {name} must be {kind}')
    for make, kind, name in HOLES
    for value in ['3', '2.5', '"no"', 'x', 'numpy.ones(2) > 2']
    if not ('list of dim' in kind and 'numpy' in value)
] + [
    (make.format('Tanh'), T, rf'{name} must be.*(write Tanh\(\)|Tanh)')
    for make, kind, name in HOLES if kind == 'a brick'
] + [
    (f'{make}.allocate()', V, f'{who}.*got {got}')
    for value, got in [('None', 'None'), ('0', '0'), ('-1', '-1'),
                       ('2.5', '2.5'), ('True', 'True')]
    for who, make in [
        ('LSTM', f'LSTM({value})'),
        ('GatedRecurrent', f'GatedRecurrent({value})'),
        ('SimpleRecurrent', f'SimpleRecurrent({value}, Tanh())'),
        ('Linear', f'LinearMaxout(2, {value}, 2)'),
        ('BatchNormalization', f'BatchNormalization({value})'),
        ('Convolutional', f'Convolutional((2, 2), {value}, 1)')]
    if not (value == 'True' and 'Maxout' in make)
] + [
    ('SimpleRecurrent(2, None)', T, 'activation must be a brick, got None'),
    ('Bidirectional(Tanh())', T, 'prototype must be a recurrent brick'),
    ('RecurrentStack([])', V, 'transitions must be .*one or more.*none'),
    ('RecurrentStack(unit())', T, 'transitions must be a list'),
    ('RecurrentStack(None)', T, 'transitions must be a list.*None'),
    ('RecurrentStack([Tanh()])', T, 'transitions must be a recurrent brick'),
    ('RecurrentStack([LSTM])', T, r'transitions must be.*write LSTM\(\)'),
    ('RecurrentStack([unit()], states_name=3)', T, 'states_name .*got 3'),
    ('AttentionRecurrent(Tanh(), attention())', T,
     'transition must be a recurrent brick'),
    ('AttentionRecurrent(unit(), unit())', T,
     'attention must be an attention mechanism'),
    ('AttentionRecurrent(unit(), attention(), Tanh())', T,
     'distribute must be a brick such as Distribute'),
    ('AttentionRecurrent(unit(), attention(), add_contexts=False)', V,
     r'first two contexts.*has the contexts \[\]'),
    ('SequenceGenerator(Tanh(), unit())', T, 'readout must be a readout'),
    ('readout().allocate()', V, 'source_dims must be set.*SequenceGener'),
    ('SoftmaxEmitter(initial_output=-1)', V, 'initial_output .*got -1'),
    ('SoftmaxEmitter(initial_output="0")', T, "initial_output .*got '0'"),
    ('TrivialEmitter(2.5)', T, 'readout_dim must be .*got 2.5'),
    ('TrivialFeedback(-1)', V, 'output_dim must be .*got -1'),
    ('Linear(2, 3, seed=[1, "a"])', T, "seed must be .*'a'"),
    ('Linear(2, 3, weights_init=0)', T, 'weights_init must be .*got 0'),
    ('Linear(2, 3, biases_init=[])', T, r'biases_init must be .*got \[\]'),
    ('BatchNormalization(2, scale_init=3)', T, 'scale_init must be .*got 3'),
    ('BatchNormalization(2, broadcastable=[2])', T, 'broadcastable .*got 2'),
    ('BatchNormalizedMLP(Tanh(), [2, 3])', T, 'activations must be a list'),
    ('BatchNormalizedMLP([Tanh], [2, 3])', T, r'write Tanh\(\)'),
    ('Convolutional((2, 0), 3, 1)', V, r'filter_size .*got \[2, 0\]'),
    ('Convolutional(None, 3, 1)', T, 'filter_size .*got None'),
    ('Convolutional((2, 2), 3, 1, step=(0, 1))', V, 'step must be'),
    ('Convolutional((2, 2), 3, 1, border_mode="same")', V,
     "border_mode must be 'valid'.*got 'same'"),
    ('Convolutional((2, 2), 3, 1, border_mode=-1)', V, 'border_mode.*-1'),
    ('Convolutional((2, 2), 3, 1, batch_size=0)', V, 'batch_size .*got 0'),
    ('Convolutional((2, 2), 3, 1, image_size=(-4, 4))', V, 'image_size'),
    ('ConvolutionalSequence(Tanh(), 1)', T, 'layers must be a list'),
    ('ConvolutionalSequence([3], 1)', T, 'layers must be .*got 3'),
    ('Pooling("median", (2, 2), None, None, True, (0, 0))', V,
     "mode must be one of.*'median'"),
    ('MaxPooling((0, 2))', V, 'pooling_size must be'),
    ('MLP(x, [2, 3])', T, 'activations must be a list.*x'),
    ('MLP([Tanh()], x)', T, 'dims must be a list.*x'),
    ('Sequence(x)', T, 'application_methods must be a list.*x'),
    ('Tanh(name=3)', T, 'Tanh: name must be a string, got 3'),
    ('Linear(10 ** 30, 2).allocate()', V,
     'W: the shape .*cannot be allocated.*small'),
    ('Tanh(children=0)', T, 'children must be a list of bricks.*got 0'),
]

INITIALIZATION = [
    ('Constant(None)', T, 'Constant: constant must be .*got None'),
    ('Constant("a")', T, "Constant: constant must be .*got 'a'"),
    ('Constant([1, [2, 3]])', V, 'Constant: constant must be'),
    ('Constant([1, 2]).generate(None, (3,))', V, 'Constant.*3'),
    ('IsotropicGaussian(-1)', V, 'std must be .*at least 0, got -1'),
    ('IsotropicGaussian(numpy.nan)', V, 'std must be .*got nan'),
    ('IsotropicGaussian(numpy.inf)', V, 'std must be .*got inf'),
    ('IsotropicGaussian(None)', T, 'std must be .*got None'),
    ('IsotropicGaussian("1")', T, "std must be .*got '1'"),
    ('IsotropicGaussian(1, numpy.nan)', V, 'mean must be .*got nan'),
    ('IsotropicGaussian().generate(None, (2,))', T,
     'IsotropicGaussian: rng must be .*None'),
    ('Uniform()', V, 'either width or std'),
    ('Uniform(width=1, std=1)', V, 'either width or std'),
    ('Uniform(width=-1)', V, 'width must be .*got -1'),
    ('Uniform(std=-1)', V, 'std must be .*got -1'),
    ('Uniform(width="a")', T, "width must be .*got 'a'"),
    ('Uniform(mean=None, width=1)', T, 'mean must be .*got None'),
    ('Uniform(width=1).generate(3, (2,))', T, 'Uniform: rng must be .*3'),
    ('Identity("a")', T, "mult must be .*got 'a'"),
    ('Identity(numpy.nan)', V, 'mult must be .*got nan'),
    ('Identity().generate(None, (3,))', V, 'Identity makes matrices'),
    ('Orthogonal(None)', T, 'scale must be .*got None'),
    ('Orthogonal(numpy.inf)', V, 'scale must be .*got inf'),
    ('Orthogonal().generate(None, (2, 2))', T, 'rng must be .*None'),
    ('Orthogonal().generate(numpy.random, (2, 2, 2))', V, 'matrices'),
    ('Sparse(0, Constant(1)).generate(None, (2, 2))', V, 'num_init'),
    ('Sparse(3, Constant(1)).generate(None, (2, 2))', V, 'num_init'),
    ('Sparse(-.5, Constant(1)).generate(None, (2, 2))', V, 'num_init'),
    ('Sparse(1, 3)', T, 'weights_init must be .*got 3'),
    ('Sparse(1, Constant(1), sparse_init="a")', T, 'sparse_init must be'),
]

RULES = [
    (f'{rule}({name}={value})', error,
     f'{rule.replace("Momentum", "(Momentum|Scale|BasicMomentum)")}'
     f'.*{name} must be .*got {value}'
     if not rule.startswith(('Momentum', 'RMSProp'))
     else f'{name} must be .*got {value}')
    for rule, settings in [
        ('Scale', ['learning_rate']), ('Momentum', ['learning_rate']),
        ('RMSProp', ['learning_rate']),
        ('AdaGrad', ['learning_rate', 'epsilon']),
        ('Adam', ['learning_rate', 'epsilon']),
        ('AdaMax', ['learning_rate', 'epsilon']),
        ('AdaDelta', ['epsilon'])]
    for name in settings
    for value, error in [('-0.1', V), ('nan', V), ('inf', V), ('None', T)]
] + [
    (f'{rule}({name}={value})', error, f'{name} must be .*got {value}')
    for rule, name in [('BasicMomentum', 'momentum'),
                       ('Momentum', 'momentum'), ('Adam', 'beta1'),
                       ('Adam', 'beta2'), ('AdaMax', 'beta1')]
    for value, error in [('-0.1', V), ('1', V), ('nan', V), ('None', T)]
] + [
    (f'{rule}(decay_rate={value})', error, f'decay_rate must be.*{value}')
    for rule in ('RMSProp', 'BasicRMSProp', 'AdaDelta')
    for value, error in [('-0.1', V), ('1.1', V), ('nan', V), ('None', T)]
] + [
    ('Adam(decay_factor=0)', V, 'decay_factor must be .*got 0'),
    ('Adam(decay_factor=1.5)', V, 'decay_factor must be .*got 1.5'),
    ('BasicRMSProp(max_scaling=0)', V, 'max_scaling must be .*got 0'),
    ('BasicRMSProp(max_scaling=nan)', V, 'max_scaling must be .*got nan'),
    ('StepClipping(-1)', V, 'threshold must be .*got -1'),
    ('StepClipping(nan)', V, 'threshold must be .*got nan'),
    ('StepClipping("1")', T, "threshold must be .*got '1'"),
    ('VariableClipping(-1)', V, 'threshold must be .*got -1'),
    ('VariableClipping(None)', T, 'threshold must be .*got None'),
    ('VariableClipping(1, axis=(0, 0))', V, 'each axis may be given once'),
    ('VariableClipping(1, axis=.5)', T, 'axis must be .*got 0.5'),
    ('steps(VariableClipping(1, axis=3))', V, '1 axes.*3'),
    ('RemoveNotFinite(nan)', V, 'scaler must be .*got nan'),
    ('CompositeRule(Scale())', T, 'components must be a list.*Scale'),
    ('CompositeRule([Scale])', T, 'components must be.*Scale'),
    ('CompositeRule([0.1])', T, 'components must be .*step rules.*0.1'),
    ('Restrict(0.1, [W])', T, 'step_rule must be .*got 0.1'),
    ('Restrict(Scale(), W)', T, 'variables must be a list.*W'),
    ('steps(Restrict(Scale(), [shared_floatx(1., "v")]))', V,
     'v is not among the parameters'),
    ('GradientDescent()', V, 'no cost and no gradients'),
    ('GradientDescent(cost=cost)', V, 'no parameters'),
    ('GradientDescent(cost=cost, parameters=W)', T,
     'parameters must be a list.*W'),
    ('GradientDescent(cost=cost, parameters=[3])', T,
     'parameters must be .*shared.*3'),
    ('GradientDescent(cost=cost, parameters=[x])', T, 'parameters must.*x'),
    ('GradientDescent(cost=3, parameters=[W])', T, 'cost must be .*got 3'),
    ('GradientDescent(cost=W ** 2, parameters=[W])', T,
     'cost.*scalar.*1 axes.*mean'),
    ('GradientDescent(cost=cost, parameters=[W], step_rule=.1)', T,
     'step_rule must be .*got 0.1'),
    ('GradientDescent(cost=cost, parameters=[W], step_rule=Scale)', T,
     'step_rule must be .*Scale'),
    ('GradientDescent(cost=cost, parameters=[W], on_not_finite="x")', V,
     'on_not_finite'),
]

EXTENSIONS = [
    (f'FinishAfter({trigger}={value})', error, f'{trigger}.*got {got}')
    for trigger in ('after_n_epochs', 'after_n_batches', 'every_n_batches')
    for value, error, got in [
        ('0', V, '0'), ('-1', V, '-1'), ('1.5', V, '1.5'),
        ('nan', V, 'nan'), ('"3"', V, "'3'")]
] + [
    ('DatasetEvaluator(3)', T, 'monitoring: variables must be a list.*3'),
    ('DatasetEvaluator("cost")', T, "variables must be a list.*'cost'"),
    ('DatasetEvaluator([None])', T, 'variables must be a list.*got None'),
    ('DatasetEvaluator([cost], 3)', T, 'updates must be a dict.*got 3'),
    ('DatasetEvaluator([cost], ["a"])', T, 'updates must be a dict'),
    ('TrainingDataMonitoring(None)', T, 'variables must be a list.*None'),
    ('FinishIfNoImprovementAfter(3, epochs=1)', T, 'notification_name.*3'),
    ('MainLoop(None, stream, log=3)', T, 'log must be a TrainingLog.*got 3'),
    ('MainLoop(None, stream, log=TrainingLog)', T, 'log must be .*class'),
    ('MainLoop(None, stream, log_backend=[])', V, r'log_backend .*got \[\]'),
    ('GradientDescent(cost, [W], known_grads=3)', T, 'known_grads .*got 3'),
    ('GradientDescent(cost, [W], consider_constant=W)', T,
     'consider_constant must be a list.*W'),
    ('GradientDescent(gradients=3)', T, 'gradients must be .*got 3'),
    ('GradientDescent(gradients=["a"])', T, 'gradients must be .*pairs'),
    ('FinishAfter(after_n_years=1)', T, 'after_n_years'),
    ('Checkpoint(3)', T, 'Checkpoint: path must be .*got 3'),
    ('Checkpoint("")', V, "Checkpoint: path .*''"),
    ('Checkpoint("a.tar", save_separately="log")', T,
     "save_separately must be a list.*'log'"),
    ('Checkpoint("a.tar", parameters=W)', T, 'parameters must be a list'),
    ('Load(None)', T, 'Load: path must be .*None'),
    ('Plot("a", [])', V, 'channels must be'),
    ('Plot("a", "cost")', V, 'channels must be'),
    ('Plot(3, [["a"]])', T, 'Plot: document must be .*got 3'),
    ('Plot("a", [["a"]], titles=["b", "c"])', V, '1 groups.*2'),
    ('SharedVariableModifier(W, 3)', T, 'function must be .*got 3'),
    ('SharedVariableModifier(3, abs)', T, 'parameter must be .*got 3'),
    ('FinishIfNoImprovementAfter("a")', V, 'epochs|iterations'),
    ('FinishIfNoImprovementAfter("a", iterations=-1)', V,
     'iterations must be .*got -1'),
    ('FinishIfNoImprovementAfter("a", epochs=1.5)', T,
     'epochs must be .*got 1.5'),
    ('FinishIfNoImprovementAfter("a", iterations=1, epochs=1)', V,
     'either iterations or epochs'),
    ('EarlyStopping("a")', V, 'epochs|iterations|EarlyStopping'),
    ('TrackTheBest(3)', T, 'record_name must be a string, got 3'),
    ('TrackTheBest("a", choose_best=3)', T, 'choose_best must be'),
    ('DataStreamMonitoring([cost], None)', T, 'data_stream must be .*None'),
    ('DataStreamMonitoring(cost, stream)', T, 'variables must be a list'),
    ('DataStreamMonitoring([3], stream)', T, 'variables .*3'),
    ('TrainingDataMonitoring(cost)', T, 'variables must be a list'),
    ('TrainingDataMonitoring(["cost"])', V, "variables .*'cost'"),
    ('OnLogRecord(3)', T, 'record_name must be a string, got 3'),
    ('MainLoop(None, None).run()', T, 'algorithm|data_stream'),
    ('MainLoop(3, stream)', T, 'MainLoop: algorithm must be .*got 3'),
    ('MainLoop(GradientDescent, stream)', T, 'algorithm must be'),
    ('MainLoop(GradientDescent(cost=cost, parameters=[W]), 3)', T,
     'MainLoop: data_stream must be .*got 3'),
    ('MainLoop(GradientDescent(cost=cost, parameters=[W]), stream, '
     'extensions=FinishAfter())', T, 'extensions must be a list'),
    ('MainLoop(GradientDescent(cost=cost, parameters=[W]), stream, '
     'extensions=[FinishAfter])', T, r'extensions must.*FinishAfter\(\)'),
    ('MainLoop(GradientDescent(cost=cost, parameters=[W]), stream, '
     'log_backend="no")', V, "log_backend must be .*'no'"),
    ('TrainingLog()[-1]', V, 'non-negative integer; got -1'),
    ('TrainingLog()[.5]', V, 'non-negative integer; got 0.5'),
    ('TrainingLog().__setitem__("a", {})', V, "got 'a'"),
]

GRAPHS = [
    ('VariableFilter(bricks=3)', T, 'bricks must be a list, got 3'),
    ('VariableFilter(applications=3)', T, 'applications must be a list'),
    ('VariableFilter(name=3)', T, 'name must be a string, got 3'),
    ('apply_dropout(ComputationGraph(cost), [W], .5, rng=3)', T,
     'rng must be random streams.*got 3'),
    ('ComputationGraph(3)', T, 'ComputationGraph: outputs must be .*3'),
    ('ComputationGraph(None)', T, 'outputs must be .*None'),
    ('ComputationGraph([cost, "a"])', T, "outputs must be .*'a'"),
    ('ComputationGraph(Linear)', T, 'outputs must be .*Linear'),
    ('Model(None)', T, 'outputs must be .*None'),
    ('Model(cost).set_parameter_values(3)', T, 'parameter_values .*3'),
    ('ComputationGraph(cost).replace(3)', T, 'replacements must be .*3'),
    ('apply_dropout(ComputationGraph(cost), [W], 1.5)', V,
     'drop_prob .*at least 0 and below 1, got 1.5'),
    ('apply_dropout(ComputationGraph(cost), [W], -.1)', V,
     'drop_prob .*at least 0 and below 1, got -0.1'),
    ('apply_dropout(ComputationGraph(cost), [W], nan)', V, 'got nan'),
    ('apply_dropout(ComputationGraph(cost), W, .5)', T,
     'variables must be a list'),
    ('apply_dropout(cost, [W], .5)', T, 'computation_graph must be'),
    ('apply_noise(ComputationGraph(cost), [W], -1)', V,
     'level must be .*got -1'),
    ('apply_noise(ComputationGraph(cost), [W], nan)', V, 'level.*got nan'),
    ('apply_noise(cost, [W], 1)', T, 'computation_graph must be'),
    ('collect_parameters(cost, [W])', T, 'computation_graph must be'),
    ('VariableFilter(roles=PARAMETER)', T, 'roles must be a list'),
    ('VariableFilter(roles=["W"])', T, "roles must be .*'W'"),
    ('VariableFilter(bricks=Linear())', T, 'bricks must be a list'),
    ('VariableFilter(bricks=["a"])', V, "bricks must be .*'a'"),
    ('VariableFilter(theano_name_regex=3)', T, 'regex.*3'),
    ('VariableFilter()(cost)', T, 'variables must be .*cost'),
    ('Selector(3)', T, 'bricks must be .*got 3'),
    ('Selector([Linear])', T, 'bricks must be .*Linear'),
    ('Selector([Linear()]).select(3)', T, 'path must be .*got 3'),
    ('add_role(W, 3)', V, 'a role must be .*got 3'),
    ('add_role(3, PARAMETER)', T, 'add_role: var must be .*got 3'),
    ('shared_floatx(None)', T, 'shared_floatx: value must be .*None'),
    ('shared_floatx("a")', V, "value must be .*'a'"),
    ('shared_floatx([[1], [1, 2]])', V, 'value must be'),
    ('shared_floatx_zeros((2, None))', V, 'no length for axis 1'),
    ('shared_floatx_zeros(3)', T, 'shape must be .*got 3'),
    ('shared_floatx_zeros((2, -1))', V, 'shape must be .*-1'),
    ('shared_floatx_zeros_matching(3)', V, 'expected a shared variable'),
    ('check_theano_variable(x, 1, None)', V, 'wrong number of dimensions'),
    ('check_theano_variable(x, None, "int")', V, 'wrong dtype'),
    ('unpack([1, 2], singleton=True)', V, 'exactly one item'),
    ('dict_union({1: 1}, {1: 2})', V, 'given twice: 1'),
    ('dict_subset({"a": 1}, ["b"])', K, "dict_subset: .*'b'.*a"),
    ('l2_norm(3)', T, 'l2_norm: tensors must be .*got 3'),
    ('l2_norm([])', V, 'l2_norm: .*one.*none'),
]

NAMES['nan'] = NAMES['inf'] = float('nan')
NAMES['inf'] = float('inf')


class TestBlocks(Table):
    def test_dimensions(self):
        self.check(ONE_DIM, NAMES)

    def test_bricks(self):
        self.check(BRICKS, NAMES)

    def test_constructors_of_bricks(self):
        self.check(CONSTRUCTORS, NAMES)

    def test_initialization(self):
        self.check(INITIALIZATION, NAMES)

    def test_step_rules(self):
        self.check(RULES, NAMES)

    def test_training(self):
        self.check(EXTENSIONS, NAMES)

    def test_graphs(self):
        self.check(GRAPHS, NAMES)
