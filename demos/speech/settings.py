"""The settings of the speech demo and their defaults."""
from dataclasses import dataclass

from demos._support.numbers import Number, positive, rate
from demos._support.settings import ResumableSettings, folder, option


@dataclass(frozen=True, kw_only=True)
class SpeechSettings(ResumableSettings):
    """Chosen on the validation part."""

    save_to: str = folder('runs/speech')
    epochs: int = option(
        80, positive(int), 'passes over the training utterances',
        at_resume=True)
    patience: int = option(
        40, positive(int), 'epochs without a better cost on the validation '
        'part before training ends')
    dim: int = option(
        100, positive(int), 'LSTM cells of each layer and direction')
    layers: int = option(1, positive(int), 'bidirectional layers')
    batch_size: int = option(32, positive(int), 'utterances at once')
    learning_rate: float = option(
        0.004, positive(float), 'initial learning rate of Adam; it decays to '
        'zero in the last epoch')
    noise: float = option(
        1.1, Number(float, least=0), 'standard deviation of the noise on the '
        'standardised coefficients in training')
    dropout: float = option(
        0.5, rate, 'dropout rate of the inputs of upper layers and of the '
        'summary in training')
    validation: float = option(
        0.2, rate, 'share of the training utterances for early stopping; 0 '
        'trains on all of them, for all epochs')
    summary: str = option(
        'mean', str, 'summary of the top layer: the mean over all '
        'frames, or the last state of each direction',
        choices=['mean', 'last'])
