"""Editing source text while tracking the original line numbers."""
from bisect import bisect_right


class LineMap:
    """The original line of every line of a converted text.

    Parameters
    ----------
    lines : list of int
        The original line number of each line, both counted from 1.

    """

    def __init__(self, lines):
        self.lines = lines or [1]

    def __getitem__(self, line):
        """Return the original number of `line`."""
        return self.lines[min(max(line, 1), len(self.lines)) - 1]

    def before(self, later):
        """Return the map of two conversions, this one first."""
        return LineMap([self[line] for line in later.lines])

    @classmethod
    def identity(cls, text):
        return cls(list(range(1, text.count('\n') + 2)))


class Edits:
    """Insertions and replacements in a text, applied all at once.

    Visit nodes from the outside in: of two openings at the same position, the
    one registered first comes first; of two closings, the one registered
    last.

    Parameters
    ----------
    text : str
        The source; positions are those of its syntax tree.

    """

    def __init__(self, text):
        self.text = text
        self.edits = []
        self.starts = [0]
        for line in text.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def position(self, line, column):
        """Return the index of a position given in the form of :mod:`ast`.

        Parameters
        ----------
        line : int
            From 1.
        column : int
            In bytes of UTF-8.

        """
        start, end = self.starts[line - 1], self.starts[line]
        content = self.text[start:end]
        if content.isascii():
            return start + column
        return start + len(content.encode()[:column].decode())

    def start(self, node):
        return self.position(node.lineno, node.col_offset)

    def end(self, node):
        return self.position(node.end_lineno, node.end_col_offset)

    def open(self, position, text):
        self.edits.append(((position, 1, len(self.edits)), position, text))

    def close(self, position, text):
        self.edits.append(((position, 0, -len(self.edits)), position, text))

    def replace(self, start, end, text):
        self.edits.append(((start, 2, len(self.edits)), end, text))

    def find(self, character, start, end):
        """Return the position of `character` outside comments, or None."""
        position = start
        while position < end:
            if self.text[position] == '#':
                position = self.text.find('\n', position, end)
                if position < 0:
                    return None
            elif self.text[position] == character:
                return position
            position += 1
        return None

    def apply(self):
        """Return the edited text and its :class:`LineMap`."""
        pieces, lines, done = [], [1], 0

        def line_of(position):
            return max(bisect_right(self.starts, position), 1)

        def keep(start, end):
            piece = self.text[start:end]
            pieces.append(piece)
            first = line_of(start)
            lines.extend(first + number
                         for number in range(1, piece.count('\n') + 1))

        for (start, _, _), end, inserted in sorted(self.edits):
            keep(done, start)
            pieces.append(inserted)
            lines.extend([line_of(start)] * inserted.count('\n'))
            done = end
        keep(done, len(self.text))
        return ''.join(pieces), LineMap(lines)
