"""Chords of a given number of notes."""
import numpy


def draw_chord(energies, temperature, rng, size=4):
    r"""Draw a fixed number of notes that are otherwise independent.

    It replaces :func:`blocks_rnn_bricks.draw_notes` in a
    :class:`~blocks_rnn_bricks.Sampler`, but conditions on one note for each
    voice. A chord :math:`S` has the probability

    .. math:: p(S) \propto \prod_{k \in S} e^{a_k / \tau},

    where :math:`a_k` are the energies and :math:`\tau` is the temperature.
    Keys are drawn one by one from the lowest; the sum over all chords that
    are still possible gives the probability of each key.

    Parameters
    ----------
    energies : :class:`numpy.ndarray`
        (B, K), log odds of the notes.
    temperature : float
        The divisor of the energies; 0 takes the most probable chord.
    rng : :class:`numpy.random.RandomState`
        The source of random numbers.
    size : int, optional
        The number of notes in a chord, at most K.

    Returns
    -------
    :class:`numpy.ndarray`
        (B, K), 0 or 1, with the dtype of the energies.

    """
    batch, keys = energies.shape
    notes, rows = numpy.zeros_like(energies), numpy.arange(batch)
    if temperature == 0:
        best = numpy.argsort(-energies, axis=1)[:, :size]
        notes[rows[:, None], best] = 1
        return notes
    weights = energies.T.astype('float64') / temperature
    # The log of the sum over all chords of j notes among the keys from k on.
    chords = numpy.full((keys + 1, size + 1, batch), -numpy.inf)
    chords[:, 0] = 0
    for key in reversed(range(keys)):
        chords[key, 1:] = numpy.logaddexp(
            chords[key + 1, 1:], weights[key] + chords[key + 1, :-1])
    missing = numpy.full(batch, size)
    for key in range(keys):
        open_ = missing > 0
        with_key = weights[key] + chords[key + 1, missing - 1, rows]
        share = numpy.exp(numpy.where(
            open_, with_key - chords[key, missing, rows], -numpy.inf))
        drawn = rng.uniform(size=batch) < share
        notes[drawn, key] = 1
        missing -= drawn
    return notes
