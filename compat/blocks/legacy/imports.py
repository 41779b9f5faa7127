"""Redirecting the import statements of a script to stand-ins."""
import ast
import os

#: The package that holds the stand-ins.
HOME = 'blocks.legacy.modules'
#: Modules of Python 2 that were only renamed.
RENAMED = {
    'BaseHTTPServer': 'http.server', 'Cookie': 'http.cookies',
    'HTMLParser': 'html.parser', 'Queue': 'queue',
    'SimpleHTTPServer': 'http.server', 'SocketServer': 'socketserver',
    'Tkinter': 'tkinter',
    '__builtin__': 'builtins', 'anydbm': 'dbm', 'cookielib':
    'http.cookiejar', 'copy_reg': 'copyreg', 'dummy_thread': '_thread',
    'exceptions': 'builtins', 'htmlentitydefs': 'html.entities',
    'httplib': 'http.client', 'robotparser': 'urllib.robotparser',
    'thread': '_thread', 'tkFileDialog': 'tkinter.filedialog',
    'tkMessageBox': 'tkinter.messagebox', 'urlparse': 'urllib.parse',
    'xmlrpclib': 'xmlrpc.client'}
#: Stand-ins for Python 2 modules, with the names that require them; None
#: for any name.
PYTHON2 = {
    'ConfigParser': None, 'StringIO': None, 'UserDict': None,
    'base64': None, 'bz2': None,
    'cStringIO': None, 'commands': None, 'gzip': None,
    'contextlib': {'nested'}, 'hashlib': None, 'binascii': None,
    'zlib': None, 'struct': None,
    'md5': None, 'sha': None, 'sets': None,
    'subprocess': None, 'tarfile': None, 'zipfile': None, 'urllib': None,
    'urllib2': None,
    'itertools': {'izip', 'imap', 'ifilter', 'ifilterfalse', 'izip_longest'},
    'operator': {'div', 'isCallable', 'sequenceIncludes', 'isSequenceType',
                 'isMappingType', 'isNumberType', 'repeat'},
    'os': {'getcwdu', 'errno', 'fdopen'},
    'random': {'shuffle', 'choice', 'sample', 'randint', 'randrange',
               'Random', 'seed', 'jumpahead'},
    'string': {'letters', 'lowercase', 'uppercase', 'maketrans', 'join',
               'split', 'replace', 'atoi', 'atof', 'atol', 'strip', 'lstrip',
               'rstrip', 'lower', 'upper', 'zfill', 'joinfields',
               'splitfields', 'find', 'rfind', 'count', 'translate', 'index',
               'ljust', 'rjust', 'center', 'capitalize', 'swapcase'},
    'sys': {'maxint', 'setdefaultencoding', 'exc_clear',
            'setcheckinterval'},
    'types': {'StringType', 'UnicodeType', 'StringTypes', 'IntType',
              'LongType', 'FloatType', 'ComplexType', 'BooleanType',
              'ListType', 'TupleType', 'DictType', 'DictionaryType',
              'NoneType', 'TypeType', 'ObjectType', 'ClassType', 'FileType',
              'InstanceType', 'SliceType', 'XRangeType', 'BufferType',
              'UnboundMethodType'},
    'tempfile': {'NamedTemporaryFile', 'TemporaryFile',
                 'SpooledTemporaryFile'},
}
#: Stand-ins for names that later versions of a module removed, and for
#: pickles of Python 2, which files for both versions read, too.
DROPPED = {
    'collections': {
        'AsyncGenerator', 'AsyncIterable', 'AsyncIterator', 'Awaitable',
        'ByteString', 'Callable', 'Collection', 'Container', 'Coroutine',
        'Generator', 'Hashable', 'ItemsView', 'Iterable', 'Iterator',
        'KeysView', 'Mapping', 'MappingView', 'MutableMapping',
        'MutableSequence', 'MutableSet', 'Reversible', 'Sequence', 'Set',
        'Sized', 'ValuesView'},
    'base64': {'encodestring', 'decodestring'},
    'cPickle': None,
    'fractions': {'gcd'},
    'imp': None,
    'inspect': {'getargspec', 'ArgSpec'},
    'numpy': None,
    'numpy.random': {'random_integers', 'ranf'},
    'pickle': None,
    'scipy': None,
    'scipy.misc': None,
    'six.moves': {'cPickle'},
    'six.moves.cPickle': None,
    'time': {'clock'},
    'yaml': {'load', 'load_all', 'dump'},
}


class Neighbours:
    """The modules next to a file, which take precedence over installed ones.

    Parameters
    ----------
    folder : str
        The folder of the file.
    package : bool
        Whether the folder is a package, whose modules import each other by
        their bare names in Python 2.
    first : str, optional
        The first folder in ``sys.path``.

    """

    def __init__(self, folder, package=False, first=None):
        self.folder = folder
        self.package = package
        self.first = first

    def beside(self, module):
        """Return whether `module` is imported from the same package."""
        return self.package and has_module(self.folder, module)

    def hides(self, module):
        """Return whether the script's folder has a module of that name."""
        return self.first is not None and has_module(self.first, module)


def has_module(folder, module):
    path = os.path.join(folder, module.split('.')[0])
    return (os.path.isfile(path + '.py')
            or os.path.isfile(os.path.join(path, '__init__.py')))


class Imports:
    """Rewrites the import statements of a file.

    Parameters
    ----------
    tree : ast.Module
    edits : Edits
        Receives the changes.
    neighbours : Neighbours
    python2 : bool
        Whether the file is Python 2. In a Python 3 file, only imports of
        names that later versions removed are changed.
    report : callable
        Called with the line and a description for each change.

    """

    def __init__(self, tree, edits, neighbours, python2, report):
        self.edits = edits
        self.neighbours = neighbours
        self.python2 = python2
        self.report = report
        self.stand_ins = dict(DROPPED)
        if python2:
            self.stand_ins.update(PYTHON2)
        self.attributes = {node.attr for node in ast.walk(tree)
                           if isinstance(node, ast.Attribute)}
        self.modules = {
            alias.name.split('.')[0] for node in ast.walk(tree)
            if isinstance(node, ast.Import) for alias in node.names}
        self.absolute = any(
            isinstance(node, ast.ImportFrom) and node.module == '__future__'
            and any(alias.name == 'absolute_import' for alias in node.names)
            for node in tree.body)

    def wanted(self, module, names):
        """Return whether a stand-in serves `names` of `module`."""
        if module not in self.stand_ins or self.neighbours.hides(module):
            return False
        given = self.stand_ins[module]
        return given is None or '*' in names or bool(given & set(names))

    def visit(self, node):
        """Rewrite an Import or ImportFrom if necessary."""
        if isinstance(node, ast.Import):
            parts = [self.plain(alias) for alias in node.names]
        elif node.level or node.module == '__future__':
            return
        else:
            parts = [self.from_module(node)]
        if not any(changed for changed, _ in parts):
            return
        start, end = self.edits.start(node), self.edits.end(node)
        new = '; '.join(text for _, text in parts)
        self.edits.replace(start, end, new)
        self.report(node.lineno, 'imports', new)

    def implicit(self, module):
        return (self.python2 and not self.absolute
                and self.neighbours.beside(module))

    def plain(self, alias):
        """Return whether ``import x.y as z`` changes, and its replacement."""
        name, given = alias.name, alias.asname
        top, _, rest = name.partition('.')
        suffix = f' as {given}' if given else ''
        if self.implicit(name):
            if not rest:
                return True, f'from . import {name}{suffix}'
            if given:
                parent, _, last = name.rpartition('.')
                return True, f'from .{parent} import {last}{suffix}'
            return True, (f'from . import {top}; '
                          f'__import__({name!r}, globals(), level=1)')
        if self.python2 and name in RENAMED and not self.neighbours.hides(
                name):
            new = RENAMED[name]
            if not given and '.' in new:
                parent, _, last = new.rpartition('.')
                return True, f'from {parent} import {last} as {name}'
            return True, f'import {new} as {given or name}'
        if self.wanted(name, self.attributes):
            parent, _, last = ('.' + name).rpartition('.')
            if given or not rest:
                return True, f'from {HOME}{parent} import {last}{suffix}'
        if rest and not given and self.wanted(top, self.attributes):
            return True, f'import {name}; from {HOME} import {top}'
        return False, f'import {name}{suffix}'

    def from_module(self, node):
        """Return whether ``from x import y`` changes, and its replacement."""
        module = node.module
        names = ', '.join(
            alias.name + (f' as {alias.asname}' if alias.asname else '')
            for alias in node.names)
        plain = {alias.name for alias in node.names}
        if self.implicit(module):
            return True, f'from .{module} import {names}'
        if self.python2 and module in RENAMED and not self.neighbours.hides(
                module):
            return True, f'from {RENAMED[module]} import {names}'
        submodules = {f'{module}.{name}' for name in plain}
        if self.wanted(module, plain) or any(
                name in self.stand_ins and self.wanted(name, self.attributes)
                for name in submodules):
            return True, f'from {HOME}.{module} import {names}'
        return False, ''
