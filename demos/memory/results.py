"""The results of the runs: a log on disk, and a table."""
import json
import os
from dataclasses import asdict, dataclass

from demos._support.exits import UserError


@dataclass(frozen=True)
class Run:
    """One training run: everything that its result depends on."""

    problem: str
    length: int
    layer: str
    rate: float
    updates: int
    dim: int
    batch_size: int
    seed: int
    keep: float
    input_scale: float = 1.
    decay: bool = False

    @property
    def title(self):
        return (f'{self.problem}, {self.length} steps, {self.layer}, '
                f'learning rate {self.rate:g}, seed {self.seed}')

    def folder_in(self, folder):
        """Return this run's subfolder, or None if there is no folder."""
        name = (f'{self.problem} {self.length} {self.layer} {self.rate:g} '
                f'{self.seed}')
        return folder and os.path.join(folder, name.replace(' ', '-'))


@dataclass(frozen=True)
class Result:
    """The result of a run.

    Attributes
    ----------
    run : :class:`Run`
    curve : list of (int, float)
        Updates done and measure of the held-out sequences.
    solved : int or None
        Updates after which the problem was solved.
    fresh : float
        The final measure on sequences never used before.
    parameters : int
        The number of trained parameters.
    seconds : float
        The processor time.

    """

    run: Run
    curve: list[tuple[int, float]]
    solved: int | None
    fresh: float
    parameters: int
    seconds: float

    @property
    def sentence(self):
        outcome = (f'solved after {self.solved} updates' if self.solved
                   else f'not solved in {self.curve[-1][0]} updates')
        return (f'{outcome}, {self.fresh:.4f} on fresh sequences '
                f'({self.seconds:.0f} s)')

    @property
    def rank(self):
        """A sort key that puts better results first."""
        lowest = min(measure for _, measure in self.curve)
        return self.solved is None, self.solved or lowest


def result_of(run, main_loop, solved, fresh, seconds):
    """Return the result of a finished main loop.

    Parameters
    ----------
    run : :class:`Run`
    main_loop : :class:`~blocks.main_loop.MainLoop`
        With ``test_measure`` in its log.
    solved : float
        The measure at which the problem is solved.
    fresh, seconds : float
        See :class:`Result`.

    Returns
    -------
    :class:`Result`

    """
    curve = [(updates, float(row['test_measure']))
             for updates, row in sorted(main_loop.log.items())
             if 'test_measure' in row]
    updates, last = curve[-1]
    values = main_loop.model.get_parameter_values().values()
    return Result(run, curve, updates if last <= solved else None, fresh,
                  parameters=sum(value.size for value in values),
                  seconds=round(seconds, 1))


class Log:
    """Results of finished runs, one line of JSON each.

    Parameters
    ----------
    path : str
        The file, which is read if it exists. A truncated last line is
        ignored.

    Raises
    ------
    UserError
        If the file cannot be read or is not such a log.

    """

    def __init__(self, path):
        self.path = path
        self.results = {}
        for line in self._complete_lines():
            try:
                entry = json.loads(line)
                entry['run'] = Run(**entry['run'])
                entry['curve'] = [tuple(point) for point in entry['curve']]
                result = Result(**entry)
            except (ValueError, KeyError, TypeError) as error:
                raise UserError(
                    f'{path} is not a log of this demo, or is damaged '
                    f'({error}); choose another folder with --save-to'
                    ) from error
            self.results[result.run] = result

    def _complete_lines(self):
        try:
            with open(self.path, encoding='utf-8') as file:
                *lines, cut_off = file.read().split('\n')
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f'cannot read {self.path} ({error}); choose '
                            f'another folder with --save-to') from error
        if cut_off:
            self._write('w', lines)
        return lines

    def _write(self, mode, lines):
        try:
            with open(self.path, mode, encoding='utf-8') as file:
                file.writelines(line + '\n' for line in lines)
        except OSError as error:
            raise UserError(f'cannot write {self.path}: {error.strerror}; '
                            f'choose another folder with --save-to') from error

    def add(self, result):
        """Add a result, written to disk at once."""
        self._write('a', [json.dumps(asdict(result))])
        self.results[result.run] = result

    def __contains__(self, run):
        return run in self.results

    def __getitem__(self, run):
        return self.results[run]

    def of(self, runs):
        """Return the results of those runs that are finished."""
        return [self[run] for run in runs if run in self]

    @classmethod
    def all_of(cls, folders):
        """Return the results in the logs of several folders.

        Raises
        ------
        UserError
            If a folder has none.

        """
        found = []
        for folder in folders:
            results = cls(os.path.join(folder, 'runs.jsonl')).results
            if not results:
                raise UserError(f'{folder} has no finished runs of this '
                                f'demo; --beside takes folders that were '
                                f'given as --save-to')
            found += results.values()
        return found


class Interrupted(KeyboardInterrupt):
    """A signal ended a run; its number is the argument."""

    @property
    def number(self):
        """The number of the signal."""
        return self.args[0]


class Unfinished(list):
    """The results of some of the runs, for the exit code.

    Parameters
    ----------
    results : list of :class:`Result`
    interrupted_by : int
        The number of the signal.

    """

    def __init__(self, results, interrupted_by):
        super().__init__(results)
        self.interrupted_by = interrupted_by


def grouped(results, *fields):
    """Group results by fields of their runs, in order of first appearance.

    Parameters
    ----------
    results : list of :class:`Result`
    *fields : str
        Attributes of :class:`Run`.

    Returns
    -------
    dict of tuple to list of :class:`Result`

    """
    groups = {}
    for result in results:
        key = tuple(getattr(result.run, field) for field in fields)
        groups.setdefault(key, []).append(result)
    return groups


def table(results):
    """Format the updates needed, with a line per problem, length and layer.

    A dash means that the updates did not suffice; the lowest measure reached
    follows it. For several seeds, a cell has the mean and the range over the
    seeds that solved the problem, and their number.

    """
    rates = sorted({result.run.rate for result in results}, reverse=True)
    lines = [['problem', 'steps', 'layer', 'parameters',
              *(f'rate {rate:g}' for rate in rates)]]
    for key, group in grouped(results, 'problem', 'length', 'layer').items():
        at = grouped(group, 'rate')
        lines.append([*map(str, key), str(group[0].parameters),
                      *(_cell(at.get((rate,), [])) for rate in rates)])
    widths = [max(map(len, column)) for column in zip(*lines)]
    return '\n'.join(
        '  '.join(cell.ljust(width) for cell, width in zip(line, widths)
                  ).rstrip() for line in lines)


def _cell(results):
    """Format the results of all seeds."""
    if not results:
        return ''
    solved = [result.solved for result in results if result.solved]
    if not solved:
        lowest = min(measure for result in results
                     for _, measure in result.curve)
        return f'- ({lowest:.3f})'
    if len(results) == 1:
        return str(solved[0])
    return (f'{sum(solved) / len(solved):.0f} ({min(solved)} to '
            f'{max(solved)}), {len(solved)} of {len(results)}')
