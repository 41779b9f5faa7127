"""Tests of the rules that hold for the whole checkout (CONTRIBUTING.rst)."""
import ast
import functools
import graphlib
import pathlib
import re
import runpy
import sys
import tomllib
import unittest

ROOT = pathlib.Path(__file__).parents[2]
SHIPPED = ['blocks_rnn_bricks', 'compat', 'rnn_kernels']

#: Packages that also run on the original stack.
ON_BOTH_STACKS = ['blocks_rnn_bricks', 'rnn_kernels']

# Not imported: these tests must also run where the bricks cannot be imported.
ownership = runpy.run_path(
    str(ROOT / 'blocks_rnn_bricks' / '_ownership.py'))
PACKAGES = ownership['PACKAGES'] + ownership['COMPANIONS']

#: Modules that the code can do without, or that an extra installs.
OPTIONAL = {'ipdb', 'IPython', 'mpi4py', 'onnx', 'onnxruntime',
            'safetensors', 'tensorboardX'}

#: The module names of requirements whose names differ.
MODULES = {'pyzmq': 'zmq', 'PyYAML': 'yaml', 'pillow': 'PIL'}


def paths(*folders):
    """Yield the paths from the root of all Python files."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob('*.py')):
            yield path.relative_to(ROOT).as_posix()


def parse(path):
    return ast.parse((ROOT / path).read_text('utf-8'), path)


def sources(*folders):
    """Yield path from the root and syntax tree of all Python files."""
    for path in paths(*folders):
        yield path, parse(path)


@functools.cache
def imports(path):
    """Return the top-level names of the modules that a file imports."""
    names = set()
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            names.update(alias.name.split('.')[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module.split('.')[0])
    return names


def import_graph(package):
    """Return the modules of a package and the imports of each.

    Importing ``a.b.c`` also imports ``a.b``, except from a module inside
    ``a.b``, which is already being imported.

    """
    home = ROOT / 'compat' if package in PACKAGES else ROOT
    graph = {}
    for path, tree in sources(home / package):
        parts = (ROOT / path).relative_to(home).with_suffix('').parts
        folder = '.'.join(parts[:-1])
        graph[folder if parts[-1] == '__init__' else '.'.join(parts)] = {
            f'{base}.{alias.name}' if base else alias.name
            for node in ast.walk(tree)
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for base in [absolute(node, folder)] for alias in node.names}
    for module, names in graph.items():
        imported = {parent for name in names for parent in prefixes(name)}
        graph[module] = {name for name in imported & graph.keys()
                         if not f'{module}.'.startswith(f'{name}.')}
    return graph


def absolute(node, package):
    """Return the module that names are imported from; '' for ``import``."""
    if isinstance(node, ast.Import):
        return ''
    if not node.level:
        return node.module
    parents = package.split('.')
    return '.'.join(parents[:len(parents) - node.level + 1]
                    + ([node.module] if node.module else []))


def prefixes(name):
    """Return ``a``, ``a.b`` and ``a.b.c`` for ``a.b.c``."""
    parts = name.split('.')
    return ['.'.join(parts[:stop]) for stop in range(1, len(parts) + 1)]


def props_of(node):
    """Return the names in ``__props__`` of a class."""
    for statement in node.body:
        if (isinstance(statement, ast.Assign)
                and ast.unparse(statement.targets[0]) == '__props__'):
            return set(ast.literal_eval(statement.value))
    return set()


def attributes_set_by_constructor(node):
    """Return the names of the attributes that ``__init__`` sets."""
    return {target.attr for method in node.body
            if isinstance(method, ast.FunctionDef)
            and method.name == '__init__'
            for target in ast.walk(method)
            if isinstance(target, ast.Attribute)
            and isinstance(target.ctx, ast.Store)}


def project():
    return tomllib.loads((ROOT / 'pyproject.toml').read_text())['project']


def requirements(version):
    """Return the modules that pyproject.toml requires on a Python version."""
    modules = set()
    for line in project()['dependencies']:
        name, operator, bound = re.fullmatch(
            r'([\w-]+)[^;]*(?:; python_version (<|>=) "([\d.]+)")?',
            line).groups()
        newer = tuple(map(int, version.split('.'))) >= (3, 11)
        if operator is None or newer == (operator == '>='):
            assert bound in (None, '3.11'), line
            modules.add(MODULES.get(name, name))
    return modules


class TestTree(unittest.TestCase):

    def assert_none(self, offenders, rule):
        self.assertEqual([], sorted(offenders), rule)

    def test_sources_are_found(self):
        # Otherwise the other tests would check nothing.
        for folder in SHIPPED + ['tests', 'benchmarks']:
            self.assertTrue(list(paths(folder)), folder)

    def test_every_folder_of_tests_is_a_package(self):
        folders = {path.parent for path in (ROOT / 'tests').rglob('*.py')}
        self.assertGreater(len(folders), 3)
        self.assert_none(
            [str(folder) for folder in folders
             if not (folder / '__init__.py').exists()],
            'nose passes over these folders')

    def test_shipped_folders_are_packages(self):
        folders = {path.parent for folder in SHIPPED + ['demos']
                   for path in (ROOT / folder).rglob('*.py')}
        self.assert_none(
            [str(folder) for folder in folders
             if not (folder / '__init__.py').exists()],
            'setuptools passes over these folders')

    def test_bricks_parse_as_python_3_8(self):
        for folder in ON_BOTH_STACKS:
            for path in sorted((ROOT / folder).rglob('*.py')):
                with self.subTest(path=str(path)):
                    ast.parse(path.read_text('utf-8'), str(path),
                              feature_version=(3, 8))

    def test_original_blocks_can_read_signatures(self):
        # It calls inspect.getargspec, which refuses functions with hints.
        readers, found, offenders = {'application', 'lazy', 'recurrent'}, 0, []
        for path, tree in sources('blocks_rnn_bricks'):
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef) and readers & {
                        name.id for decorator in node.decorator_list
                        for name in ast.walk(decorator)
                        if isinstance(name, ast.Name)}:
                    found += 1
                    if node.returns or any(
                            isinstance(part, ast.arg) and part.annotation
                            for part in ast.walk(node)):
                        offenders.append(f'{path}: {node.name}')
        self.assertGreater(found, 20)
        self.assert_none(offenders, 'take the type hints off these')

    def test_docstrings_end_with_an_empty_line(self):
        # ruff checks those with sections.
        documented = ast.Module, ast.ClassDef, ast.FunctionDef
        offenders = []
        for path, tree in sources(*SHIPPED, 'demos', 'tests', 'benchmarks'):
            for node in ast.walk(tree):
                text = isinstance(node, documented) and ast.get_docstring(
                    node, clean=False)
                if text and '\n' in text and text.split('\n')[-2].strip():
                    offenders.append(f'{path}: line {node.body[0].lineno}')
        self.assert_none(offenders, 'give these one, if they have more lines')

    def test_only_the_theano_package_imports_pytensor(self):
        allowed = 'compat/theano/', 'tests/compat/theano/'
        self.assert_none(
            [path for path in paths(*SHIPPED, 'demos', 'tests', 'benchmarks')
             if 'pytensor' in imports(path) and not path.startswith(allowed)],
            'these import pytensor')

    def test_imports_point_one_way(self):
        companions = ownership['COMPANIONS']
        forbidden = {
            'compat': {'blocks_rnn_bricks', 'demos', 'tests', 'benchmarks'},
            'compat/theano': {'fuel', 'blocks', 'rnn_kernels', *companions},
            'compat/fuel': {'theano', 'blocks', 'rnn_kernels', *companions},
            'compat/blocks': {'picklable_itertools'},
            'compat/picklable_itertools': {
                'theano', 'fuel', 'blocks', 'blocks_extras'},
            'blocks_rnn_bricks': {'demos', 'tests', 'benchmarks'},
            'rnn_kernels': {'fuel', 'blocks', 'blocks_rnn_bricks', 'demos',
                            'tests', 'benchmarks', *companions}}
        for folder, names in forbidden.items():
            with self.subTest(folder=folder):
                self.assert_none(
                    [f'{path}: {name}' for path in paths(folder)
                     for name in imports(path) & names],
                    'these imports go the wrong way')

    def test_imports_between_modules_have_no_cycle(self):
        # Imports inside functions count, as they only hide a cycle.
        known = {'fuel': {('fuel.streams', 'fuel.transformers')}}  # old names
        for package in [*PACKAGES, *ON_BOTH_STACKS]:
            with self.subTest(package=package):
                graph = import_graph(package)
                for module, imported in known.get(package, ()):
                    graph[module].remove(imported)
                try:
                    graphlib.TopologicalSorter(graph).prepare()
                except graphlib.CycleError as error:
                    self.fail(' imports '.join(reversed(error.args[1])))

    def test_blocks_imports_itself_relatively(self):
        self.assert_none(
            [path for path in paths('compat/blocks')
             if 'blocks' in imports(path)],
            'these import blocks by its name')

    def test_attributes_of_ops_are_in_their_props(self):
        # Equal Ops are merged, so all that their constructors set must differ.
        derived = {'view_map', 'destroy_map'}
        found, offenders = 0, []
        for path, tree in sources(*SHIPPED):
            for node in ast.walk(tree):
                props = isinstance(node, ast.ClassDef) and props_of(node)
                if not props:
                    continue
                found += 1
                offenders += [
                    f'{path}: {node.name}.{name}'
                    for name in attributes_set_by_constructor(node)
                    if name not in props | derived
                    and not name.startswith('_')]
        self.assertGreater(found, 10)
        self.assert_none(offenders, 'add these to __props__')

    def test_imported_packages_are_required(self):
        cases = [('3.11', SHIPPED), ('3.8', ON_BOTH_STACKS)]
        for version, folders in cases:
            with self.subTest(version=version):
                known = {*sys.stdlib_module_names, *PACKAGES, *OPTIONAL,
                         *ON_BOTH_STACKS, *requirements(version)}
                self.assert_none(
                    {f'{path}: {name}' for path in paths(*folders)
                     for name in imports(path) - known},
                    'add these to dependencies in pyproject.toml')

    def test_what_is_required_is_imported(self):
        used = set().union(*map(imports, paths(*SHIPPED, 'demos')))
        self.assert_none(requirements('3.11') - used,
                         'take these off dependencies in pyproject.toml')

    def test_all_packages_of_compat_are_listed(self):
        self.assertCountEqual(
            PACKAGES, [folder.parent.name for folder
                       in (ROOT / 'compat').glob('*/__init__.py')])

    def test_packages_contain_the_mark(self):
        for name in PACKAGES:
            with self.subTest(name=name):
                text = (ROOT / 'compat' / name / '__init__.py').read_text()
                self.assertIn(ownership['MARK'], text.splitlines())

    def test_demos_are_complete(self):
        for folder in (ROOT / 'demos').glob('[!_]*'):
            if not list(folder.glob('*.py')):
                continue
            for name in '__init__.py', '__main__.py', 'README.rst':
                with self.subTest(demo=folder.name, file=name):
                    self.assertTrue((folder / name).exists())

    def test_commands_of_the_manual_exist(self):
        targets = re.findall(r'^([a-z]+):', (ROOT / 'Makefile').read_text(),
                             re.MULTILINE)
        pages = [ROOT / 'README.rst', ROOT / 'CONTRIBUTING.rst',
                 *(ROOT / 'docs').glob('*.rst')]
        named = {(page.name, target) for page in pages for target in
                 re.findall(r'(?:``|^ +)make ([a-z]+)', page.read_text(),
                            re.MULTILINE)}
        self.assertIn(('README.rst', 'demo'), named)
        self.assertIn(('README.rst', 'test'), named)
        self.assert_none([f'{page}: make {target}' for page, target in named
                          if target not in targets],
                         'the Makefile has no such target')

    def test_version_equals_that_of_the_changes(self):
        version = project()['version']
        self.assertRegex((ROOT / 'CHANGES.rst').read_text(),
                         rf'(?m)^{re.escape(version)} \(')
