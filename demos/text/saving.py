"""What a run of the text demo saves, and the network made of it."""
import hashlib
import json
import platform

from demos._support.exits import UserError
from demos._support.files import PARAMETERS, SETTINGS, read_settings
from demos._support.resuming import load_trained
from demos.text.data import Alphabet
from demos.text.network import CharacterModel, energies_of


def identity_of(topics):
    """What tells one version of the text from another, as settings."""
    parts = [topics.training, topics.validation, topics.test]
    return {'text': hashlib.sha256(
                json.dumps(parts).encode('utf-8')).hexdigest(),
            'python': platform.python_version(),
            'characters': topics.alphabet.characters}


def check_text(folder, topics):
    """Raise unless a run was trained on the text that is here.

    Raises
    ------
    UserError
        If it was another one.

    """
    saved = read_settings(folder)
    if saved['text'] != identity_of(topics)['text']:
        raise UserError(
            f'the checkpoint was trained on the text of Python '
            f'{saved["python"]}, which is not that of this Python, '
            f'{platform.python_version()}; resume it with that one')


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
    UserError
        If they are missing, damaged, or those of another demo.

    """
    def make(settings):
        model = CharacterModel(
            len(Alphabet(settings['characters'])), settings['embedding'],
            settings['dim'], settings['layers'], dropout=0.,
            cell=settings.get('cell', 'LSTM'))  # older runs do not say
        model.allocate()
        return model, energies_of(model)

    model, settings = load_trained(
        path, make, f'--from takes the {PARAMETERS} of an earlier run '
        f'with its {SETTINGS} beside it')
    return model, Alphabet(settings['characters'])
