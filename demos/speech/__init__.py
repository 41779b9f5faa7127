"""Who is speaking? Bidirectional LSTMs on the Japanese Vowels.

:func:`main` is the whole story: data, network, training, test, pictures.

"""
import os

import numpy
import theano
from blocks.algorithms import Adam, CompositeRule, StepClipping
from blocks.bricks import Initializable, Linear, Random, Softmax
from blocks.bricks.base import application
from blocks.bricks.cost import MisclassificationRate
from blocks.extensions.monitoring import (DataStreamMonitoring,
                                          TrainingDataMonitoring)
from blocks.extensions.stopping import EarlyStopping
from blocks.extensions.training import KeepBestParameters
from blocks.graph import ComputationGraph
from blocks.initialization import Constant, Orthogonal
from blocks.model import Model
from theano import tensor

from blocks_rnn_bricks import LSTM, BidirectionalStack, ForgetGateBias
from blocks_rnn_bricks.parallel import GradientDescent, MainLoop, is_first
from blocks_rnn_bricks.regularization import dropout_mask
from blocks_rnn_bricks.streams import padded_batches, restore_order
from demos import common
from demos.speech import pictures
from demos.speech.data import load_speech
from demos.speech.predictions import save_predictions

COMMAND = 'python -m demos.speech'
ABOUT = 'Who is speaking? Bidirectional LSTMs on the Japanese Vowels'
TAKES = '1 min'

#: What the epoch's line shows: title, record, format.
COLUMNS = [('train cost', 'train_cost', '.4f'),
           ('train error', 'train_error', '.4f'),
           ('valid cost', 'valid_cost', '.4f'),
           ('valid error', 'valid_error', '.4f'),
           ('best', 'valid_cost_best_so_far', '')]
CURVES = {'cross-entropy (nats)': ['train_cost', 'valid_cost'],
          'error rate': ['train_error', 'valid_error']}


class SpeakerClassifier(Initializable, Random):
    """A bidirectional stack, a summary of the utterance, a softmax's input.

    Parameters
    ----------
    input_dim : int
        Coefficients of a frame.
    dim : int
        Cells of each layer and direction.
    layers : int
        Number of layers.
    n_speakers : int
    summary : {'mean', 'last'}
        What becomes of the top layer's states: see
        :meth:`~blocks_rnn_bricks.BidirectionalStack.summary`.
    noise : float
        Standard deviation of the Gaussian noise on the inputs in training.
    dropout : float
        Rate at which the inputs of the upper layers and the summary are
        dropped in training.

    """

    def __init__(self, input_dim, dim, layers, n_speakers, summary, noise,
                 dropout, **kwargs):
        self.summary = summary
        self.noise = noise
        self.dropout = dropout
        self.stack = BidirectionalStack(
            [LSTM(dim=dim) for _ in range(layers)], input_dim=input_dim,
            dropout=dropout, biases_init=ForgetGateBias(),
            theano_seed=kwargs.get('theano_seed'), name='stack')
        self.output = Linear(2 * dim, n_speakers, biases_init=Constant(0),
                             name='output')
        super().__init__(children=[self.stack, self.output], **kwargs)

    @application(inputs=['utterances', 'mask'], outputs=['energies'])
    def apply(self, utterances, mask, train=False):
        """Score the speakers.

        Parameters
        ----------
        utterances : :class:`~theano.tensor.TensorVariable`
            (time, batch, coefficients).
        mask : :class:`~theano.tensor.TensorVariable`
            (time, batch).
        train : bool, optional
            Whether there is noise and dropout.

        Returns
        -------
        :class:`~theano.tensor.TensorVariable`
            (batch, speakers), logarithms of unnormalised probabilities.

        """
        if train and self.noise:
            utterances += self.theano_rng.normal(
                utterances.shape, std=self.noise, dtype=utterances.dtype)
        summary = self.stack.summary(utterances, mask=mask,
                                     kind=self.summary, train=train)
        if train and self.dropout:
            summary *= dropout_mask(self.theano_rng, summary.shape,
                                    self.dropout, summary.dtype)
        return self.output.apply(summary)


def variables():
    """The inputs of the graph, under the names of the stream's sources."""
    return (tensor.tensor3('utterances'), tensor.matrix('utterances_mask'),
            tensor.lvector('speakers'))


def costs_of(classifier, utterances, mask, speakers, train=False):
    """Cross-entropy and error rate, with or without noise."""
    energies = classifier.apply(utterances, mask, train=train)
    cost = Softmax().categorical_cross_entropy(speakers, energies).mean()
    error = MisclassificationRate().apply(speakers, energies)
    cost.name, error.name = 'cost', 'error'
    return cost, error


def batches(dataset, batch_size, seed=None, **options):
    """Padded time-major batches; shuffled anew each epoch, given a seed."""
    return padded_batches(dataset, batch_size, sort_window=4,
                          sequences=['utterances'], shuffle=seed is not None,
                          seed=seed, **options)


def make_main_loop(data, folder, epochs, dim=64, layers=2, batch_size=32,
                   learning_rate=0.002, noise=0.3, dropout=0.5,
                   summary='mean', patience=None, seed=1, smoke=False,
                   quiet=False):
    """Put network, training and monitoring together.

    Parameters
    ----------
    data : :class:`~demos.speech.data.Speech`
    folder : str
        Where checkpoint and pictures go.
    epochs, patience : int
        When to end: after so many epochs, or so many without a better cost
        on the validation part, if there is one.
    dim, layers, noise, dropout, summary
        See :class:`SpeakerClassifier`.
    batch_size : int
        Utterances at once.
    learning_rate : float
        Of Adam.
    seed : int
        Of weights, noise and the order of the utterances.
    smoke : bool
        Whether to end after three batches.
    quiet : bool
        Whether to do without progress bar and table.

    Returns
    -------
    :class:`~blocks.main_loop.MainLoop`

    """
    classifier = SpeakerClassifier(
        data.n_coefficients, dim, layers, data.n_speakers, summary, noise,
        dropout, weights_init=Orthogonal(), seed=seed, theano_seed=seed)
    classifier.initialize()

    inputs = variables()
    cost, error = costs_of(classifier, *inputs, train=True)
    algorithm = GradientDescent(
        cost=cost, weight=inputs[-1].shape[0],  # a mean over utterances
        parameters=ComputationGraph(cost).parameters,
        step_rule=CompositeRule([StepClipping(5.), Adam(learning_rate)]))
    monitors = [TrainingDataMonitoring([cost, error], prefix='train',
                                       after_epoch=True)]
    best = []
    if data.validation is not None:
        monitors += [
            DataStreamMonitoring(costs_of(classifier, *variables()),
                                 batches(data.validation, 64),
                                 prefix='valid'),
            EarlyStopping('valid_cost', epochs=patience or epochs)]
        best = [KeepBestParameters('valid_cost_best_so_far')]
    return MainLoop(
        algorithm, batches(data.training, batch_size, seed),
        model=Model(cost),
        extensions=common.training_extensions(
            folder, COMMAND, COLUMNS, CURVES, epochs,
            batches=3 if smoke else None, before_table=monitors,
            before_saving=best, quiet=quiet))


def classifier_of(main_loop):
    """The network that a main loop trains."""
    return next(brick for brick in main_loop.model.get_top_bricks()
                if isinstance(brick, SpeakerClassifier))


def predict(classifier, dataset):
    """Speakers, said and true, of all utterances.

    Returns
    -------
    predicted, speakers : :class:`numpy.ndarray`
        (utterances,), in the order of the dataset.

    """
    utterances, mask, _ = variables()
    best = theano.function(
        [utterances, mask],
        classifier.apply(utterances, mask).argmax(axis=1))
    stream = batches(dataset, 64, index_source='number')
    predicted, speakers, numbers = zip(*(
        (best(x, m), y, number) for x, m, y, number in
        stream.get_epoch_iterator()))
    return (numpy.array(restore_order(predicted, numbers)),
            numpy.array(restore_order(speakers, numbers)))


def main(save_to='runs/speech', resume=None, validation=0.2, seed=1,
         quiet=False, **settings):
    """Train, read the test set once, draw the pictures.

    Parameters
    ----------
    save_to : str
        Folder for checkpoint and pictures.
    resume : str, optional
        A checkpoint of an earlier run to go on from, with its settings and
        in its folder; of `settings` only `epochs` counts, which must not
        be fewer than are done.
    validation : float
        Share of the training utterances that early stopping looks at; 0
        trains on all of them, for all epochs.
    seed : int
        Of everything that is random.
    quiet : bool
        Whether to print the result only.
    **settings
        See :func:`make_main_loop`.

    Returns
    -------
    main_loop : :class:`~blocks.main_loop.MainLoop`
    accuracy : float or None
        On the test utterances; None if training was interrupted.

    Raises
    ------
    demos.common.UserError
        If data, folder or checkpoint are not what they should be.

    """
    if resume:
        main_loop, saved = common.resume(
            resume, COMMAND, settings.get('epochs'))
        save_to, validation, seed = (saved['folder'], saved['validation'],
                                     saved['seed'])
        data = load_speech(validation, seed)
    else:
        data = load_speech(validation, seed)
        common.output_folder(save_to)
        settings.setdefault('epochs', 60)
        common.save_settings(save_to, dict(
            command=COMMAND, folder=save_to, validation=validation, seed=seed,
            epochs=settings['epochs']))
        main_loop = make_main_loop(data, save_to, seed=seed, quiet=quiet,
                                   **settings)
    main_loop.run()
    if not (common.is_finished(main_loop) and is_first()):
        return main_loop, None

    classifier = classifier_of(main_loop)
    predicted, speakers = predict(classifier, data.test)
    accuracy = float((predicted == speakers).mean())
    print(f'Test accuracy: {100 * accuracy:.2f} % of {len(speakers)} '
          f'utterances')
    save_predictions(save_to, data.test, predicted)
    pictures.draw_all(save_to, classifier, data, predicted, speakers)
    print(f'Pictures, predictions and checkpoint are in '
          f'{os.path.abspath(save_to)}')
    return main_loop, accuracy
