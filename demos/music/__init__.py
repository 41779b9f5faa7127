"""What comes next in a chorale? An LSTM that reads and writes Bach.

:func:`main` is the whole story: data, network, training, test, pictures, and
a chorale of the network's own. :mod:`demos.music.network` has the bricks,
:mod:`demos.music.writing` what becomes of their predictions.

"""
import os

import numpy
import theano
from blocks.algorithms import (Adam, CompositeRule, GradientDescent,
                               StepClipping)
from blocks.extensions.monitoring import (DataStreamMonitoring,
                                          TrainingDataMonitoring)
from blocks.extensions.stopping import EarlyStopping
from blocks.extensions.training import (KeepBestParameters,
                                        SharedVariableModifier)
from blocks.graph import ComputationGraph
from blocks.initialization import Orthogonal
from blocks.main_loop import MainLoop
from blocks.model import Model
from blocks.monitoring.evaluators import DatasetEvaluator
from fuel.schemes import ShuffledExampleScheme
from fuel.streams import DataStream
from fuel.transformers import Mapping
from theano import tensor

from blocks_rnn_bricks.costs import SequenceBinaryCrossEntropy
from blocks_rnn_bricks.streams import padded_batches
from demos import common
from demos.music import pictures
from demos.music.data import Transposer, load_chorales, note_frequencies
from demos.music.network import (Composer, cost_of, load_composer, one_gram,
                                 variables)
from demos.music.writing import find_primer, write_chorale

COMMAND = 'python -m demos.music'
ABOUT = "What comes next? An LSTM that reads and writes Bach's chorales"
TAKES = '3 min (--quick: 1 min)'

#: What the epoch's line shows: title, record, format.
COLUMNS = [('train cost', 'train_cost', '.3f'),
           ('valid cost', 'valid_cost', '.3f'),
           ('best', 'valid_cost_best_so_far', '')]
CURVES = {'nats per frame': ['train_cost', 'valid_cost', 'valid_1gram']}

#: The settings that the validation part chose, and those for a hurry.
DEFAULTS = {'epochs': 200, 'patience': 40, 'dim': 200, 'layers': 1,
            'batch_size': 12, 'learning_rate': 0.008, 'decay': 0.99,
            'dropout': 0.2, 'transpose': 6}
QUICK = {'epochs': 60, 'decay': 0.96}


def batches(dataset, batch_size, transpose=0, seed=None):
    """Padded time-major batches of pieces.

    Parameters
    ----------
    dataset : :class:`fuel.datasets.IndexableDataset`
    batch_size : int
        Pieces at once.
    transpose : int, optional
        Semitones that a piece is moved by at most, each time anew.
    seed : int, optional
        Of that and of the order, which is the dataset's if not given.

    """
    if seed is None:
        return padded_batches(dataset, batch_size)
    rng = numpy.random.RandomState(seed)
    pieces = DataStream(dataset, iteration_scheme=ShuffledExampleScheme(
        dataset.num_examples, rng=rng))
    moved = Mapping(pieces, Transposer(transpose, seed))
    return padded_batches(moved, batch_size, sort_window=4, shuffle=True,
                          seed=seed, sequences=['notes'])


def costs_of(composer, frequencies):
    """Nats per frame of the network, without noise, and of the 1-gram."""
    notes, mask = variables()
    return [cost_of(notes, composer.apply(notes, mask), mask),
            cost_of(notes, one_gram(notes, frequencies), mask, name='1gram')]


def make_main_loop(data, folder, epochs, patience, dim, layers, batch_size,
                   learning_rate, decay, dropout, transpose, seed=1,
                   smoke=False, quiet=False):
    """Put network, training and monitoring together.

    Parameters
    ----------
    data : :class:`~demos.music.data.Chorales`
    folder : str
        Where checkpoint and pictures go.
    epochs, patience : int
        When to end: after so many epochs, or so many without a better cost
        on the validation part.
    dim, layers, dropout
        See :class:`Composer`.
    batch_size : int
        Pieces at once.
    learning_rate, decay : float
        Of Adam, and what it is multiplied by after each epoch.
    transpose : int
        Semitones that training pieces are moved by at most, up or down.
    seed : int
        Of weights, dropout, the order of the pieces and their keys.
    smoke : bool
        Whether to end after three batches.
    quiet : bool
        Whether to do without progress bar and table.

    Returns
    -------
    :class:`~blocks.main_loop.MainLoop`

    """
    frequencies = note_frequencies(data.training)
    composer = Composer(dim, layers, dropout, frequencies,
                        weights_init=Orthogonal(), seed=seed,
                        theano_seed=seed)
    composer.initialize()

    notes, mask = variables()
    cost = cost_of(notes, composer.apply(notes, mask, train=True), mask)
    adam = Adam(learning_rate)
    algorithm = GradientDescent(
        cost=cost, parameters=ComputationGraph(cost).parameters,
        step_rule=CompositeRule([StepClipping(5.), adam]))
    monitors = [
        TrainingDataMonitoring([cost], prefix='train', after_epoch=True),
        DataStreamMonitoring(costs_of(composer, frequencies),
                             batches(data.validation, 32), prefix='valid'),
        EarlyStopping('valid_cost', epochs=patience),
        SharedVariableModifier(adam.learning_rate, common.Shrink(decay),
                               after_batch=False, after_epoch=True)]
    return MainLoop(
        algorithm, batches(data.training, batch_size, transpose, seed),
        model=Model(cost),
        extensions=common.training_extensions(
            folder, COMMAND, COLUMNS, CURVES, epochs,
            batches=3 if smoke else None, before_table=monitors,
            before_saving=[KeepBestParameters('valid_cost_best_so_far')],
            quiet=quiet))


def composer_of(main_loop):
    """The network that a main loop trains."""
    return next(brick for brick in main_loop.model.get_top_bricks()
                if isinstance(brick, Composer))


def generate(parameters, save_to='runs/music', frames=64, temperature=0.7,
             primer=None, primer_frames=8, seed=1, quiet=False):
    """Write a chorale with the network of an earlier run.

    Parameters
    ----------
    parameters : str
        See :func:`load_composer`.
    save_to : str
        Folder for the chorale.
    frames, temperature, primer, primer_frames, seed
        See :func:`main`.
    quiet : bool
        Makes no difference; there is nothing but the result to print.

    Raises
    ------
    demos.common.UserError
        If network, folder or primer are not what they should be.

    """
    if primer is not None:
        primer = find_primer(load_chorales(), primer, primer_frames)
    composer = load_composer(parameters)
    write_chorale(composer, common.output_folder(save_to), frames,
                  temperature, primer, seed)


def draw_test_piece(path, composer, frequencies, chorale):
    """Draw what the network expected of a piece."""
    notes, mask = variables()
    energies = composer.apply(notes, mask)
    brick = SequenceBinaryCrossEntropy(from_logits=True)
    run = theano.function([notes, mask], [
        tensor.nnet.sigmoid(energies),
        brick.cost_matrix(notes, energies, mask),
        brick.cost_matrix(notes, one_gram(notes, frequencies), mask)])
    roll = chorale.roll[:, None].astype(notes.dtype)
    values = run(roll, numpy.ones(roll.shape[:2], notes.dtype))
    pictures.draw_predictions(path, chorale,
                              *(value[:, 0] for value in values))


def main(save_to='runs/music', resume=None, frames=64, temperature=0.7,
         primer=None, primer_frames=8, seed=1, quiet=False, **settings):
    """Train, read the test part once, draw the pictures, write a chorale.

    Parameters
    ----------
    save_to : str
        Folder for checkpoint, pictures and chorale.
    resume : str, optional
        A checkpoint of an earlier run to go on from, with its settings and
        in its folder; of `settings` only `epochs` counts, which must not
        be fewer than are done.
    frames : int
        Quarter notes that the network is to write.
    temperature : float
        Below 1 what is probable becomes more probable.
    primer : str, optional
        The name of a chorale to go on from.
    primer_frames : int
        How much of it is given, in quarter notes.
    seed : int
        Of everything that is random.
    quiet : bool
        Whether to print the result only.
    **settings
        See :func:`make_main_loop`; :data:`DEFAULTS` for those not given.

    Returns
    -------
    main_loop : :class:`~blocks.main_loop.MainLoop`
    cost : float or None
        Nats per frame of the test part; None if training was interrupted.

    Raises
    ------
    demos.common.UserError
        If data, folder or checkpoint are not what they should be.

    """
    data = load_chorales()
    if primer is not None:
        primer = find_primer(data, primer, primer_frames)
    if resume:
        main_loop, saved = common.resume(
            resume, COMMAND, settings.get('epochs'))
        save_to, seed = saved['folder'], saved['seed']
    else:
        common.output_folder(save_to)
        settings = {**DEFAULTS, **settings}
        common.save_settings(save_to, dict(
            command=COMMAND, folder=save_to, seed=seed,
            **{name: settings[name] for name in DEFAULTS}))
        main_loop = make_main_loop(data, save_to, seed=seed, quiet=quiet,
                                   **settings)
    main_loop.run()
    if not common.is_finished(main_loop):
        return main_loop, None

    composer = composer_of(main_loop)
    frequencies = note_frequencies(data.training)
    nats = DatasetEvaluator(costs_of(composer, frequencies)).evaluate(
        batches(data.test, 32))
    cost = float(nats['cost'])
    print(f'Test part: {cost:.3f} nats per frame, with the note 1-gram '
          f'{nats["1gram"]:.3f}; {data.test.num_examples} chorales')
    draw_test_piece(os.path.join(save_to, 'predictions.png'), composer,
                    frequencies, data.pieces['test'][0])
    write_chorale(composer, save_to, frames, temperature, primer, seed)
    print(f'Pictures and checkpoint are in {os.path.abspath(save_to)}')
    return main_loop, cost
