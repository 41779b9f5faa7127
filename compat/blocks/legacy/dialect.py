"""Deciding whether a file is Python 2 or Python 3."""
import ast
import re
from typing import NamedTuple

from .syntax import CODING_LINE, parse, parses

#: Modules that only Python 2 has.
MODULES = frozenset('''
    BaseHTTPServer ConfigParser Cookie HTMLParser Queue SimpleHTTPServer
    SocketServer StringIO Tkinter UserDict __builtin__ cPickle cStringIO
    commands cookielib copy_reg dummy_thread exceptions htmlentitydefs httplib
    md5 robotparser sets sha thread tkFileDialog tkMessageBox urllib2 urlparse
    xmlrpclib'''.split())
#: Builtins that only Python 2 has.
NAMES = frozenset('''
    apply basestring buffer cmp coerce execfile file intern long raw_input
    reduce reload unichr unicode xrange StandardError'''.split())
#: Attributes that only Python 2 has, with names unlikely to be used otherwise.
ATTRIBUTES = frozenset('''
    has_key iteritems iterkeys itervalues viewitems viewkeys viewvalues maxint
    getcwdu func_name func_code im_func im_self im_class exc_clear
    setdefaultencoding'''.split())
#: Names that modules of both versions have only in Python 2.
IMPORTED = {'itertools': {'izip', 'imap', 'ifilter', 'izip_longest'},
            'string': {'maketrans', 'letters', 'lowercase', 'uppercase',
                       'join', 'split', 'lower', 'upper', 'replace'},
            'os': {'getcwdu'}, 'sys': {'maxint'},
            'urllib': {'urlopen', 'urlretrieve', 'urlencode', 'quote'}}
#: Methods that are only defined for Python 2.
METHODS = frozenset(['__nonzero__', '__unicode__', '__div__', '__cmp__',
                     '__getslice__'])
SHEBANG = re.compile(r'#!.*\bpython([23])')
IMPORT_ERRORS = frozenset(['ImportError', 'NameError', 'AttributeError',
                           'Exception', 'ModuleNotFoundError'])


class Dialect(NamedTuple):
    """The version of a file, and the evidence for it.

    Attributes
    ----------
    version : int or None
        2, 3, or None if the file may be either.
    reason : str
    line : int
        The line of the evidence.

    """

    version: int | None
    reason: str
    line: int = 1


class _Signs(ast.NodeVisitor):
    """Collects features specific to one of the versions, by line."""

    def __init__(self, tree):
        self.signs = []
        self.guarded = 0
        self.print_function = any(
            alias.name == 'print_function' for node in tree.body
            if isinstance(node, ast.ImportFrom)
            and node.module == '__future__' for alias in node.names)
        self.bound = {
            node.id for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        self.bound |= {node.arg for node in ast.walk(tree)
                       if isinstance(node, ast.arg)}
        self.bound |= {
            (alias.asname or alias.name).split('.')[0]
            for node in ast.walk(tree)
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for alias in node.names}
        self.bound |= {node.name for node in ast.walk(tree) if isinstance(
            node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))}
        self.visit(tree)

    def two(self, node, reason):
        if not self.guarded:
            self.signs.append((node.lineno, Dialect(2, reason, node.lineno)))

    def three(self, node, reason):
        self.signs.append((node.lineno, Dialect(3, reason, node.lineno)))

    def visit_Try(self, node):
        # try: import cPickle / except ImportError: import pickle is for both
        names = {name.id for handler in node.handlers if handler.type
                 for name in ast.walk(handler.type)
                 if isinstance(name, ast.Name)}
        catches = bool(names & IMPORT_ERRORS) or any(
            handler.type is None for handler in node.handlers)
        self.guarded += catches
        for statement in node.body + node.handlers:
            self.visit(statement)
        self.guarded -= catches
        for statement in node.orelse + node.finalbody:
            self.visit(statement)

    def visit_If(self, node):
        # if sys.version_info[0] == 2, if six.PY2, if PY3
        names = {getattr(part, 'attr', getattr(part, 'id', ''))
                 for part in ast.walk(node.test)}
        both = bool(names & {'version_info', 'PY2', 'PY3', 'version',
                             'hexversion'})
        self.visit(node.test)
        self.guarded += both
        for statement in node.body + node.orelse:
            self.visit(statement)
        self.guarded -= both

    def visit_Import(self, node):
        for alias in node.names:
            if alias.name.split('.')[0] in MODULES:
                self.two(node, f'import {alias.name}')

    def visit_ImportFrom(self, node):
        if node.level:
            return
        if node.module in MODULES:
            self.two(node, f'from {node.module} import')
        for alias in node.names:
            if alias.name in IMPORTED.get(node.module, ()):
                self.two(node, f'from {node.module} import {alias.name}')

    def visit_Name(self, node):
        if (isinstance(node.ctx, ast.Load) and node.id in NAMES
                and node.id not in self.bound):
            self.two(node, node.id)
        if node.id == '__metaclass__':
            self.two(node, node.id)

    def visit_Attribute(self, node):
        module = getattr(node.value, 'id', None)
        if node.attr in ATTRIBUTES or node.attr in IMPORTED.get(module, ()):
            self.two(node, '.' + node.attr)
        self.generic_visit(node)

    def visit_Call(self, node):
        name = getattr(node.func, 'id', None)
        keywords = {keyword.arg for keyword in node.keywords}
        if getattr(node.func, 'attr', None) == 'next' and not (
                node.args or node.keywords):
            self.two(node, '.next()')
        elif name == 'super' and not node.args:
            self.three(node, 'super()')
        elif name == 'print' and not self.print_function and (
                len(node.args) > 1 or node.keywords):
            self.three(node, 'print with several arguments')
        elif name == 'open' and keywords & {'encoding', 'newline', 'errors'}:
            self.three(node, 'open(encoding=...)')
        self.generic_visit(node)

    def visit_Subscript(self, node):
        function = getattr(node.value, 'func', None)
        if getattr(function, 'id', None) in ('map', 'filter', 'zip') or (
                getattr(function, 'attr', None) in ('keys', 'values', 'items')
                and not node.value.args):
            self.two(node, 'a list of map, filter, zip, keys or the like')
        self.generic_visit(node)

    def visit_FunctionDef(self, node):
        arguments = node.args
        if (arguments.kwonlyargs or arguments.posonlyargs or node.returns
                or any(argument.annotation
                       for argument in arguments.args)):
            self.three(node, 'an annotation or a keyword-only argument')
        if node.name in METHODS:
            self.two(node, node.name)
        self.generic_visit(node)

    def visit_ClassDef(self, node):
        if node.keywords:
            self.three(node, 'class ...(metaclass=...)')
        self.generic_visit(node)

    def visit_Raise(self, node):
        if node.cause:
            self.three(node, 'raise ... from')
        self.generic_visit(node)

    def visit_BinOp(self, node):
        if isinstance(node.op, ast.MatMult):
            self.three(node, '@')
        self.generic_visit(node)


for _kind in ('AsyncFunctionDef', 'AnnAssign', 'JoinedStr', 'NamedExpr',
              'Nonlocal', 'YieldFrom', 'Match'):
    def _visit(self, node, kind=_kind):
        self.three(node, kind)
        self.generic_visit(node)
    setattr(_Signs, f'visit_{_kind}', _visit)


def first_error(text, error):
    """Describe the Python 2 syntax that makes `text` invalid in Python 3."""
    line = error.lineno or 1
    lines = text.split('\n')
    source = lines[line - 1].strip() if line <= len(lines) else ''
    return Dialect(2, source[:50] or 'syntax', line)


def recognise(text):
    """Return the :class:`Dialect` of a source.

    A file is Python 2 if it is not valid Python 3, or if it uses a name that
    only Python 2 has, outside of ``try: ... except ImportError`` and ``if
    sys.version_info``. The name ``python2`` or ``python3`` in its first line
    takes precedence if the file parses as that version, and so does syntax
    that only Python 3 has.

    Parameters
    ----------
    text : str
        The source.

    """
    error = parses(text)
    if error is not None:
        return first_error(text, error)
    shebang = SHEBANG.match(text)
    if shebang:
        return Dialect(int(shebang.group(1)), shebang.group())
    found = sorted(_Signs(parse(text)).signs, key=lambda sign: sign[0])
    # Python 3 syntax never runs on 2; a Python 2 name may be a mistake.
    for version in (3, 2):
        for _, sign in found:
            if sign.version == version:
                return sign
    return Dialect(None, 'valid in both')


def without_coding(text):
    """Return `text` with UTF-8 in its coding line."""
    lines = text.split('\n')
    for number, line in enumerate(lines[:2]):
        named = CODING_LINE.match(line)
        if named:
            lines[number] = line.replace(named.group(1), 'utf-8')
    return '\n'.join(lines)
