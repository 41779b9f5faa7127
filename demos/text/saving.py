"""Loading the network of an earlier run, and checking its text."""
import hashlib
import json
import platform

from demos._support.exits import UserError
from demos._support.files import PARAMETERS, SETTINGS, read_settings
from demos._support.resuming import load_trained
from demos.text.data import Alphabet
from demos.text.network import CharacterModel, energies_of


def identity_of(topics):
    """Return settings that identify the version of the text."""
    parts = [topics.training, topics.validation, topics.test]
    return {'text': hashlib.sha256(
                json.dumps(parts).encode('utf-8')).hexdigest(),
            'python': platform.python_version(),
            'characters': topics.alphabet.characters}


def check_text(folder, topics):
    """Raise unless a run was trained on the current text.

    Raises
    ------
    UserError
        If it was trained on a different text.

    """
    saved = read_settings(folder)
    if saved['text'] != identity_of(topics)['text']:
        raise UserError(
            f'the checkpoint was trained on the text of Python '
            f'{saved["python"]}, which is not that of this Python, '
            f'{platform.python_version()}; resume it with that version')


def load_network(path):
    """Load a network from saved parameters without unpickling.

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
    UserError
        If the files are missing, damaged, or belong to another demo.

    """
    def make(settings):
        model = CharacterModel(
            len(Alphabet(settings['characters'])), settings['embedding'],
            settings['dim'], settings['layers'], dropout=0.,
            cell=settings.get('cell', 'LSTM'))  # missing in older runs
        model.allocate()
        return model, energies_of(model)

    model, settings = load_trained(
        path, make, f'--from takes the {PARAMETERS} of an earlier run '
        f'with its {SETTINGS} beside it')
    return model, Alphabet(settings['characters'])
