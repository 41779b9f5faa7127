"""Checkpoints that are resumed in a different folder."""
import os
from typing import NamedTuple


class Move(NamedTuple):
    """The folders in which a checkpoint was saved and from which it is loaded.

    Parameters
    ----------
    working : str
        The working folder of the process that saved it, to which relative
        paths refer.
    old, new : str
        The folder that it was saved in, and the one it was loaded from.

    """

    working: str
    old: str
    new: str

    def __call__(self, path):
        """Return the new path of a file; files outside the folder do not move.

        Examples
        --------
        >>> move = Move('/home', '/home/run', '/backup')
        >>> [move(path) for path in ('run/a.tar', '/home/run/b/c', 'data')]
        ['/backup/a.tar', '/backup/b/c', '/home/data']

        """
        path = os.path.normpath(os.path.join(self.working, path))
        inside = os.path.relpath(path, self.old)
        if inside.split(os.sep)[0] == os.pardir:
            return path
        return os.path.join(self.new, inside)


class WritesFiles:
    """Mixin of extensions with paths that move with the checkpoint."""

    _moves = ()

    def place(self, path):
        """Return the current path of a file, given its path at the start."""
        for move in self._moves:
            path = move(path)
        return path

    def relocate(self, move):
        """Use the new folder of the checkpoint; see :func:`relocate`."""
        self._moves += (move,)


def relocate(main_loop, path):
    """Let a loaded main loop write next to the file it was loaded from.

    Files that it would write into the folder of its checkpoint, or below, are
    written to the folder of `path` instead; other relative paths refer to the
    working folder of the process that saved it.

    Parameters
    ----------
    main_loop : :class:`.MainLoop`
        The main loop. If no :class:`.Checkpoint` has saved it, it does not
        change.
    path : str
        The file it was loaded from.

    """
    working, saved_as = getattr(main_loop, 'saved_as', None) or (None, None)
    if saved_as is None:
        return
    move = Move(working, os.path.dirname(saved_as),
                os.path.dirname(os.path.abspath(path)))
    if (move.old, move.working) == (move.new, os.getcwd()):
        return
    for extension in with_parts(main_loop.extensions):
        if isinstance(extension, WritesFiles):
            extension.relocate(move)


def with_parts(extensions):
    """Return all extensions, and the parts of composite ones."""
    for extension in extensions:
        yield extension
        yield from with_parts(getattr(extension, 'sub_extensions', ()))
