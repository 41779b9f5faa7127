"""Pictures of the speech demo."""
import os

import numpy
import theano
from blocks.filter import VariableFilter
from blocks.graph import ComputationGraph
from blocks.roles import OUTPUT
from matplotlib.figure import Figure

from demos.speech.data import batches
from demos.speech.network import variables

DPI = 120
#: The pictures of a run; an extension draws the first during training.
PICTURES = ['learning_curves.png', 'confusion.png', 'mask.png', 'states.png']


def draw_all(folder, classifier, data, predicted, speakers):
    """Draw a batch's mask, the confusion matrix and one utterance's states.

    Parameters
    ----------
    folder : str
        The folder for the PNG files.
    classifier : :class:`~demos.speech.network.SpeakerClassifier`
    data : :class:`~demos.speech.data.Speech`
    predicted, speakers : :class:`numpy.ndarray` of int
        (utterances,), the predicted and true speakers.

    """
    utterances, mask, _ = next(batches(
        data.test, 20, seed=0).get_epoch_iterator())
    draw_mask(os.path.join(folder, 'mask.png'), mask)
    draw_confusion(os.path.join(folder, 'confusion.png'), predicted,
                   speakers, data.n_speakers)
    longest = mask.sum(axis=0).argmax()
    length = int(mask[:, longest].sum())
    draw_states(os.path.join(folder, 'states.png'), classifier,
                utterances[:length, longest])


def draw_mask(path, mask):
    """Draw a mask, (time, batch), as black and white squares."""
    figure = Figure(figsize=(7, 4), layout='constrained')
    axes = figure.subplots()
    axes.imshow(1 - mask.T, cmap='gray', vmin=0, vmax=1, aspect='auto',
                interpolation='nearest')
    axes.set_title('The mask of a partially sorted batch: data are black')
    axes.set_xlabel('time (frames)')
    axes.set_ylabel('utterance in the batch')
    axes.set_yticks(range(0, mask.shape[1], 5))
    figure.savefig(path, dpi=DPI)


def draw_confusion(path, predicted, speakers, n_speakers):
    """Draw the confusion matrix of the speakers."""
    counts = numpy.zeros((n_speakers, n_speakers), dtype=int)
    numpy.add.at(counts, (speakers, predicted), 1)
    share = counts / numpy.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = Figure(figsize=(6, 5.2), layout='constrained')
    axes = figure.subplots()
    image = axes.imshow(100 * share, cmap='Blues', vmin=0, vmax=100)
    for (true, said), count in numpy.ndenumerate(counts):
        if count:
            axes.text(said, true, count, ha='center', va='center',
                      color='white' if share[true, said] > 0.5 else 'black')
    axes.set_title('Test utterances by speaker')
    axes.set_xlabel('predicted speaker')
    axes.set_ylabel('true speaker')
    names = [str(speaker + 1) for speaker in range(n_speakers)]
    axes.set_xticks(range(n_speakers), names)
    axes.set_yticks(range(n_speakers), names)
    figure.colorbar(image, label="share of the true speaker's (%)")
    figure.savefig(path, dpi=DPI)


def draw_states(path, classifier, utterance):
    """Draw the top layer's states in both directions over one utterance."""
    utterances, mask, _ = variables()
    graph = ComputationGraph([classifier.apply(utterances, mask)])
    states = [
        VariableFilter(applications=[direction.apply], roles=[OUTPUT],
                       name_regex='states')(graph.variables)[0]
        for direction in classifier.stack.layers[-1]]
    run = theano.function([utterances, mask], states)
    values = run(utterance[:, None], numpy.ones((len(utterance), 1),
                                                dtype=utterance.dtype))
    figure = Figure(figsize=(8, 7), layout='constrained')
    panels = figure.subplots(3, sharex=True)
    top = panels[0].imshow(utterance.T, aspect='auto', cmap='viridis',
                           interpolation='nearest')
    panels[0].set_ylabel('coefficient')
    panels[0].set_title('One utterance and the states of the top layer')
    figure.colorbar(top, ax=panels[0], label='standardised')
    for axes, value, title in zip(panels[1:], values,
                                  ['forward', 'backward']):
        # Order cells by the time of their strongest activity.
        order = numpy.abs(value[:, 0]).argmax(axis=0).argsort(kind='stable')
        image = axes.imshow(value[:, 0, order].T, aspect='auto', vmin=-1,
                            vmax=1, cmap='RdBu', interpolation='nearest')
        axes.set_ylabel(f'{title} cell\n(by time of its peak)')
        figure.colorbar(image, ax=axes, label='state h')
    panels[-1].set_xlabel('time (frames)')
    figure.savefig(path, dpi=DPI)
