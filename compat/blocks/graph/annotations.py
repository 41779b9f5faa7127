"""The annotations of variables, where Blocks 0.2 has them."""
from ..annotations import Annotation, add_annotation

__all__ = ('Annotation', 'add_annotation')
