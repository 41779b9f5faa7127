"""The settings of the text demo and their defaults."""
from dataclasses import dataclass

from demos._support.numbers import positive, rate, temperature
from demos._support.settings import ResumableSettings, folder, option
from demos.text.network import CELLS


@dataclass(frozen=True, kw_only=True)
class TextSettings(ResumableSettings):
    """Chosen on the validation part."""

    save_to: str = folder('runs/text')
    epochs: int = option(
        14, positive(int), 'passes over the training topics', at_resume=True)
    patience: int = option(
        5, positive(int), 'epochs without a better figure on the validation '
        'part before training ends')
    cell: str = option('LSTM', str, 'the kind of cell of the layers',
                       choices=list(CELLS))
    dim: int = option(384, positive(int), 'units of each layer')
    layers: int = option(1, positive(int), 'layers')
    embedding: int = option(
        32, positive(int), "length of the characters' vectors")
    dropout: float = option(
        0.4, rate, 'dropout rate of the inputs of upper layers and the '
        'outputs of the last one in training')
    weight_dropout: float = option(
        0.25, rate, 'dropout rate of the recurrent weights in training; only '
        'for LSTM')
    rows: int = option(
        16, positive(int), 'parallel rows that the training text is cut '
        'into')
    window: int = option(
        64, positive(int), 'characters of each row per update; gradients '
        'are truncated there, while states are carried on')
    learning_rate: float = option(
        0.004, positive(float), 'initial learning rate of Adam; it decays to '
        'zero in the last epoch')
    no_validation: bool = option(
        False, None, 'train on the validation topics, too, for all epochs')
    every: int = option(
        5, positive(int), 'epochs from one printed sample to the next')
    generate: str = option(
        None, str, 'train nothing; let a trained network continue this text',
        group='writing', metavar='PROMPT')
    source: str = option(
        None, str, 'the parameters.tar of the run to write with, '
        'settings.json beside it; by default that in the folder of '
        '--save-to. Runs no code from the file', flag='--from',
        goes_with='generate', group='writing', metavar='FILE')
    temperature: float = option(
        0.7, temperature, 'below 1 favors more probable characters, 0 takes '
        'only the most probable', group='writing')
    length: int = option(
        400, positive(int), 'characters to write', group='writing')


#: The settings that --quick changes.
QUICK = {'epochs': 10, 'dim': 160, 'learning_rate': 0.006,
         'dropout': 0.1, 'weight_dropout': 0.}
