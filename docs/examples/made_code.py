"""The code that is made from Blocks' gated recurrent unit, for the manual.

    python docs/examples/made_code.py [--update]

prints the code or writes it to the page docs/made_code.rst.

"""
import pathlib
import re
import sys
import textwrap

from blocks.bricks.recurrent import GatedRecurrent

from blocks_rnn_bricks import explain

PAGE = pathlib.Path(__file__).resolve().parents[1] / 'made_code.rst'


def made_code(what):
    """Return the code of a pass, in floatX.

    Parameters
    ----------
    what : {'forward', 'backward'}

    Returns
    -------
    str

    """
    return explain(GatedRecurrent(dim=100, name='gru')).source(what)


def shown(page, what):
    """Return the code that a page shows.

    Parameters
    ----------
    page : str
        Its text.
    what : str
        As for :func:`made_code`.

    Returns
    -------
    str

    """
    return textwrap.dedent(_block(what).search(page).group(2))


def updated(page):
    """Return a page with the code as it is made now."""
    for what in 'forward', 'backward':
        code = textwrap.indent(made_code(what).strip('\n'), '    ')
        page = _block(what).sub(
            lambda match: match.group(1) + code + '\n', page)
    return page


def _block(what):
    """Return a pattern for the code block with a name, and its contents."""
    return re.compile(
        r'(\.\. code-block:: python\n    :name: {}\n\n)'
        r'((?:    .*\n|\n(?!\S))+)'.format(what))


if __name__ == '__main__':
    if sys.argv[1:] == ['--update']:
        PAGE.write_text(updated(PAGE.read_text('utf-8')), 'utf-8')
    else:
        print(made_code('forward'), made_code('backward'), sep='\n')
