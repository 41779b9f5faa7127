"""The conversion of one source file."""
import ast
import warnings
from typing import NamedTuple

from .dialect import Dialect, recognise
from .imports import Neighbours
from .lines import LineMap
from .rewrites import Rewriter
from .syntax import decode, newlines, parse, parses, to_python3


class Change(NamedTuple):
    """A change by the conversion: line, kind and description."""

    line: int
    kind: str
    what: str


class Converted(NamedTuple):
    """A converted source.

    Attributes
    ----------
    text : str
        Plain Python 3, which imports the Python 2 names that it needs.
    lines : LineMap
        The original line of each line.
    dialect : Dialect
        The version that the file was treated as.
    changes : list of Change
        Ordered by line.
    original : str
        The source as it was.

    """

    text: str
    lines: LineMap
    dialect: Dialect
    changes: list
    original: str

    def compiled(self, name):
        """Return the code object, whose lines are those of the original.

        Parameters
        ----------
        name : str
            The file.

        """
        tree = parse(self.text)
        for node in ast.walk(tree):
            if hasattr(node, 'lineno'):
                node.lineno = self.lines[node.lineno]
                # Columns refer to the converted text, so omit the carets.
                node.end_lineno = node.lineno
                node.col_offset = node.end_col_offset = -1
        with warnings.catch_warnings():
            warnings.simplefilter('ignore', SyntaxWarning)
            warnings.simplefilter('ignore', DeprecationWarning)
            return compile(tree, name, 'exec', dont_inherit=True)


def convert(data, name, neighbours=None, python2=None):
    """Convert a source file.

    Parameters
    ----------
    data : bytes or str
        The source.
    name : str
        The file, for messages.
    neighbours : Neighbours, optional
        The modules next to it.
    python2 : bool, optional
        Whether the file is Python 2. By default it is if it uses anything
        that Python 3 lacks.

    Returns
    -------
    Converted

    Raises
    ------
    SyntaxError
        If the file is neither Python 2 nor Python 3.

    """
    if isinstance(data, str):
        text, encoding = newlines(data), 'utf-8'
    else:
        text, encoding = decode(data)
    original = text
    dialect = recognise(text)
    if python2 is None:
        python2 = dialect.version == 2
    lines = LineMap.identity(text)
    changes = []
    if python2:
        text, lines = to_python3(text, encoding, name)
        source = original.split('\n')
        changes.extend(
            Change(lines[number], 'syntax', new.strip())
            for number, new in enumerate(text.split('\n'), 1)
            if new.strip() != source[lines[number] - 1].strip())
    error = parses(text)
    if error is not None:
        line = lines[error.lineno or 1]
        source = original.split('\n')
        raise SyntaxError(error.msg if isinstance(error, SyntaxError)
                          else str(error),
                          (name, line, error.offset, source[line - 1]))
    rewriter = Rewriter(
        text, neighbours or Neighbours(''), python2,
        lambda line, kind, what: changes.append(
            Change(lines[line], kind, what)))
    text, later = rewriter.run()
    return Converted(text, lines.before(later), dialect,
                     sorted(changes), original)
