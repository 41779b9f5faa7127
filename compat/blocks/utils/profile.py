"""The time that a main loop spends in its parts.

A :class:`Profile` adds up the seconds of named sections, which may be
nested. :class:`Timer` times one.

Examples
--------
>>> profile = Profile()
>>> with Timer('training', profile):
...     for _ in range(3):
...         with Timer('read_data', profile):
...             pass
>>> list(profile.order)
[('training',), ('training', 'read_data')]
>>> profile.total['training',] >= profile.total['training', 'read_data']
True

"""
import sys
from collections import defaultdict
from timeit import default_timer

ROW = '{:30}{:15.2f}{:15.2%}'
HEADER = '{:30}{:>15}{:>15}'


class Profile:
    """Seconds spent in sections, by their paths of names.

    Attributes
    ----------
    total : dict of (tuple of str, float)
        Seconds per path; 0 for a path that was never entered.
    current : list of str
        The path of the section being timed.
    order : dict
        Its keys are the paths in the order of their first visit.

    """

    def __init__(self):
        self.total = defaultdict(float)
        self.current = []
        self.order = {}

    def enter(self, name):
        """Begin a section within the current one."""
        self.current.append(name)
        self.order.setdefault(tuple(self.current))

    def exit(self, t):
        """End the current section, which took `t` seconds."""
        self.total[tuple(self.current)] += t
        self.current.pop()

    def report(self, f=None):
        """Write a table of seconds and fractions of the total.

        Parameters
        ----------
        f : file, optional
            The file to write to, by default ``sys.stderr``.

        """
        lines = [HEADER.format('Section', 'Time', '% of total'), '-' * 60]
        whole = sum(seconds for path, seconds in self.total.items()
                    if len(path) == 1)
        if whole:
            lines += [ROW.format('  ' * depth + title, seconds,
                                 seconds / whole)
                      for depth, title, seconds in self._sections(())]
        else:
            lines.append('Nothing was timed.')
        print('\n'.join(lines), file=sys.stderr if f is None else f)

    def _sections(self, parent):
        """Yield (depth, title, seconds) of everything in a section."""
        depth = len(parent)
        children = [path for path in self.order
                    if len(path) == depth + 1 and path[:depth] == parent]
        for path in children:
            title = path[-1].replace('_', ' ')
            yield depth, title[:1].upper() + title[1:], self.total[path]
            yield from self._sections(path)
        if parent and children:
            known = sum(self.total[path] for path in children)
            yield depth, 'Other', self.total[parent] - known


class Timer:
    """Times a ``with`` block and adds its seconds to a profile.

    Parameters
    ----------
    name : str
        The section's name, a valid name of a variable.
    profile : :class:`Profile`
        The profile to update.

    """

    __slots__ = 'name', 'profile', 'start'

    def __init__(self, name, profile):
        self.name, self.profile = name, profile

    def __enter__(self):
        self.profile.enter(self.name)
        self.start = default_timer()
        return self

    def __exit__(self, *exc_info):
        self.profile.exit(default_timer() - self.start)
