"""Reporting what is converted in a script and what will not run."""
import ast
import importlib
import importlib.util
import os
import re
import warnings
from types import ModuleType

from .loading import Project
from .syntax import parse
from .walking import imported_files, module_file
from .writing import package_of

#: Packages whose names are looked up; others are only checked for presence.
LOOKED_UP = frozenset(['blocks', 'blocks_extras', 'fuel', 'numpy',
                       'picklable_itertools', 'scipy', 'theano'])
GPU = re.compile(r'\bdevice\s*=\s*(gpu|cuda)|\b(gpu|cuda)\d*\Z')
GPU_MODULES = ('theano.sandbox.cuda', 'theano.gpuarray', 'theano.sandbox.'
               'gpuarray', 'pycuda', 'pygpu', 'cudamat')
UNSURE = {'/': "'/' of integers", 'map': 'map', 'filter': 'filter',
          'zip': 'zip'}


class Finding:
    """A line that will not run, or that has no effect.

    Attributes
    ----------
    line : int
    text : str
    harmless : bool
        Whether the script runs without it.

    """

    def __init__(self, line, text, harmless=False):
        self.line, self.text, self.harmless = line, text, harmless


class Checks(ast.NodeVisitor):
    """Looks up the imports and names of a converted file.

    Parameters
    ----------
    converted : Converted
    folders : list of str
        The folders of the script's own modules.

    """

    def __init__(self, converted, folders):
        self.lines = converted.lines
        self.folders = folders
        self.findings = []
        self.modules = {}
        self.optional = 0
        tree = parse(converted.text)
        self.stored = {node.id for node in ast.walk(tree) if isinstance(
            node, ast.Name) and isinstance(node.ctx, ast.Store)}
        self.given = {node.attr for node in ast.walk(tree) if isinstance(
            node, ast.Attribute) and isinstance(node.ctx, ast.Store)}
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            self.visit(tree)

    def found(self, node, text, harmless=False):
        if self.optional and not harmless:
            text, harmless = text + ' (the script catches this)', True
        self.findings.append(Finding(self.lines[node.lineno], text, harmless))

    def visit_Try(self, node):
        names = {getattr(part, 'id', None) for handler in node.handlers
                 if handler.type for part in ast.walk(handler.type)}
        catches = bool(names & {'ImportError', 'Exception', 'AttributeError'})
        catches |= any(handler.type is None for handler in node.handlers)
        self.optional += catches
        for part in node.body:
            self.visit(part)
        self.optional -= catches
        for part in node.handlers + node.orelse + node.finalbody:
            self.visit(part)

    def own(self, name):
        return any(module_file(folder, name) for folder in self.folders)

    def load(self, node, name):
        """Return the module, or None if it is missing or not looked up."""
        if name.startswith(GPU_MODULES):
            self.found(node, f'{name}: there is no GPU here; everything runs '
                             'on the CPU', harmless=True)
        top = name.split('.')[0]
        if top not in LOOKED_UP:
            if importlib.util.find_spec(top) is None:
                self.found(node, f"there is no module '{top}'")
            return None
        try:
            return importlib.import_module(name)
        except ImportError as error:
            self.found(node, str(error))
        return None

    def visit_Import(self, node):
        for alias in node.names:
            if self.own(alias.name):
                continue
            module = self.load(node, alias.name)
            if module is None:
                continue
            if alias.asname:
                self.modules[alias.asname] = module
            else:
                top = alias.name.split('.')[0]
                self.modules[top] = importlib.import_module(top)

    def visit_ImportFrom(self, node):
        if node.level or node.module == '__future__' or self.own(node.module):
            return
        module = self.load(node, node.module)
        if module is None:
            return
        for alias in node.names:
            if alias.name == '*':
                continue
            value = self.attribute(module, alias.name)
            if value is None:
                self.found(node, f"'{shown(module)}' has no '{alias.name}'")
            elif isinstance(value, ModuleType):
                self.modules[alias.asname or alias.name] = value

    @staticmethod
    def attribute(module, name):
        """Return an attribute or a submodule; None if there is neither."""
        try:
            return getattr(module, name, None) or importlib.import_module(
                f'{module.__name__}.{name}')
        except ImportError:
            # a name with a false value, such as 0
            return True if name in dir(module) else None
        except ValueError:  # the truth of an array
            return True

    def visit_Attribute(self, node):
        value = self.module_of(node.value)
        if (value is not None and isinstance(node.ctx, ast.Load)
                and node.attr not in self.given):
            top = value.__name__.removeprefix('blocks.legacy.modules.')
            if (top.split('.')[0] in LOOKED_UP
                    and self.attribute(value, node.attr) is None):
                self.found(node, f"'{shown(value)}' has no '{node.attr}'")
        self.generic_visit(node)

    def module_of(self, node):
        """Return the module that an expression names, or None."""
        if isinstance(node, ast.Name):
            return None if node.id in self.stored else self.modules.get(
                node.id)
        if isinstance(node, ast.Attribute):
            parent = self.module_of(node.value)
            value = parent and self.attribute(parent, node.attr)
            return value if isinstance(value, ModuleType) else None
        return None

    def visit_Constant(self, node):
        if isinstance(node.value, str) and GPU.search(node.value):
            self.found(node, f'{node.value!r}: has no effect; everything '
                             'runs on the processor', harmless=True)


def shown(module):
    return module.__name__.removeprefix('blocks.legacy.modules.')


def ranges(lines):
    """Format line numbers, with consecutive ones as ranges."""
    runs = []
    for line in sorted(set(lines)):
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    return ', '.join(str(first) if first == last else f'{first}-{last}'
                     for first, last in runs)


def unsure(converted):
    """Return the lines whose meaning differs in Python 2, by the cause."""
    lines = {}
    for node in ast.walk(parse(converted.text)):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            what = '/'
        elif isinstance(node, ast.Call):
            what = getattr(node.func, 'id', None)
        else:
            continue
        if what in UNSURE:
            lines.setdefault(UNSURE[what], []).append(
                converted.lines[node.lineno])
    return lines


def describe(path, converted, python2, folders):
    """Return the report of one file, and whether all of it will run.

    Parameters
    ----------
    path : str
        The path to show.
    converted : Converted
    python2 : bool
        The version as which it runs.
    folders : list of str
        The folders of the script's own modules.

    Returns
    -------
    lines : list of str
    runs : bool

    """
    version, reason, line = converted.dialect
    if version is None:
        why = 'valid in both versions'
    else:
        why = f'line {line}: {reason}'
    report = [f'{path}: Python {2 if python2 else 3} ({why})']
    kinds = {}
    for change in converted.changes:
        kinds.setdefault(change.kind, []).append(change)
    for kind, changes in kinds.items():
        what = sorted({change.what for change in changes})
        detail = ('' if kind in ('syntax', 'division', 'slices of floats')
                  else f": {'; '.join(what)}")
        where = ('' if kind == 'builtins' else
                 ', line ' + ranges(change.line for change in changes))
        report.append(f'  converted: {kind}{where}{detail}')
    if version is None and not python2:
        for what, lines in unsure(converted).items():
            report.append(f'  differs in Python 2: {what}, line '
                          f'{ranges(lines)}; see --python2')
    findings = Checks(converted, folders).findings
    for finding in sorted(findings, key=lambda found: found.line):
        label = 'note' if finding.harmless else 'will not run'
        report.append(f'  {label}: line {finding.line}: {finding.text}')
    return report, all(finding.harmless for finding in findings)


def explain(script, python2=None):
    """Print what is converted in a script and in the modules it imports.

    Parameters
    ----------
    script : str
        The path.
    python2 : bool, optional
        The version of all files; see :class:`~blocks.legacy.loading.Project`.

    Returns
    -------
    int
        1 if something will not run, else 0.

    """
    project = Project(script, python2)
    runs = True
    for path in imported_files(script, project):
        try:
            converted = project.convert(path, package_of(path, project))
        except SyntaxError as error:
            print(f'{os.path.relpath(path)}: will not run: line '
                  f'{error.lineno}: {error.msg}')
            runs = False
            continue
        report, file_runs = describe(
            os.path.relpath(path), converted, project.is_python2(path),
            [os.path.dirname(path), project.folder, project.root])
        print('\n'.join(report))
        runs = runs and file_runs
    return 0 if runs else 1
