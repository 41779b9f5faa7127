"""What comes next? A character language model on the text of Python's help.

:func:`main` is the whole story: data, baseline, network, training, test,
pictures. :func:`write` lets a trained network write on.

"""
import hashlib
import json
import os
import platform

import numpy
from blocks.algorithms import (Adam, CompositeRule, GradientDescent,
                               StepClipping)
from blocks.extensions.base import TrainingExtension
from blocks.extensions.monitoring import (DataStreamMonitoring,
                                          TrainingDataMonitoring)
from blocks.extensions.stopping import EarlyStopping
from blocks.extensions.training import (KeepBestParameters,
                                        SharedVariableModifier)
from blocks.graph import ComputationGraph
from blocks.initialization import Orthogonal
from blocks.main_loop import MainLoop
from blocks.model import Model

from demos import common
from demos.text import pictures
from demos.text.data import Alphabet, Windows, load_topics
from demos.text.network import (CharacterModel, Writer, costs_of,
                                bits_per_character, energies_of)
from demos.text.ngram import WittenBell

COMMAND = 'python -m demos.text'
ABOUT = "What comes next? A character LSTM on the text of Python's help"
TAKES = '7 min (--quick: 2 min)'

#: Of the n-gram.
ORDER = 5

#: What the epoch's line shows: title, record, format.
COLUMNS = [('train bits', 'train_bits', '.3f'),
           ('valid bits', 'valid_bits', '.3f'),
           ('5-gram', 'valid_ngram', '.3f'),
           ('best', 'valid_bits_best_so_far', '')]
CURVES = {'bits per character': ['train_bits', 'valid_bits', 'valid_ngram']}
#: Time steps of a window where nothing is learned.
LONG = 500


class Constant(TrainingExtension):
    """Writes the same number into each epoch's row of the log.

    Parameters
    ----------
    record : str
    value : float

    """

    def __init__(self, record, value, **kwargs):
        super().__init__(**kwargs)
        self.record = record
        self.value = value

    def after_epoch(self):
        self.main_loop.log.current_row[self.record] = self.value


class PrintSample(TrainingExtension):
    """Prints what the network writes, after some epochs.

    Parameters
    ----------
    model : :class:`~demos.text.network.CharacterModel`
    alphabet : :class:`~demos.text.data.Alphabet`
    every : int
        Epochs from one sample to the next.
    temperature : float
    length : int
        Characters.
    seed : int
        The number of epochs done is added to it.

    """

    def __init__(self, model, alphabet, every, temperature, length, seed,
                 **kwargs):
        super().__init__(**kwargs)
        self.writer = Writer(model, alphabet)
        self.every = every
        self.settings = {'temperature': temperature, 'length': length}
        self.seed = seed

    def after_epoch(self):
        done = self.main_loop.status['epochs_done']
        if done % self.every == 0:
            text = self.writer.write('', seed=self.seed + done,
                                     **self.settings)
            print('', *('    | ' + line for line in text.split('\n')), '',
                  sep='\n', flush=True)


def make_main_loop(topics, folder, epochs, dim=384, layers=1, embedding=32,
                   dropout=0.4, weight_dropout=0.25, rows=16, window=64,
                   learning_rate=0.004, decay=0.83, patience=None, every=5,
                   temperature=0.7, baseline=None, seed=1, smoke=False,
                   quiet=False):
    """Put network, training and monitoring together.

    Parameters
    ----------
    topics : :class:`~demos.text.data.Topics`
    folder : str
        Where checkpoint and pictures go.
    epochs, patience : int
        When to end: after so many epochs, or so many without a better cost
        on the validation part.
    dim, layers, embedding, dropout
        See :class:`~demos.text.network.CharacterModel`.
    weight_dropout : float
        See :func:`~demos.text.network.costs_of`.
    rows, window : int
        Into how many rows the training text is cut, and how many
        characters of each there are from one update to the next. The
        gradient goes no further back; the states do.
    learning_rate, decay : float
        Of Adam, and what it is multiplied by after each epoch.
    every : int
        Epochs from one printed sample to the next.
    temperature : float
        Of the samples.
    baseline : float, optional
        Bits per character of the n-gram on the validation part.
    seed : int
        Of weights, dropout, samples and the order of the topics.
    smoke : bool
        Whether to end after three batches.
    quiet : bool
        Whether to do without progress bar, table and samples.

    Returns
    -------
    :class:`~blocks.main_loop.MainLoop`

    """
    model = CharacterModel(len(topics.alphabet), embedding, dim, layers,
                           dropout, weights_init=Orthogonal(), seed=seed,
                           theano_seed=seed)
    model.initialize()

    cost, bits, carry_on = costs_of(model, rows, train=True,
                                    weight_dropout=weight_dropout, seed=seed)
    step_rule = Adam(learning_rate)
    algorithm = GradientDescent(
        cost=cost, parameters=ComputationGraph(cost).parameters,
        step_rule=CompositeRule([StepClipping(1.), step_rule]))
    # Where each row ends is where it goes on in the next batch.
    algorithm.add_updates(carry_on)

    held_out = topics.encoded('validation')
    _, valid_bits, carry_on = costs_of(model, len(held_out))
    monitors = [
        TrainingDataMonitoring([bits], prefix='train', after_epoch=True),
        DataStreamMonitoring([valid_bits], Windows(held_out, LONG).stream(),
                             updates=carry_on, prefix='valid',
                             before_first_epoch=False),
        EarlyStopping('valid_bits', epochs=patience or epochs),
        SharedVariableModifier(step_rule.learning_rate, common.Shrink(decay),
                               after_batch=False, after_epoch=True)]
    if baseline is not None:
        monitors.append(Constant('valid_ngram', baseline))
    samples = [] if quiet else [
        PrintSample(model, topics.alphabet, every, temperature, 300, seed)]
    return MainLoop(
        algorithm,
        Windows(topics.encoded('training'), window, rows, seed).stream(),
        model=Model(cost),
        extensions=common.training_extensions(
            folder, COMMAND, COLUMNS, CURVES, epochs,
            batches=3 if smoke else None, before_table=monitors,
            before_saving=[*samples,
                           KeepBestParameters('valid_bits_best_so_far')],
            quiet=quiet))


def model_of(main_loop):
    """The network that a main loop trains."""
    return next(brick for brick in main_loop.model.get_top_bricks()
                if isinstance(brick, CharacterModel))


def main(save_to='runs/text', resume=None, seed=1, quiet=False, **settings):
    """Train, read the test topics once, draw the pictures.

    Parameters
    ----------
    save_to : str
        Folder for checkpoint and pictures.
    resume : str, optional
        A checkpoint of an earlier run to go on from, with its settings and
        in its folder; of `settings` only `epochs` counts, which must not
        be fewer than are done.
    seed : int
        Of everything that is random.
    quiet : bool
        Whether to print the result only.
    **settings
        See :func:`make_main_loop`.

    Returns
    -------
    main_loop : :class:`~blocks.main_loop.MainLoop`
    bits : float or None
        Per character of the test topics; None if training was interrupted.
    baseline : float or None
        The same of the n-gram.

    Raises
    ------
    demos.common.UserError
        If data, folder or checkpoint are not what they should be.

    """
    topics = load_topics()
    if resume:
        main_loop, saved = common.resume(
            resume, COMMAND, settings.get('epochs'))
        check_text(saved, topics)
        save_to = saved['folder']
    else:
        common.output_folder(save_to)
        settings.setdefault('epochs', 16)
        baseline = bits_of_ngram(topics, ['training'], 'validation')
        main_loop = make_main_loop(
            topics, save_to, seed=seed, quiet=quiet,
            baseline=float(numpy.concatenate(baseline).mean()), **settings)
        common.save_settings(save_to, dict(
            network_settings(model_of(main_loop), topics.alphabet),
            command=COMMAND, folder=save_to, seed=seed,
            epochs=settings['epochs'], text=fingerprint(topics),
            python=platform.python_version()))
    main_loop.run()
    if not common.is_finished(main_loop):
        return main_loop, None, None

    model = model_of(main_loop)
    test = topics.encoded('test')
    surprise = bits_per_character(model, test)
    ngram_surprise = bits_of_ngram(topics, ['training', 'validation'], 'test')
    bits, baseline = (float(numpy.concatenate(each).mean())
                      for each in (surprise, ngram_surprise))
    print(f'Test: {bits:.3f} bits per character, {ORDER}-gram '
          f'{baseline:.3f}, ratio {bits / baseline:.3f} '
          f'({sum(map(len, test))} characters of {len(test)} topics, '
          f'Python {platform.python_version()})')
    pictures.draw_all(save_to, model, topics, surprise, ngram_surprise)
    print(f'Pictures and checkpoint are in {os.path.abspath(save_to)}')
    return main_loop, bits, baseline


def bits_of_ngram(topics, learned, held_out):
    """What the n-gram pays for each character of a part.

    Parameters
    ----------
    topics : :class:`~demos.text.data.Topics`
    learned : list of str
        Names of the parts whose n-grams are counted.
    held_out : str
        Name of the part to predict.

    Returns
    -------
    list of :class:`numpy.ndarray`
        (length,) for each topic, in bits.

    """
    ngram = WittenBell(len(topics.alphabet), ORDER).fit(
        text for part in learned for text in topics.encoded(part))
    return [ngram.bits(text) for text in topics.encoded(held_out)]


def fingerprint(topics):
    """What tells one version of the text from another."""
    parts = [topics.training, topics.validation, topics.test]
    return hashlib.sha256(json.dumps(parts).encode('utf-8')).hexdigest()


def check_text(saved, topics):
    """Raise unless a checkpoint was trained on the text that is here.

    Raises
    ------
    UserError
        If it was another one.

    """
    if saved['text'] != fingerprint(topics):
        raise common.UserError(
            f'the checkpoint was trained on the text of Python '
            f'{saved["python"]}, which is not that of this Python, '
            f'{platform.python_version()}; resume it with that one')


def network_settings(model, alphabet):
    """What one must know to make a network for saved parameters."""
    return {'dim': model.stack.get_dim('outputs'),
            'layers': len(model.stack.layers),
            'embedding': model.lookup.dim,
            'characters': alphabet.characters}


def load_network(path):
    """Make a network of saved parameters; nothing is unpickled.

    Parameters
    ----------
    path : str
        The ``parameters.tar`` of a run, with its ``settings.json`` beside
        it; or the ``checkpoint.tar``.

    Returns
    -------
    model : :class:`~demos.text.network.CharacterModel`
    alphabet : :class:`~demos.text.data.Alphabet`

    Raises
    ------
    demos.common.UserError
        If they are missing, damaged, or those of another demo.

    """
    def make(settings):
        model = CharacterModel(
            len(Alphabet(settings['characters'])), settings['embedding'],
            settings['dim'], settings['layers'], dropout=0.)
        model.allocate()
        return model, energies_of(model)

    model, settings = common.load_trained(
        path, make, f'--from takes the {common.PARAMETERS} of a run of '
        f'{COMMAND}, with its {common.SETTINGS} beside it')
    return model, Alphabet(settings['characters'])


def write(prompt, path, temperature=0.7, length=400, seed=1):
    """Let a trained network write on, and print it behind the prompt.

    Parameters
    ----------
    prompt : str
        How the text begins; may be empty.
    path : str
        See :func:`load_network`.
    temperature : float, optional
        Below 1 the probable becomes more probable; with 0 only the most
        probable is written.
    length : int, optional
        How many characters to write.
    seed : int, optional
        Of the draws.

    Returns
    -------
    str
        What was written, without the prompt.

    """
    writer = Writer(*load_network(path))
    text = writer.write(prompt, length=length, temperature=temperature,
                        seed=seed)
    print(prompt + text)
    return text
