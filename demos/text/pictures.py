"""Pictures of the text demo."""
import os

import numpy
from matplotlib.figure import Figure

from demos.text.network import cells_over

DPI = 100
#: The pictures of a run; an extension draws the first during training.
PICTURES = ['learning_curves.png', 'surprise.png', 'cells.png']
#: Lines and columns of the passages to draw.
LINES, COLUMNS = 6, 70


def draw_all(folder, model, topics, surprise, ngram_surprise):
    """Draw what surprises the network and the n-gram, and some cells.

    Parameters
    ----------
    folder : str
        The folder for the PNG files.
    model : :class:`~demos.text.network.CharacterModel`
    topics : :class:`~demos.text.data.Topics`
    surprise, ngram_surprise : list of :class:`numpy.ndarray`
        (length,) for each test topic: bits of its characters.

    """
    texts = list(topics.test.values())
    longest = max(range(len(texts)), key=lambda i: len(texts[i]))
    text = texts[longest]
    features = features_of(text)
    first, last = find_passage(text, features, LINES)
    draw_surprise(
        os.path.join(folder, 'surprise.png'), text[first:last],
        [(model.cell, surprise[longest][first:last]),
         ('5-gram', ngram_surprise[longest][first:last])])
    draw_cells(os.path.join(folder, 'cells.png'), text,
               cells_over(model, topics.encoded('test')[longest]),
               features, slice(first, last))


def features_of(text):
    """Return features that a cell might track, after each character.

    Parameters
    ----------
    text : str

    Returns
    -------
    dict of :class:`numpy.ndarray`
        (length,) by description.

    """
    quoted, parentheses, indented, column = [], [], [], []
    in_quotes, depth, line = False, 0, ''
    for before, character in zip(' ' + text, text):
        if character == '\n':
            line = ''
            if before == '\n':  # a paragraph ends and closes everything
                in_quotes, depth = False, 0
        else:
            line += character
        in_quotes ^= character == '"'
        depth = max(depth + (character == '(') - (character == ')'), 0)
        quoted.append(in_quotes)
        parentheses.append(depth > 0)
        indented.append(line.startswith('   '))
        column.append(len(line))
    return {name: numpy.array(values, dtype=float) for name, values in [
        ('within quotation marks', quoted),
        ('within parentheses', parentheses),
        ('on an indented line', indented),
        ('distance from the beginning of the line', column)]}


def find_passage(text, features, n_lines):
    """Find full lines in which all features vary.

    Parameters
    ----------
    text : str
    features : dict of :class:`numpy.ndarray`
        (length,) each.
    n_lines : int

    Returns
    -------
    first, last : int
        Bounds of the passage in the text.

    """
    starts = [0, *(i + 1 for i, character in enumerate(text)
                   if character == '\n'), len(text)]
    spread = {name: feature.std() or 1. for name, feature
              in features.items()}

    def variety(passage):
        first, last = passage
        return (last - first) * min(
            feature[first:last].std() / spread[name]
            for name, feature in features.items())
    passages = [(first, last) for first, last
                in zip(starts, starts[n_lines:]) if first < last]
    return max(passages, key=variety, default=(0, len(text)))


def draw_surprise(path, text, models):
    """Draw a passage for each model, coloured by the bits per character.

    Parameters
    ----------
    path : str
    text : str
    models : list of (str, :class:`numpy.ndarray`)
        Name, and bits of each character (length,).

    """
    figure = Figure(figsize=(8.4, 3.6), layout='constrained')
    panels = figure.subplots(len(models), squeeze=False)[:, 0]
    for axes, (name, bits) in zip(panels, models):
        image = _colour(axes, text, bits, cmap='Reds', vmin=0, vmax=10)
        axes.set_title(f'{name}: {bits.mean():.2f} bits per character here')
    figure.colorbar(image, ax=list(panels), extend='max', shrink=0.8,
                    label='surprise (bits)')
    figure.savefig(path, dpi=DPI)


def draw_cells(path, text, cells, features, passage):
    """Draw the cell that correlates best with each feature, over a passage.

    Parameters
    ----------
    path : str
    text : str
    cells : :class:`numpy.ndarray`
        (length, dim), -1 to 1.
    features : dict of :class:`numpy.ndarray`
        (length,) each.
    passage : slice
        The passage to draw; correlations are over the whole text.

    """
    figure = Figure(figsize=(8.4, 7), layout='constrained')
    panels = figure.subplots(len(features))
    for axes, (name, feature) in zip(panels, features.items()):
        cell, correlation = most_correlated(cells, feature)
        image = _colour(axes, text[passage], cells[passage, cell],
                        cmap='RdBu_r', vmin=-1, vmax=1)
        axes.set_title(f'cell {cell}: {name} '
                       f'(correlation {correlation:.2f})')
    figure.colorbar(image, ax=list(panels), shrink=0.4,
                    label='tanh c after the character')
    figure.savefig(path, dpi=DPI)


def most_correlated(cells, feature):
    """Find the cell whose correlation with a feature is farthest from 0.

    Returns
    -------
    cell : int
    correlation : float
        0 if all values are constant.

    """
    cells = cells - cells.mean(axis=0)
    feature = feature - feature.mean()
    scale = numpy.sqrt((cells ** 2).sum(axis=0) * (feature ** 2).sum())
    correlations = feature @ cells / numpy.where(scale, scale, 1)
    cell = int(numpy.abs(correlations).argmax())
    return cell, float(correlations[cell])


def _colour(axes, text, values, **colours):
    """Draw text on squares coloured by values."""
    lines = text.split('\n')
    if not lines[-1]:
        del lines[-1]
    grid = numpy.full((len(lines), max(COLUMNS, *map(len, lines)) + 1),
                      numpy.nan)
    place = 0
    for row, line in enumerate(lines):
        for column, character in enumerate(line + '\n'):
            if place == len(values):
                break
            grid[row, column] = values[place]
            place += 1
            light = colours['vmin'] + 0.8 * (colours['vmax']
                                             - colours['vmin'])
            dark = values[place - 1] > light or (
                colours['vmin'] < 0 and values[place - 1] < -0.6)
            axes.text(column, row,
                      '\N{DOWNWARDS ARROW WITH CORNER LEFTWARDS}'
                      if character == '\n' else character,
                      family='DejaVu Sans Mono', fontsize=8, ha='center',
                      va='center', color='white' if dark else 'black')
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_visible(False)
    return axes.imshow(grid, aspect='auto', interpolation='nearest',
                       **colours)
