"""An ONNX graph that grows node by node."""
import numpy

#: Supported by ``onnxruntime`` since 1.14 (2023), also in browsers.
OPSET = 18

_EXTRA = ('to_onnx: the package {} is missing; install it by '
          'pip install "blocks-rnn-bricks[onnx]"')


def require(name):
    """Import a package of the extra.

    Parameters
    ----------
    name : {'onnx', 'onnxruntime'}

    Returns
    -------
    module

    Raises
    ------
    ImportError
        If it is missing; the message names the extra.

    """
    try:
        if name == 'onnx':
            import onnx
            return onnx
        import onnxruntime
        return onnxruntime
    except ImportError as error:
        if error.name not in (None, name):
            raise
        raise ImportError(_EXTRA.format(name)) from error


class OnnxGraph:
    """Nodes and initializers of a graph, or of the body of a loop.

    Parameters
    ----------
    parent : :class:`OnnxGraph`, optional
        The graph that contains this one as a body. It holds the initializers
        of both, and names are unique across both.

    Attributes
    ----------
    nodes : list of ``onnx.NodeProto``
    initializers : dict
        Arrays by name.

    """

    def __init__(self, parent=None):
        self.helper = require('onnx').helper
        self.nodes = []
        self.initializers = {} if parent is None else parent.initializers
        self._taken = set() if parent is None else parent._taken
        self._constants = {} if parent is None else parent._constants
        self._flipped = {}
        self._made = {}

    def unused(self, base):
        """Return an unused name derived from another."""
        name, number = base, 1
        while name in self._taken:
            number += 1
            name = '{}_{}'.format(base, number)
        self._taken.add(name)
        return name

    def node(self, operator, *inputs, **options):
        """Add a node, or find one that does the same.

        Parameters
        ----------
        operator : str
        *inputs : str
            Names of values; an empty string omits an optional input.
        outputs : int, optional
            The number of outputs, 1 by default.
        name : str, optional
            The name of the node, which appears in messages of the runtime. A
            named node is always a new one.
        **options
            Attributes of the node.

        Returns
        -------
        str or list of str
            The name of the output, or a list of names if there are several.

        """
        count = options.pop('outputs', 1)
        label = options.pop('name', None)
        key = None
        if count == 1 and label is None:
            key = operator, inputs, repr(sorted(options.items()))
            if key in self._made:
                return self._made[key]
        label = label or operator
        label = self.unused(label)
        outputs = [self.unused('{}:{}'.format(label, position))
                   for position in range(count)]
        self.nodes.append(self.helper.make_node(
            operator, list(inputs), outputs, name=label, **options))
        if count > 1:
            return outputs
        if key is not None:
            self._made[key] = outputs[0]
        return outputs[0]

    def constant(self, value, dtype='int64'):
        """Return the name of an initializer that holds a small array."""
        array = numpy.asarray(value, dtype=dtype)
        key = array.dtype.str, array.shape, array.tobytes()
        if key not in self._constants:
            self._constants[key] = self.initializer('constant', array)
        return self._constants[key]

    def initializer(self, base, array):
        """Add an array under a name or, if it is taken, a similar one."""
        name = self.unused(base)
        self.initializers[name] = numpy.ascontiguousarray(array).reshape(
            numpy.shape(array))
        return name

    def cast(self, name, dtype):
        """Convert a value."""
        return self.node('Cast', name, to=tensor_type(dtype))

    def squeeze(self, name, *axes):
        """Remove axes of length 1."""
        return self.node('Squeeze', name, self.constant(axes))

    def unsqueeze(self, name, *axes):
        """Add axes of length 1 at the given positions of the result."""
        return self.node('Unsqueeze', name, self.constant(axes))

    def concat(self, names, axis):
        """Join values along an axis."""
        return names[0] if len(names) == 1 else self.node(
            'Concat', *names, axis=axis)

    def slice(self, name, axis, start, stop, step=1):
        """Take a part of a value along an axis."""
        return self.node('Slice', name, *(
            self.constant([number]) for number in (start, stop, axis, step)))

    def flip(self, name):
        """Reverse the first axis; two reversals cancel."""
        if name not in self._flipped:
            limits = numpy.iinfo('int64')
            flipped = self.slice(name, 0, limits.max, limits.min, -1)
            self._flipped[name] = flipped
            self._flipped[flipped] = name
        return self._flipped[name]

    def needed(self, outputs):
        """Drop the nodes that no output depends on."""
        wanted, kept = set(outputs), []
        for node in reversed(self.nodes):
            if wanted.intersection(node.output):
                kept.append(node)
                wanted.update(used_by(node))
        self.nodes = kept[::-1]
        return wanted


def used_by(node):
    """List the values that a node reads, those of its bodies included."""
    names = list(node.input)
    for attribute in node.attribute:
        for inside in attribute.g.node:
            names += used_by(inside)
    return names


def tensor_type(dtype):
    """Return ONNX' number for a dtype."""
    return require('onnx').helper.np_dtype_to_tensor_dtype(
        numpy.dtype(dtype))
