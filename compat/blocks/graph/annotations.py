"""The annotations of variables, under the path of Blocks 0.2."""
from ..annotations import Annotation, add_annotation

__all__ = ('Annotation', 'add_annotation')
