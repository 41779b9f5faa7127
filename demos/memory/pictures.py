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
    for each length.

    Parameters
    ----------
    path : str
        The PNG file to write.
    results : list of :class:`~demos.memory.results.Result`

    """
    rows, columns = (list(dict.fromkeys(getattr(result.run, field)
                                        for result in results))
                     for field in ('problem', 'length'))
    figure = Figure(figsize=(1 + 4.5 * len(columns), .8 + 3 * len(rows)),
                    layout='constrained')
    panels = figure.subplots(len(rows), len(columns), squeeze=False,
                             sharey='row')
    for place, group in grouped(results, 'problem', 'length').items():
        name, length = place
        axes = panels[rows.index(name), columns.index(length)]
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
        axes.grid(alpha=.25)
    for axes, name in zip(panels[:, 0], rows):
        axes.set_ylabel(PROBLEMS[name].measure)
    shown = {label: handle for axes in panels.flat for handle, label in
             zip(*axes.get_legend_handles_labels())}
    figure.legend(list(shown.values()), list(shown),
                  loc='outside upper center', frameon=False,
                  ncols=min(len(shown), 2 * len(columns)))
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
