"""Print the requirements of one extra of pyproject.toml, one per line."""
import pathlib
import sys
import tomllib

project = tomllib.loads(pathlib.Path('pyproject.toml').read_text())['project']
print('\n'.join(project['optional-dependencies'][sys.argv[1]]))
