"""The interface of training algorithms."""
from abc import ABC, abstractmethod


class TrainingAlgorithm(ABC):
    """Base class of training algorithms.

    A main loop calls :meth:`initialize` once, before the first batch, then
    :meth:`process_batch` with each batch.

    """

    @abstractmethod
    def initialize(self):
        """Prepare for training, e.g. compile."""

    @abstractmethod
    def process_batch(self, batch):
        """Process a batch.

        Parameters
        ----------
        batch : dict of (str, :class:`~numpy.ndarray`)
            The data by source.

        """

    def resume(self):
        """Prepare to resume training, possibly in a new process.

        Called instead of :meth:`initialize` when training is resumed. By
        default it does nothing.

        """
