"""The interface of training algorithms."""
from abc import ABC, abstractmethod


class TrainingAlgorithm(ABC):
    """The base of training algorithms.

    A main loop calls :meth:`initialize` once, before the first batch, then
    :meth:`process_batch` with each batch.

    """

    @abstractmethod
    def initialize(self):
        """Get ready, e.g. compile."""

    @abstractmethod
    def process_batch(self, batch):
        """Learn from a batch.

        Parameters
        ----------
        batch : dict of (str, :class:`~numpy.ndarray`)
            The data by source.

        """

    def resume(self):
        """Get ready to go on, maybe in a new process.

        Called in place of :meth:`initialize` when training was begun
        before. By default nothing is done.

        """
