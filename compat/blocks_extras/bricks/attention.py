"""Attention mechanisms."""
from blocks.bricks.attention import AbstractAttention
from blocks.bricks.base import application
from theano import tensor


class SimpleSequenceAttention(AbstractAttention):
    """Attends to one element of a sequence after the other.

    The attended sequence has as many steps as the network takes: step ``t``
    reads its element ``t``. The arguments are those of
    :class:`.AbstractAttention`.

    """

    @application(outputs=['glimpses', 'step'])
    def take_glimpses(self, attended, preprocessed_attended=None,
                      attended_mask=None, step=None, **states):
        """Return the next elements, and their indices plus one.

        Parameters
        ----------
        attended : :class:`~tensor.TensorVariable`, \
shape (time, batch, features)
        preprocessed_attended, attended_mask : optional
            Not used.
        step : :class:`~tensor.TensorVariable`, shape (batch,)
            The indices of the elements.
        **states
            Not used.

        Returns
        -------
        glimpses : :class:`~tensor.TensorVariable`, shape (batch, features)
        step : :class:`~tensor.TensorVariable`, shape (batch,)

        """
        rows = tensor.arange(attended.shape[1])
        return attended[step, rows], step + 1

    @take_glimpses.property('inputs')
    def take_glimpses_inputs(self):
        return ['attended', 'preprocessed_attended', 'attended_mask', 'step',
                *self.state_names]

    @application(outputs=['glimpses', 'step'])
    def initial_glimpses(self, batch_size, attended=None):
        """Return zeros, and the index of the first element, 0.

        Parameters
        ----------
        batch_size : int or :class:`~tensor.TensorVariable`
        attended : optional
            Not used.

        """
        return [tensor.zeros((batch_size, self.attended_dim)),
                tensor.zeros((batch_size,), dtype='int64')]

    def get_dim(self, name):
        """Return the size of a glimpse, see :meth:`.Brick.get_dim`."""
        own = {'step': 0, 'glimpses': self.attended_dim}
        return own[name] if name in own else super().get_dim(name)
