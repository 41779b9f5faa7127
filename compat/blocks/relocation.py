"""Checkpoints that are resumed from another folder than they were made in."""
import os
from typing import NamedTuple


class Move(NamedTuple):
    """From where a checkpoint was saved to where it was loaded.

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
        """Where a file is now; those outside of the folder have stayed.

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
        """Where the file is that had some path when training began."""
        for move in self._moves:
            path = move(path)
        return path

    def relocate(self, move):
        """Follow the checkpoint: see :func:`relocate`."""
        self._moves += (move,)


def relocate(main_loop, path):
    """Let a loaded main loop write beside the file it was loaded from.

    Files that it would write into the folder of its checkpoint, or below,
    go into the folder of `path` instead, those with relative paths to where
    these led when it was saved.

    Parameters
    ----------
    main_loop : :class:`.MainLoop`
        The main loop. One that no :class:`.Checkpoint` has saved stays as
        it is.
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
    """All extensions, with those that composite ones are made of."""
    for extension in extensions:
        yield extension
        yield from with_parts(getattr(extension, 'sub_extensions', ()))
