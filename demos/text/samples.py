"""What the network of the text demo writes."""
import os

from blocks.extensions.base import TrainingExtension

from demos._support.files import PARAMETERS
from demos.text.network import Writer
from demos.text.saving import load_network


class PrintSample(TrainingExtension):
    """Prints what the network writes, after some epochs, and logs it.

    Parameters
    ----------
    model : :class:`~demos.text.network.CharacterModel`
    alphabet : :class:`~demos.text.data.Alphabet`
    settings : :class:`~demos.text.settings.TextSettings`
        ``every`` how many epochs, with what ``temperature``, and ``seed``,
        to which the number of epochs done is added.

    """

    #: Characters.
    LENGTH = 300

    def __init__(self, model, alphabet, settings, **kwargs):
        super().__init__(**kwargs)
        self.writer = Writer(model, alphabet)
        self.every = settings.every
        self.temperature = settings.temperature
        self.seed = settings.seed

    def after_epoch(self):
        done = self.main_loop.status['epochs_done']
        if done % self.every == 0:
            text = self.writer.write('', self.LENGTH, self.temperature,
                                     self.seed + done)
            print('', *('    | ' + line for line in text.split('\n')), '',
                  sep='\n', flush=True)
            self.main_loop.log.current_row['sample'] = text


def write(settings):
    """Let a trained network write on, and print it behind the prompt.

    Parameters
    ----------
    settings : :class:`~demos.text.settings.TextSettings`

    Returns
    -------
    str
        What was written, without the prompt.

    Raises
    ------
    UserError
        See :func:`~demos.text.saving.load_network`.

    """
    path = settings.source or os.path.join(settings.save_to, PARAMETERS)
    text = Writer(*load_network(path)).write(
        settings.generate, settings.length, settings.temperature,
        settings.seed)
    print(settings.generate + text)
    return text
