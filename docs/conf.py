"""Sphinx's configuration of the manual."""
import pathlib
import sys
import tomllib

DOCS = pathlib.Path(__file__).parent
sys.path.insert(0, str(DOCS))

metadata = tomllib.loads(
    (DOCS.parent / 'pyproject.toml').read_text())['project']

project = metadata['name']
author = metadata['authors'][0]['name']
copyright = f'2026, {author}'
release = version = metadata['version']

extensions = [
    'sphinx.ext.autodoc',
    'sphinx.ext.napoleon',
    'sphinx.ext.viewcode',
    'sphinx_copybutton',
    'sphinx_design',
    'mathml',
]
exclude_patterns = ['_build']
html_theme = 'furo'
html_title = project
html_static_path = ['_static']
html_math_renderer = 'mathml'
# Copied examples can be run: prompts and output are stripped.
copybutton_prompt_text = r'>>> |\.\.\. |\$ '
copybutton_prompt_is_regexp = True

napoleon_google_docstring = False
napoleon_use_rtype = False
autodoc_member_order = 'bysource'
# Docstrings say more: shapes, for example.
autodoc_typehints = 'none'
