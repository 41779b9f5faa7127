"""Text files as sequences of numbers."""
from fuel.datasets.base import Dataset
from fuel.utils.checks import check_callable
from fuel.utils.formats import LineReader


class TextFile(Dataset):
    r"""Sentences in text files, one per line, as lists of numbers.

    Parameters
    ----------
    files : list of str
        The files, in reading order. Files whose name ends in ``.gz`` are
        decompressed.
    dictionary : dict
        The number of each word or character.
    bos_token, eos_token : str or None, optional
        The symbols before and after each sentence: ``'<S>'`` and ``'</S>'`` by
        default, `None` for nothing.
    unk_token : str or None, optional
        The symbol for words that are not in the dictionary, ``'<UNK>'`` by
        default. With `None`, the dictionary must contain every word.
    level : {'word', 'character'}, optional
        The unit that a number represents. Words are separated by white space;
        white space at both ends of a line is stripped.
    preprocess : callable, optional
        Takes and returns a line, e.g. ``str.lower``.
    encoding : str, optional
        Encoding of the files.

    Raises
    ------
    ValueError
        If a token is missing from the dictionary or `level` is invalid.
    KeyError
        On iterating, if a word or character is not in the dictionary and
        `unk_token` is `None`.

    Examples
    --------
    >>> import os, tempfile
    >>> from fuel.streams import DataStream
    >>> numbers = {'<UNK>': 0, '</S>': 1, 'this': 2, 'a': 3, 'one': 4}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, 'sentences.txt')
    ...     with open(path, 'w') as file_:
    ...         _ = file_.write('This is a sentence\nThis another one')
    ...     dataset = TextFile([path], numbers, bos_token=None,
    ...                        preprocess=str.lower)
    ...     list(DataStream(dataset).get_epoch_iterator())
    [([2, 0, 3, 0, 1],), ([2, 0, 4, 1],)]

    """

    provides_sources = ('features',)
    example_iteration_scheme = None

    def __init__(self, files, dictionary, bos_token='<S>', eos_token='</S>',
                 unk_token='<UNK>', level='word', preprocess=None,
                 encoding=None):
        if not hasattr(dictionary, '__getitem__'):
            raise TypeError("TextFile: dictionary must be a dict from words "
                            f"or characters to numbers, got {dictionary!r}")
        if preprocess is not None:
            check_callable(self, 'preprocess', preprocess)
        for role, token in [('bos_token', bos_token),
                            ('eos_token', eos_token),
                            ('unk_token', unk_token)]:
            if token is not None and token not in dictionary:
                raise ValueError(f"TextFile: the dictionary lacks {token!r}; "
                                 f"add it or pass {role}=None")
        if level not in ('word', 'character'):
            raise ValueError("TextFile: level must be 'word' or 'character', "
                             f"got {level!r}")
        self.files = files
        self.dictionary = dictionary
        self.bos_token = bos_token
        self.eos_token = eos_token
        self.unk_token = unk_token
        self.level = level
        self.preprocess = preprocess
        self.encoding = encoding
        super().__init__()

    def open(self):
        return LineReader(self.files, self.encoding)

    def close(self, state):
        if state is not None:
            state.close()

    def get_data(self, state=None, request=None):
        if state is None or request is not None:
            raise ValueError(
                "TextFile.get_data needs the state that open() returns and "
                f"takes no request; got state={state!r}, "
                f"request={request!r}")
        sentence = next(state)
        if self.preprocess is not None:
            sentence = self.preprocess(sentence)
        symbols = (sentence.split() if self.level == 'word'
                   else sentence.strip())
        numbers = [self._number(symbol) for symbol in symbols]
        if self.bos_token is not None:
            numbers.insert(0, self.dictionary[self.bos_token])
        if self.eos_token is not None:
            numbers.append(self.dictionary[self.eos_token])
        return (numbers,)

    def _number(self, symbol):
        if symbol in self.dictionary:
            return self.dictionary[symbol]
        if self.unk_token is None:
            raise KeyError(f"TextFile: {symbol!r} isn't in the dictionary, "
                           "and unk_token is not set")
        return self.dictionary[self.unk_token]
