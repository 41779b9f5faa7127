"""Base classes of transformers.

============================== =======================================
Base class                     Methods that a subclass defines
============================== =======================================
Transformer                    ``transform_example`` or
                               ``transform_batch``, or both
AgnosticTransformer            ``transform_any``
SourcewiseTransformer          ``transform_source_example`` or
                               ``transform_source_batch``, or both
AgnosticSourcewiseTransformer  ``transform_any_source``
============================== =======================================

"""
import inspect
import logging
from abc import ABC, abstractmethod

from fuel.exceptions import AxisLabelsMismatchError
from fuel.streams import AbstractDataStream
from fuel.transformers.wrapping import KIND
from fuel.utils.attributes import settable
from fuel.utils.checks import as_source_names, check_stream, refuse_request

logger = logging.getLogger(__name__)


class ExpectsAxisLabels:
    """Mixin for transformers that rely on the meaning of axes."""

    def verify_axis_labels(self, expected, actual, source_name):
        """Check the axis labels of a source, once per source.

        Parameters
        ----------
        expected : tuple of str
            The names that the transformer relies on.
        actual : tuple of str or None
            The names that the stream declares. With `None` a warning is
            logged.
        source_name : str
            The source in question.

        Raises
        ------
        AxisLabelsMismatchError
            If the names differ.

        """
        verified = self.__dict__.setdefault('_verified_axis_labels', set())
        if source_name in verified:
            return
        if actual is None:
            logger.warning("%s expects source %r to have the axes %s, but "
                           "the stream doesn't name its axes",
                           type(self).__name__, source_name, expected)
        elif tuple(actual) != tuple(expected):
            raise AxisLabelsMismatchError(
                f"{type(self).__name__} expects source {source_name!r} to "
                f"have the axes {expected}, got {actual}")
        verified.add(source_name)


class Transformer(AbstractDataStream):
    """A stream that wraps another stream.

    Parameters
    ----------
    data_stream : AbstractDataStream
        The stream to wrap.
    produces_examples : bool, optional
        Whether the transformer yields examples, not batches. It can be omitted
        if there is an iteration scheme.
    iteration_scheme : IterationScheme, optional
        The requests to the transformer itself.
    axis_labels : dict, optional
        The names of the axes of each source.

    Attributes
    ----------
    data_stream : AbstractDataStream
        The wrapped stream.
    child_epoch_iterator : iterator
        The current epoch of the wrapped stream.

    Notes
    -----
    A subclass that makes batches of examples or vice versa, or that uses
    requests, overrides :meth:`get_data`. If it keeps state within an epoch, it
    resets it in :meth:`begin_epoch` and names the attributes in the class
    attribute `epoch_state`, a tuple of strings.

    """

    epoch_state = ('child_epoch_iterator',)

    def __new__(cls, *args, **kwargs):
        # Before a subclass uses the stream.
        try:
            given = inspect.signature(cls.__init__).bind_partial(
                None, *args, **kwargs).arguments
        except TypeError:  # the constructor raises it, too
            given = {}
        if 'data_stream' in given:
            check_stream(cls.__name__, given['data_stream'])
        return super().__new__(cls)

    def __init__(self, data_stream, produces_examples=None, **kwargs):
        super().__init__(**kwargs)
        if produces_examples is not None:
            self.produces_examples = produces_examples
        self.data_stream = data_stream

    sources = settable('_sources', lambda stream: stream.data_stream.sources,
                       'By default the sources of the wrapped stream.')

    def resume_epoch(self, kept, requests):
        if not self._interleaves:
            self._refuse_to_interleave()
        super().resume_epoch(kept, requests)

    def next_epoch(self):
        self.begin_epoch()
        self.data_stream.next_epoch()

    def reset(self):
        self.begin_epoch()
        self.data_stream.reset()

    def close(self):
        self.data_stream.close()

    def begin_epoch(self):
        """Discard the state of the previous epoch."""

    def get_epoch_iterator(self, **kwargs):
        """Begin an epoch, also of the wrapped stream.

        Parameters
        ----------
        as_dict : bool, optional
            Whether to yield dictionaries instead of tuples.

        Returns
        -------
        DataIterator

        """
        self.begin_epoch()
        self.child_epoch_iterator = self.data_stream.get_epoch_iterator()
        return super().get_epoch_iterator(**kwargs)

    def get_data(self, request=None):
        refuse_request(self, request)
        data = next(self.child_epoch_iterator)
        if self.produces_examples != self.data_stream.produces_examples:
            raise NotImplementedError(
                f"{type(self).__name__} is to produce "
                f"{KIND[self.produces_examples]}, but the stream that it "
                "wraps produces "
                f"{KIND[self.data_stream.produces_examples]}")
        if self.produces_examples:
            return self.transform_example(data)
        return self.transform_batch(data)

    def transform_example(self, example):
        """Return the transformed example, a tuple with an item per source."""
        self._refuse('examples')

    def transform_batch(self, batch):
        """Return the transformed batch, a tuple with an item per source."""
        self._refuse('batches')

    def _refuse(self, kind):
        raise NotImplementedError(
            f"{type(self).__name__} doesn't transform {kind}, which the "
            "stream that it wraps produces")


class AgnosticTransformer(Transformer, ABC):
    """A transformer that treats examples and batches alike."""

    def transform_batch(self, batch):
        return self.transform_any(batch)

    def transform_example(self, example):
        return self.transform_any(example)

    @abstractmethod
    def transform_any(self, data):
        """Return the transformed example or batch."""


class SourcewiseTransformer(Transformer):
    """A transformer that processes each source separately.

    Parameters
    ----------
    data_stream : AbstractDataStream
        The stream to wrap.
    produces_examples : bool
        Whether the transformer yields examples, not batches.
    which_sources : tuple of str, optional
        The sources to transform; others are unchanged. All by default. Names
        that the stream does not have are ignored, so that default transformers
        also work for streams with fewer sources.

    """

    def __init__(self, data_stream, produces_examples, which_sources=None,
                 **kwargs):
        self.which_sources = (data_stream.sources if which_sources is None
                              else as_source_names(which_sources, self,
                                                   'which_sources'))
        super().__init__(data_stream, produces_examples, **kwargs)

    def _transform_sources(self, data, method):
        return tuple(
            method(item, source) if source in self.which_sources else item
            for item, source in zip(data, self.data_stream.sources,
                                    strict=True))

    def transform_source_example(self, source_example, source_name):
        """Return the transformed item of one source of an example.

        Parameters
        ----------
        source_example : object
            The item, e.g. an array.
        source_name : str
            The source.

        """
        self._refuse('examples')

    def transform_source_batch(self, source_batch, source_name):
        """Return the transformed items of one source of a batch.

        Parameters
        ----------
        source_batch : object
            The items, e.g. an array.
        source_name : str
            The source.

        """
        self._refuse('batches')

    def transform_example(self, example):
        return self._transform_sources(example, self.transform_source_example)

    def transform_batch(self, batch):
        return self._transform_sources(batch, self.transform_source_batch)


class AgnosticSourcewiseTransformer(AgnosticTransformer,
                                    SourcewiseTransformer):
    """Processes each source separately; treats examples and batches alike."""

    def transform_any(self, data):
        return self._transform_sources(data, self.transform_any_source)

    @abstractmethod
    def transform_any_source(self, source_data, source_name):
        """Return the transformed data of one source.

        Parameters
        ----------
        source_data : object
            The data of one source, for an example or a batch.
        source_name : str
            The source.

        """
