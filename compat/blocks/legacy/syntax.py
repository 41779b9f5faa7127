"""Converting Python 2 syntax to Python 3, line by line."""
import ast
import io
import re
import warnings

from .grammar import ParseError, RefactoringTool, pytree, token, tokenize
from .lines import LineMap

#: Only syntax that Python 3 can't parse; names and methods come later.
FIXERS = ['fissix.fixes.fix_' + name for name in (
    'except', 'exec', 'ne', 'numliterals', 'paren', 'print', 'raise', 'repr',
    'throw', 'tuple_params')]
CODING = re.compile(rb'^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)')
CODING_LINE = re.compile(r'^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)')
STRING = re.compile(r'([a-zA-Z]*)(\'\'\'|"""|\'|")(.*)\2\Z', re.DOTALL)


def decode(data):
    """Return the text of a source file and its encoding.

    Parameters
    ----------
    data : bytes
        The file. Without a coding line it is UTF-8 or, where that fails,
        Latin-1.

    """
    if data.startswith(b'\xef\xbb\xbf'):
        return newlines(data[3:].decode('utf-8', 'replace')), 'utf-8'
    for line in data.splitlines()[:2]:
        named = CODING.match(line)
        if named:
            encoding = named.group(1).decode('ascii')
            try:
                return newlines(data.decode(encoding)), encoding
            except (LookupError, UnicodeDecodeError):
                break
    try:
        return newlines(data.decode('utf-8')), 'utf-8'
    except UnicodeDecodeError:
        return newlines(data.decode('latin-1')), 'latin-1'


def newlines(text):
    text = text.replace('\r\n', '\n').replace('\r', '\n')
    return text if text.endswith('\n') else text + '\n'


def parse(text):
    """Return the syntax tree of Python 3 source, without warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        return ast.parse(text)


def parses(text):
    """Return None if `text` is valid Python 3, else the SyntaxError."""
    try:
        parse(text)
    except (SyntaxError, ValueError) as error:  # ValueError: null bytes
        return error
    return None


def expand_tabs(text):
    """Expand tabs in the indentation to multiples of eight, like Python 2.

    Multi-line strings are not changed, nor is text whose indentation doesn't
    mix tabs and spaces.

    """
    lines = text.split('\n')
    indented = [re.match(r'[ \t]*', line).group() for line in lines]
    if not (any('\t' in indent for indent in indented)
            and any(' ' in indent for indent in indented)):
        return text
    inside = set()
    for kind, _, (first, _), (last, _), _ in tokenize.generate_tokens(
            io.StringIO(text).readline):
        if kind == token.STRING:
            inside.update(range(first + 1, last + 1))
    return '\n'.join(
        line if number in inside
        else indent.expandtabs(8) + line[len(indent):]
        for number, (line, indent) in enumerate(zip(lines, indented), 1))


def modern_string(literal, encoding, unicode_literals):
    """Return a Python 3 string literal with the meaning it had in Python 2.

    A string without ``u`` was a byte string. Here it becomes a string whose
    characters are these bytes, so that lengths, indices and comparisons
    don't change.

    """
    prefix, quotes, content = STRING.match(literal).groups()
    kinds = prefix.lower()
    if 'b' in kinds:  # the same as without
        prefix = re.sub('[bB]', '', prefix)
        unicode_literals = False
    if kinds == 'ur':
        if re.search(r'\\[uU]', content):
            return repr(content.encode('latin-1', 'backslashreplace')
                        .decode('raw_unicode_escape'))
        return prefix[1:] + quotes + content + quotes
    if 'u' in kinds or unicode_literals:
        return literal
    if 'r' not in kinds:
        # '\usepackage' has no escape without u; '\\u' ends in 'u', too
        content = re.sub(r'(?<!\\)((?:\\\\)*)\\(?=[uUN])', r'\1\\\\', content)
        content = ''.join(
            character if character.isascii() else ''.join(
                f'\\x{byte:02x}'
                for byte in character.encode(encoding, 'replace'))
            for character in content)
    elif not content.isascii():
        return repr(content.encode(encoding, 'replace').decode('latin-1'))
    return prefix + quotes + content + quotes


def _is_docstring(leaf):
    return (leaf.parent is not None and leaf.parent.children[0] is leaf
            and pytree.type_repr(leaf.parent.type) == 'simple_stmt')


def to_python3(text, encoding='utf-8', name='<string>'):
    """Convert the syntax of Python 2 source.

    Parameters
    ----------
    text : str
        The source.
    encoding : str, optional
        The encoding of its strings.
    name : str, optional
        The file, for messages.

    Returns
    -------
    converted : str
    lines : LineMap
        The original line of each converted line.

    Raises
    ------
    SyntaxError
        If it is not Python 2 either, with file and line.

    """
    try:
        tree = RefactoringTool(FIXERS).refactor_string(expand_tabs(text), name)
    except IndentationError as error:
        raise type(error)(error.msg, (name,) + error.args[1][1:]) from None
    except (ParseError, tokenize.TokenError) as error:
        raise _syntax_error(error, text, name) from None
    unicode_literals = 'unicode_literals' in tree.future_features
    leaves = list(tree.leaves())
    for leaf in leaves:
        if leaf.type == token.STRING and not _is_docstring(leaf):
            modern = modern_string(leaf.value, encoding, unicode_literals)
            if modern != leaf.value:
                leaf.value = modern
    lines, sure = [1], False
    for leaf in leaves:
        for _ in range(leaf.prefix.count('\n')):
            lines.append(lines[-1] + 1)
            sure = False
        # Leaves created by a fixer have no line.
        if leaf.lineno and not sure and leaf.value.strip():
            lines[-1], sure = leaf.lineno, True
        for _ in range(leaf.value.count('\n')):
            lines.append(lines[-1] + 1)
            sure = False
    return str(tree), LineMap(lines)


def _syntax_error(error, text, name):
    context = getattr(error, 'context', None)
    line, column = (context[1] if context else
                    error.args[1] if len(error.args) > 1 else (1, 0))
    lines = text.split('\n')
    source = lines[line - 1] if line <= len(lines) else ''
    return SyntaxError('invalid syntax, in Python 2 and in Python 3',
                       (name, line, column + 1, source))
