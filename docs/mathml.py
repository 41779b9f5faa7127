"""Equations as MathML, which browsers draw themselves.

With MathJax, Sphinx's default, a page would have to load a program from the
net before its equations could be read.

"""
import re

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util.docutils import SphinxTranslator

#: Docutils would put the subscript of these right under the letter.
ACCENT = re.compile(r'\\(hat|tilde) (\w)_')


def setup(app):
    app.add_html_math_renderer('mathml', (visit_inline, None),
                               (visit_display, None))
    app.add_css_file('math.css')
    return {'parallel_read_safe': True, 'parallel_write_safe': True}


def visit_inline(translator: SphinxTranslator, node: nodes.math):
    translator.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def visit_display(translator: SphinxTranslator, node: nodes.math_block):
    equation = node.astext()
    if r'\\' in equation or '&' in equation:
        equation = rf'\begin{{aligned}}{equation}\end{{aligned}}'
    translator.body.append(
        f'<div class="math">{mathml(equation, as_block=True)}</div>\n')
    raise nodes.SkipNode


def mathml(equation, **options):
    return tex2mathml(ACCENT.sub(r'\\\1{\2}{}_', equation), **options)
