"""The settings of the music demo and their defaults."""
from dataclasses import dataclass

from demos._support.numbers import Number, positive, rate, temperature
from demos._support.settings import ResumableSettings, folder, option

#: Group of the options for writing, which a resumed run accepts.
WRITING = {'group': 'writing a chorale', 'at_resume': True}


@dataclass(frozen=True, kw_only=True)
class MusicSettings(ResumableSettings):
    """Chosen on the validation part."""

    save_to: str = folder('runs/music')
    epochs: int = option(
        120, positive(int), 'passes over the training pieces',
        at_resume=True)
    patience: int = option(
        40, positive(int), 'epochs without a better cost on the validation '
        'part before training ends')
    dim: int = option(200, positive(int), 'LSTM cells of each layer')
    layers: int = option(1, positive(int), 'number of LSTM layers')
    hidden: int = option(
        256, Number(int, least=0), 'units that connect the notes of a frame; '
        '0 predicts the notes independently of each other')
    batch_size: int = option(12, positive(int), 'pieces at once')
    learning_rate: float = option(
        0.008, positive(float), 'initial learning rate of Adam; it decays to '
        'zero in the last epoch')
    dropout: float = option(
        0.3, rate, 'dropout rate of the inputs of upper layers, the output '
        'and its hidden units in training')
    transpose: int = option(
        6, Number(int, least=0, most=88), 'maximum number of semitones by '
        'which each training piece is transposed, randomly in each epoch')
    generate: bool = option(
        False, None, 'train nothing; let a trained network write', **WRITING)
    source: str = option(
        None, str, 'the parameters.tar of the run to write with, '
        'settings.json beside it; by default that in the folder of '
        '--save-to. Runs no code from the file', flag='--from',
        goes_with='generate', metavar='FILE', **WRITING)
    frames: int = option(
        64, positive(int), 'quarter notes to write', **WRITING)
    temperature: float = option(
        0.7, temperature, 'below 1 favors more probable notes, 0 takes only '
        'the most probable', **WRITING)
    primer: str = option(
        None, str, 'a chorale to continue, for example bwv6.6',
        metavar='PIECE', **WRITING)
    primer_frames: int = option(
        8, positive(int), 'length of the given beginning, in quarter notes',
        **WRITING)


#: The settings that --quick changes.
QUICK = {'epochs': 20}
