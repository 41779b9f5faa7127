"""Interfaces of bricks: dimensions, schemes, randomness."""
import numpy
from theano.sandbox.rng_mrg import MRG_RandomStreams

from ..config import config
from ..initialization import check_scheme
from ..utils.checks import check_flag, check_number
from .base import Brick, _Brick, lazy
from .laziness import LazyNone
from .ownership import describe

_MAX_SEED = numpy.iinfo(numpy.int32).max


class ActivationDocumentation(_Brick):
    """Documents classes of activations that have no docstring."""

    def __new__(mcs, name, bases, namespace):
        function = name.lower()
        namespace.setdefault('__doc__',
                             f'Apply the {function} function elementwise.')
        if 'apply' in namespace and not namespace['apply'].__doc__:
            namespace['apply'].__doc__ = f"""Apply {function} elementwise.

                Parameters
                ----------
                input_ : :class:`~tensor.TensorVariable`
                    Any number of dimensions.

                Returns
                -------
                output : :class:`~tensor.TensorVariable`
                    The result, in the shape of `input_`.
                """
        return super().__new__(mcs, name, bases, namespace)


class Activation(Brick, metaclass=ActivationDocumentation):
    """The base class of elementwise functions."""


class Feedforward(Brick):
    """A brick with one input and one output.

    Attributes
    ----------
    input_dim : int
        The length of the last axis of the input.
    output_dim : int
        The length of the last axis of the output.

    """

    def __getattr__(self, name):
        if name in ('input_dim', 'output_dim') and not hasattr(type(self),
                                                               name):
            raise AttributeError(
                f'{describe(self)} has no {name}, though bricks of the '
                'Feedforward interface must; set it as an attribute or '
                'define a property')
        # Raise the message of the property, as in the first look-up.
        return object.__getattribute__(self, name)


class _Seed:
    """A seed that can be set once, or else is drawn on first use.

    It is drawn from ``seed_rng`` of the object. Initialisation and the
    graph have separate seeds.

    Parameters
    ----------
    generator : str
        The attribute of the generator that uses the seed.

    """

    def __init__(self, generator):
        self.generator = generator
        self.__doc__ = f'The seed of :attr:`{generator}`; it can be set once.'

    def __set_name__(self, owner, name):
        self.name = name
        self.slot = f'_{name}'

    def __get__(self, brick, owner=None):
        if brick is None:
            return self
        if vars(brick).get(self.slot) is None:
            setattr(brick, self.slot, brick.seed_rng.randint(_MAX_SEED))
        return vars(brick)[self.slot]

    def __set__(self, brick, seed):
        if self.slot in vars(brick):
            raise AttributeError(
                f'{describe(brick)}: {self.name} already set, to '
                f'{vars(brick)[self.slot]}; assign {self.generator} '
                'instead')
        if seed is not None:
            self._check(type(brick).__name__, seed)
        setattr(brick, self.slot, seed)

    def _check(self, who, seed):
        """Raise unless a seed is an integer, or several."""
        if isinstance(seed, (list, tuple, numpy.ndarray)) and len(seed):
            if numpy.asarray(seed).dtype.kind not in 'iu':
                raise TypeError(f'{who}: {self.name} must be an integer or a '
                                f'list of integers, got {seed!r}')
            return
        check_number(who, self.name, seed, int, least=0, most=2 ** 32 - 1)


class _Generator:
    """A random number generator, created from a seed on first use.

    Parameters
    ----------
    make : callable
        Returns a generator for a seed.
    seed : str
        The attribute of the seed.
    doc : str
        The documentation of the attribute.

    """

    def __init__(self, make, seed, doc):
        self.make = make
        self.seed = seed
        self.__doc__ = doc

    def __set_name__(self, owner, name):
        self.slot = f'_{name}'

    def __get__(self, brick, owner=None):
        if brick is None:
            return self
        if vars(brick).get(self.slot) is None:
            self.__set__(brick, self.make(getattr(brick, self.seed)))
        return vars(brick)[self.slot]

    def __set__(self, brick, generator):
        setattr(brick, self.slot, generator)


class RNGMixin:
    """Seeds and random numbers for initialisation.

    Unless a seed is given, each object draws one from :attr:`seed_rng`, a
    generator common to all of them and seeded with ``config.default_seed``.

    """

    seed_rng = numpy.random.RandomState(config.default_seed)

    seed = _Seed('rng')
    rng = _Generator(
        numpy.random.RandomState, 'seed',
        'The :class:`numpy.random.RandomState` to initialise with.')


class Initializable(RNGMixin, Brick):
    """A brick that initialises its weights and biases and its children.

    Before initialisation it passes the schemes and the random number
    generator to the children that are also initializable.

    Parameters
    ----------
    weights_init : :class:`~blocks.initialization.NdarrayInitialization`
        The scheme for weights. Required by :meth:`~Brick.initialize`.
    biases_init : :class:`~blocks.initialization.NdarrayInitialization`
        The scheme for biases. Required by :meth:`~Brick.initialize` if
        there are biases.
    use_bias : bool, optional
        Whether to have biases. They are used unless this is ``False``.
    seed : int, optional
        The seed of the generator; see :class:`RNGMixin`.

    Attributes
    ----------
    has_biases : bool
        A class sets it to ``False`` if its bricks have no biases; then
        `biases_init` and `use_bias` are refused.

    """

    has_biases = True

    @lazy()
    def __init__(self, weights_init=None, biases_init=None, use_bias=None,
                 seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        if use_bias is not None:
            self.use_bias = check_flag(type(self).__name__, 'use_bias',
                                       use_bias)
        for argument, scheme in [('weights_init', weights_init),
                                 ('biases_init', biases_init)]:
            if scheme is not None and not isinstance(scheme, LazyNone):
                check_scheme(type(self).__name__, argument, scheme)
        self.weights_init = weights_init
        if self.has_biases:
            self.biases_init = biases_init
            return
        if use_bias or biases_init is not None:
            raise ValueError(f'{describe(self)} has no biases; omit '
                             'biases_init and use_bias')

    def _push_initialization_config(self):
        schemes = {name: getattr(self, name, None)
                   for name in ('weights_init', 'biases_init')}
        for child in self.children:
            if not isinstance(child, Initializable):
                continue
            child.rng = self.rng
            if schemes['weights_init']:
                child.weights_init = schemes['weights_init']
            if schemes['biases_init'] and hasattr(child, 'biases_init'):
                child.biases_init = schemes['biases_init']

    def _require_schemes(self, *names):
        r"""Raise an error if a scheme is missing at initialisation.

        Parameters
        ----------
        \*names : str
            The attributes that hold the schemes, such as ``weights_init``.

        Raises
        ------
        ValueError
            If one of them is None.

        """
        missing = [name for name in names if getattr(self, name) is None]
        if missing:
            raise ValueError(
                f'{describe(self)}: no initialization scheme; set '
                f'{" and ".join(missing)} on it, or on a parent, e.g. to '
                'blocks.initialization.IsotropicGaussian(0.01)')


class LinearLike(Initializable):
    """A brick whose parameters are weights and possibly biases, in this order.

    Subclasses may override :attr:`W` and :attr:`b` to transform parameters
    before use; initialisation acts on the parameters themselves.

    """

    @property
    def W(self):
        """The weights."""
        return self.parameters[0]

    @property
    def b(self):
        """The biases; an AttributeError if `use_bias` is ``False``."""
        if not getattr(self, 'use_bias', True):
            raise AttributeError(f'{describe(self)}: use_bias is False, so it '
                                 'has no b')
        return self.parameters[1]

    def _initialize(self):
        # The biases come first: they share a generator with the weights, so
        # the order determines the numbers that each receives.
        weights, *biases = self.parameters
        if not getattr(self, 'use_bias', True):
            self._require_schemes('weights_init')
        else:
            self._require_schemes('weights_init', 'biases_init')
            self.biases_init.initialize(biases[0], self.rng)
        self.weights_init.initialize(weights, self.rng)


class Random(Brick):
    """A brick that draws random numbers in its graph.

    Parameters
    ----------
    theano_seed : int or list, optional
        The seed of :attr:`theano_rng`. If not given, one is drawn from a
        generator common to all bricks, which ``config.default_seed`` seeds.

    """

    seed_rng = numpy.random.RandomState(config.default_seed)
    theano_seed = _Seed('theano_rng')
    theano_rng = _Generator(
        MRG_RandomStreams, 'theano_seed',
        'The :class:`~theano.sandbox.rng_mrg.MRG_RandomStreams`.')

    def __init__(self, theano_seed=None, **kwargs):
        super().__init__(**kwargs)
        self.theano_seed = theano_seed
