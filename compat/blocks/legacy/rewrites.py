"""Rewrites that keep the semantics of Python 2 in Python 3 syntax."""
import ast
import symtable
import warnings

from .expressions import (
    ends_by_exception,
    float_names,
    is_float,
    is_plain,
    may_be_float,
    read_after,
)
from .imports import Imports
from .lines import Edits
from .syntax import parse

RUNTIME = 'blocks.legacy.python2'
#: Builtins whose meaning has changed, provided by the runtime.
BUILTINS = frozenset('''
    StandardError apply basestring buffer bytearray bytes cmp coerce eval
    exec execfile file filter getattr hasattr input intern long map max min
    oct open print range raw_input reduce reload round sorted unichr
    unicode xrange zip'''.split())
#: Methods replaced by runtime functions, with the required number of
#: arguments; None for any.
METHODS = {'has_key': 1, 'iteritems': 0, 'iterkeys': 0, 'itervalues': 0,
           'viewitems': 0, 'viewkeys': 0, 'viewvalues': 0, 'keys': 0,
           'values': 0, 'items': 0, 'next': 0, 'sort': None, 'encode': None,
           'decode': None, 'translate': None, 'xreadlines': 0}
#: Array methods that later versions removed.
DROPPED_METHODS = {'tostring': None, 'itemset': None, 'ptp': None,
                   'newbyteorder': None}
#: Attributes read by a function of the runtime.
ATTRIBUTES = frozenset('''
    next has_key iteritems iterkeys itervalues func_name func_code func_doc
    func_defaults func_globals func_dict func_closure im_self im_func im_class
    message'''.split())
#: Attributes of ``sys``, in the order of ``sys.exc_info()``.
EXCEPTION = ['exc_type', 'exc_value', 'exc_traceback']
#: The methods that the runtime adds to a class that defines these.
SPECIAL = frozenset('''
    __nonzero__ next __div__ __rdiv__ __idiv__ __cmp__ __getslice__
    __setslice__ __delslice__ __unicode__ __eq__ __metaclass__ __long__
    __coerce__'''.split())
FRESH = frozenset(['list', 'sorted', 'set', 'tuple', 'len', 'frozenset',
                   'dict', 'sum', 'max', 'min', 'any', 'all'])


class Rewriter(ast.NodeVisitor):
    """Visits a tree from the outside in and registers text edits.

    Parameters
    ----------
    text : str
        Source that Python 3 parses.
    neighbours : Neighbours
    python2 : bool
        Whether its meaning is Python 2's.
    report : callable
        Called with line, kind and description for each change.

    """

    def __init__(self, text, neighbours, python2, report):
        self.tree = parse(text)
        self.edits = Edits(text)
        self.python2 = python2
        self.report = report
        self.imports = Imports(self.tree, self.edits, neighbours, python2,
                               report)
        self.runtime = False
        self.fresh = None  # the caller copies it anyway: list(d.keys())
        self.true_division = any(
            isinstance(node, ast.ImportFrom) and node.module == '__future__'
            and any(alias.name == 'division' for alias in node.names)
            for node in self.tree.body)
        self.floats = float_names(self.tree)
        self.scope = self.tree
        self.methods = dict(DROPPED_METHODS)
        self.attributes = set()
        if 'h5py' in self.imports.modules:
            self.attributes.add('value')  # gone from h5py 3
        if python2:
            self.methods.update(METHODS)
            self.attributes |= ATTRIBUTES

    def run(self):
        """Return the converted text and its :class:`LineMap`."""
        self.visit(self.tree)
        header = []
        if self.runtime:
            header.append('from blocks.legacy import python2 as _py2')
        if self.python2:
            names = sorted(builtins_read(self.edits.text) & BUILTINS)
            header.append(f'from {RUNTIME} import '
                          + ', '.join(['__python2__'] + names))
            if names:
                self.report(1, 'builtins', ', '.join(names))
        if header:
            self.put_first('; '.join(header))
        return self.edits.apply()

    def put_first(self, header):
        """Put a statement after the docstring and ``__future__``."""
        for node in self.tree.body:
            docstring = isinstance(node, ast.Expr) and isinstance(
                node.value, ast.Constant) and node is self.tree.body[0]
            future = (isinstance(node, ast.ImportFrom)
                      and node.module == '__future__')
            if not (docstring or future):
                break
        else:
            self.edits.open(len(self.edits.text), header + '\n')
            return
        first = min([node] + getattr(node, 'decorator_list', []),
                    key=lambda part: part.lineno)
        start = self.edits.position(first.lineno, 0)
        # A statement after a semicolon can't begin a line.
        before = self.edits.text[start:self.edits.start(node)]
        if ';' in before:
            self.edits.open(self.edits.start(node), header + '; ')
        else:
            self.edits.edits.append(((start, -1, 0), start, header + '\n'))

    def call_runtime(self, node, function, kind):
        self.runtime = True
        self.report(node.lineno, kind, function)

    def visit_Import(self, node):
        self.imports.visit(node)

    visit_ImportFrom = visit_Import

    def visit_ClassDef(self, node):
        defined = {getattr(part, 'name', None) for part in node.body}
        for part in node.body:
            if isinstance(part, ast.Assign):
                defined |= {getattr(target, 'id', None)
                            for target in part.targets}
        found = sorted(defined & SPECIAL)
        start = self.edits.start(node)
        indent = self.edits.text[self.edits.position(node.lineno, 0):start]
        if self.python2 and found and not indent.strip():
            self.edits.open(start, f'@_py2.modern_class\n{indent}')
            self.call_runtime(node, ', '.join(found), 'special methods')
        self.generic_visit(node)

    def visit_FunctionDef(self, node):
        outer, self.scope = self.scope, node
        self.visit_generator(node)
        self.scope = outer

    def visit_generator(self, node):
        start = self.edits.start(node)
        indent = self.edits.text[self.edits.position(node.lineno, 0):start]
        if self.python2 and ends_by_exception(node) and not indent.strip():
            self.edits.open(start, f'@_py2.generator\n{indent}')
            self.call_runtime(node, node.name, 'generators')
        self.generic_visit(node)

    def visit_ExceptHandler(self, node):
        names = {part for part in ast.walk(node)
                 if isinstance(part, ast.Name) and part.id == node.name}
        if self.python2 and node.name:
            if not any(isinstance(name.ctx, ast.Store) for name in names):
                self.items_of_exception(node, names)
            if read_after(node, self.scope):
                self.keep_exception(node)
        self.generic_visit(node)

    def items_of_exception(self, node, names):
        """Read the items and the parts of an exception from its args."""
        for part in ast.walk(node):
            read = isinstance(part, ast.Subscript) or isinstance(
                part, ast.Assign) and isinstance(part.targets[0], ast.Tuple)
            if read and part.value in names:
                self.edits.close(self.edits.end(part.value), '.args')
                self.report(part.lineno, 'exceptions', node.name)

    def keep_exception(self, node):
        """Let the name of an exception outlive its handler."""
        first = node.body[0]
        start = self.edits.start(first)
        stop = self.edits.find(':', self.edits.end(node.type), start)
        self.edits.replace(self.edits.end(node.type), stop,
                           f' as _py2_{node.name}')
        indent = self.edits.text[self.edits.position(first.lineno, 0):start]
        separator = '; ' if indent.strip() else '\n' + indent
        self.edits.open(start, f'{node.name} = _py2_{node.name}{separator}')
        self.report(node.lineno, 'exceptions', node.name)

    def visit_BinOp(self, node):
        if (isinstance(node.op, ast.Div) and self.python2
                and not self.true_division
                and not (is_float(node.left) or is_float(node.right))):
            sign = self.edits.find('/', self.edits.end(node.left),
                                   self.edits.start(node.right))
            if sign is not None:
                start = self.edits.start(node)
                self.edits.open(start, '_py2.div(')
                self.edits.close(self.edits.end(node), ')')
                blank = self.edits.text[sign - 1] == ' '
                self.edits.replace(sign - blank, sign + 1, ',')
                self.call_runtime(node, '/', 'division')
        self.generic_visit(node)

    def visit_AugAssign(self, node):
        if (isinstance(node.op, ast.Div) and self.python2
                and not self.true_division and not is_float(node.value)
                and is_plain(node.target, ATTRIBUTES)):
            target = ast.get_source_segment(self.edits.text, node.target)
            sign = self.edits.find('/', self.edits.end(node.target),
                                   self.edits.start(node.value))
            self.edits.replace(sign, sign + 2, f'= _py2.idiv({target},')
            self.edits.close(self.edits.end(node), ')')
            self.call_runtime(node, '/=', 'division')
            self.visit(node.value)
        else:
            self.generic_visit(node)

    def visit_Call(self, node):
        function = node.func
        if isinstance(function, ast.Attribute) and self.rewritten(node):
            self.visit(function.value)
            for argument in node.args + node.keywords:
                self.visit(argument)
            return
        if (isinstance(function, ast.Name) and function.id in FRESH
                and len(node.args) == 1):
            self.fresh = node.args[0]
        self.generic_visit(node)

    def rewritten(self, node):
        """Rewrite ``x.method(a)`` to ``_py2.method(x, a)`` if necessary."""
        name = node.func.attr
        if name not in self.methods:
            return False
        count = self.methods[name]
        given = len(node.args) + len(node.keywords)
        if count is not None and (count != given or node.keywords):
            return False
        if node is self.fresh and name in ('keys', 'values', 'items'):
            return False
        edits = self.edits
        stop = edits.end(node.func)
        start = stop - len(name)
        dot = edits.find('.', edits.end(node.func.value), start)
        bracket = edits.find('(', stop, edits.end(node))
        if dot is None or bracket is None:
            return False
        edits.open(edits.start(node), f'_py2.{name}(')
        edits.replace(dot, dot + 1, ', ' if given else '')
        edits.replace(start, stop, '')
        edits.replace(bracket, bracket + 1, '')
        self.call_runtime(node, name, 'methods')
        return True

    def visit_Attribute(self, node):
        if (self.python2 and node.attr in EXCEPTION
                and getattr(node.value, 'id', None) == 'sys'):
            self.edits.replace(
                self.edits.start(node), self.edits.end(node),
                f'sys.exc_info()[{EXCEPTION.index(node.attr)}]')
            self.report(node.lineno, 'attributes', node.attr)
            return
        if node.attr in self.attributes and isinstance(node.ctx, ast.Load):
            edits = self.edits
            stop = edits.end(node)
            start = stop - len(node.attr)
            dot = edits.find('.', edits.end(node.value), start)
            if dot is not None:
                edits.open(edits.start(node), '_py2.attribute(')
                edits.replace(dot, dot + 1, ', ')
                edits.replace(start, stop, repr(node.attr) + ')')
                self.call_runtime(node, node.attr, 'attributes')
        self.generic_visit(node)

    def visit_Slice(self, node):
        # NumPy truncated fractional slice bounds until 1.12.
        for bound in (node.lower, node.upper):
            if bound is not None and may_be_float(bound, self.floats):
                self.edits.open(self.edits.start(bound), '_py2.whole(')
                self.edits.close(self.edits.end(bound), ')')
                self.call_runtime(bound, 'slice', 'slices of floats')
        self.generic_visit(node)

    def visit_JoinedStr(self, node):
        """Skip f-strings, since positions inside them are unreliable."""


def builtins_read(text):
    """Return the names that a source reads from the builtins."""
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        scopes = [symtable.symtable(text, '<source>', 'exec')]
    names = set()
    while scopes:
        scope = scopes.pop()
        scopes.extend(scope.get_children())
        names |= {symbol.get_name() for symbol in scope.get_symbols()
                  if symbol.is_referenced() and symbol.is_global()
                  or scope.get_type() == 'module' and symbol.is_referenced()}
    return names
