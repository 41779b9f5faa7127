"""PyYAML with the default loader of releases before 6."""
import yaml

from . import stand_in


def load(stream, Loader=None):
    """Load a document; without a loader, one that builds no objects."""
    return yaml.load(stream, Loader or yaml.FullLoader)


def load_all(stream, Loader=None):
    return yaml.load_all(stream, Loader or yaml.FullLoader)


def dump(data, stream=None, Dumper=yaml.Dumper, default_flow_style=None,
         **kwargs):
    """Dump, with innermost collections on one line by default."""
    return yaml.dump(data, stream, Dumper=Dumper,
                     default_flow_style=default_flow_style, **kwargs)


stand_in(__name__, 'yaml', ['load', 'load_all', 'dump'])
