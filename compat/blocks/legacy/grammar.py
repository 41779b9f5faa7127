"""Import fissix, even if it cannot cache its grammar tables.

fissix writes them to the user's cache on first import. If that fails, they
are generated in a temporary folder.

"""
import tempfile
from pathlib import Path

import fissix

try:
    from fissix import pygram  # noqa: F401
except OSError:  # no home, one that is not writable, or a full disk
    with tempfile.TemporaryDirectory() as folder:
        fissix.CACHE_DIR = Path(folder)
        from fissix import pygram  # noqa: F401

from fissix import pytree  # noqa: E402
from fissix.pgen2 import token, tokenize  # noqa: E402
from fissix.pgen2.parse import ParseError  # noqa: E402
from fissix.refactor import RefactoringTool  # noqa: E402

__all__ = ('ParseError', 'RefactoringTool', 'pytree', 'token', 'tokenize')
