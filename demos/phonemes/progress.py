"""Extensions for training the phonemes demo."""
from functools import cached_property

from blocks.extensions.base import TrainingExtension

from demos.phonemes.scoring import score
from demos.phonemes.voice import Voice


class WordErrors(TrainingExtension):
    """Counts errors of the network on some words after each epoch.

    Parameters
    ----------
    transcriber : :class:`Transcriber`
    dictionary : :class:`~demos.phonemes.data.Dictionary`
    part : str
        The part of the dictionary to pronounce.

    """

    def __init__(self, transcriber, dictionary, part, **kwargs):
        super().__init__(**kwargs)
        self.transcriber = transcriber
        self.symbols = dictionary.letters, dictionary.phonemes
        self.entries = dictionary.part(part)

    def __getstate__(self):
        return {name: value for name, value in vars(self).items()
                if name != 'voice'}

    @cached_property
    def voice(self):
        """The voice that says the words, created on first use."""
        return Voice(self.transcriber, *self.symbols)

    def after_epoch(self):
        errors = score(self.voice.say(list(self.entries)),
                       list(self.entries.values()))
        row = self.main_loop.log.current_row
        row['valid_word_error'] = errors.word_error
        row['valid_phoneme_error'] = errors.phoneme_error
