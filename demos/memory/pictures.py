"""The picture of the memory demo."""
from matplotlib.figure import Figure

from demos.memory.problems import PROBLEMS
from demos.memory.results import grouped

DPI = 90
#: Colours that are distinct for the colour-blind.
COLORS = {'LSTM': '#0072b2', 'peephole LSTM': '#56b4e9', 'GRU': '#d55e00',
          'simple RNN': '#555555', 'minGRU': '#cc79a7', 'minLSTM': '#009e73'}


def draw_curves(path, results):
    """Draw the measure over the updates, at each layer's best learning rate.

    The curves of all seeds are drawn in the same colour, solid with chrono
    biases and dashed without. There is a row for each problem and a column
    for each length, or a single row if that would not fill the picture.

    Parameters
    ----------
    path : str
        The PNG file to write.
    results : list of :class:`~demos.memory.results.Result`

    """
    groups = grouped(results, 'problem', 'length')
    problems, lengths = map(dict.fromkeys, zip(*groups))
    shape = len(problems), len(lengths)
    if 1 in shape or len(groups) < len(problems) * len(lengths):
        shape = 1, len(groups)
    figure = Figure(figsize=(1 + 4.5 * shape[1], .8 + 3 * shape[0]),
                    layout='constrained')
    panels = figure.subplots(*shape, squeeze=False)
    for axes, ((name, length), group) in zip(panels.flat, groups.items()):
        problem = PROBLEMS[name]
        for layer, runs in grouped(group, 'layer').items():
            best = min(runs, key=lambda result: result.rank).run.rate
            for result in runs:
                if result.run.rate == best:
                    draw_curve(axes, layer[0], result, problem.solved)
        for level, text in [(problem.chance, 'chance'),
                            (problem.solved, 'solved')]:
            axes.axhline(level, color='black', linewidth=.8, alpha=.6)
            axes.annotate(text, (1, level), (3, 0), color='#333333',
                          xycoords=('axes fraction', 'data'),
                          textcoords='offset points', va='center',
                          fontsize='small')
        axes.set_yscale('log')
        axes.set_title(f'{name}, {length} steps')
        axes.set_xlabel('updates')
        axes.set_ylabel(problem.measure)
        axes.grid(alpha=.25)
    shown = {label: handle for axes in panels.flat for handle, label in
             zip(*axes.get_legend_handles_labels())}
    figure.legend(list(shown.values()), list(shown),
                  loc='outside upper center', frameon=False,
                  ncols=min((len(shown) + 1) // 2, 2 * shape[1] + 1))
    figure.savefig(path, dpi=DPI)


def draw_curve(axes, layer, result, solved):
    """Draw one curve, with a dot at its end if the problem was solved."""
    updates, measures = zip(*result.curve)
    color = COLORS[layer.replace('chrono ', '')]
    line = '-' if layer.startswith('chrono') else '--'
    # An error rate of 0 has no place on a logarithmic axis.
    measures = [max(measure, solved / 4) for measure in measures]
    axes.plot(updates, measures, color=color, linestyle=line, label=layer,
              linewidth=1.3)
    if result.solved:
        axes.plot(updates[-1], measures[-1], 'o', color=color)
