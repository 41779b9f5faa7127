r"""The lattice of connectionist temporal classification, and its search.

A sequence of labels :math:`l` is extended to a *path* :math:`l' = (-, l_1, -,
l_2, -, \ldots, -)`, with blanks, :math:`-`, between and around the labels
[1]_. An alignment moves along it from left to right, with one position per
frame: from :math:`s` to itself, to :math:`s + 1`, or over a blank to :math:`s
+ 2` if the labels on both sides of it differ. It begins at one of the first
two positions and ends at one of the last two.

All lattices hold logarithms in double precision, whatever the dtype of the
energies: over a thousand frames they reach thousands of nats, for which single
precision has only three decimals.

.. [1] A. Graves, S. Fernandez, F. Gomez and J. Schmidhuber, "Connectionist
   temporal classification: labelling unsegmented sequence data with
   recurrent neural networks", ICML 2006.

"""
import math

import numpy

from rnn_kernels.compiled import compiled

_NEVER = -math.inf


@compiled
def costs_and_gradients(energies, valid, labels, valid_labels, blank, costs,
                        gradients):
    r"""Compute :math:`-\log p(l | x)` and its gradient for a batch.

    Parameters
    ----------
    energies : numpy.ndarray, shape (T, B, K)
        The input of the softmax.
    valid : numpy.ndarray of bool, shape (T, B)
        True at the valid frames.
    labels : numpy.ndarray of int64, shape (L, B)
        Classes other than the blank.
    valid_labels : numpy.ndarray of bool, shape (L, B)
        True at the valid labels.
    blank : int
        The class of the blank.
    costs : numpy.ndarray, shape (B,)
        Output: the costs, infinite where no alignment exists.
    gradients : numpy.ndarray, shape (T, B, K) or (0, 0, 0)
        Output, initially zeros: the gradients with respect to the energies;
        not computed if it has size 0. They stay zero where no alignment
        exists.

    """
    for row in range(energies.shape[1]):
        frames = numpy.flatnonzero(valid[:, row])
        scores = log_softmax(energies, frames, row)
        path = _path(labels[:, row], valid_labels[:, row], blank)
        forward = _forward(scores, path)
        score = _final_score(forward)
        costs[row] = -score
        if gradients.size and score != _NEVER:
            backward = _backward(scores, path)
            for n, frame in enumerate(frames):
                gradient = gradients[frame, row]
                for k in range(len(gradient)):
                    gradient[k] = math.exp(scores[n, k])
                for s in range(len(path)):
                    gradient[path[s]] -= math.exp(
                        forward[n, s] + backward[n, s] - score)


@compiled
def log_softmax(energies, frames, row):
    """Compute log-probabilities of some frames of a sequence.

    Parameters
    ----------
    energies : numpy.ndarray, shape (T, B, K)
    frames : numpy.ndarray of int64, shape (N,)
    row : int
        The index of the sequence.

    Returns
    -------
    numpy.ndarray of float64, shape (N, K)

    """
    classes = energies.shape[2]
    scores = numpy.empty((len(frames), classes))
    for n, frame in enumerate(frames):
        largest = _NEVER
        for k in range(classes):
            scores[n, k] = energies[frame, row, k]
            largest = max(largest, scores[n, k])
        total = 0.
        for k in range(classes):
            total += math.exp(scores[n, k] - largest)
        scores[n] -= largest + math.log(total)
    return scores


@compiled
def _path(labels, valid, blank):
    """Put blanks between and around the valid labels."""
    path = numpy.full(2 * valid.sum() + 1, blank)
    path[1::2] = labels[valid]
    return path


@compiled
def _skips(path, s):
    """Return whether position s may follow position s - 2."""
    return s % 2 == 1 and s > 1 and path[s] != path[s - 2]


@compiled
def _add(a, b):
    """Return the logarithm of exp(a) + exp(b)."""
    if a < b:
        a, b = b, a
    if b == _NEVER:
        return a
    return a + math.log1p(math.exp(b - a))


@compiled
def _forward(scores, path):
    """Compute forward log-probabilities by frame and position.

    Returns
    -------
    numpy.ndarray, shape (N, S)
        ``[n, s]`` is the log-probability of all alignments up to and including
        frame n that are at position s of the path at frame n.

    """
    frames, places = len(scores), len(path)
    forward = numpy.full((frames, places), _NEVER)
    for n in range(frames):
        # Positions that the path can reach, and reach the end from, in time.
        for s in range(max(0, places - 2 * (frames - n)),
                       min(places, 2 * n + 2)):
            if n == 0:
                before = 0.
            else:
                before = forward[n - 1, s]
                if s > 0:
                    before = _add(before, forward[n - 1, s - 1])
                if _skips(path, s):
                    before = _add(before, forward[n - 1, s - 2])
            forward[n, s] = before + scores[n, path[s]]
    return forward


@compiled
def _backward(scores, path):
    """Compute backward log-probabilities by frame and position.

    Returns
    -------
    numpy.ndarray, shape (N, S)
        ``[n, s]`` is the log-probability of all continuations after frame n of
        alignments that are at position s of the path at frame n.

    """
    frames, places = len(scores), len(path)
    backward = numpy.full((frames, places), _NEVER)
    for n in range(frames - 1, -1, -1):
        for s in range(max(0, places - 2 * (frames - n)),
                       min(places, 2 * n + 2)):
            if n == frames - 1:
                backward[n, s] = 0.
                continue
            after = backward[n + 1, s] + scores[n + 1, path[s]]
            if s + 1 < places:
                after = _add(after, backward[n + 1, s + 1] +
                             scores[n + 1, path[s + 1]])
            if s + 2 < places and _skips(path, s + 2):
                after = _add(after, backward[n + 1, s + 2] +
                             scores[n + 1, path[s + 2]])
            backward[n, s] = after
    return backward


@compiled
def _final_score(forward):
    """Return the total log-probability of all alignments."""
    frames, places = forward.shape
    if frames == 0:
        return 0. if places == 1 else _NEVER
    score = forward[-1, -1]
    return score if places == 1 else _add(score, forward[-1, -2])


def search(scores, blank, width, judge=None):
    """Search for the best sequences of labels with a beam of prefixes.

    At each frame, the beam holds prefixes, each with the probability of all
    alignments that end in a blank and of those that end in its last label:
    only after a blank does repeating that label extend the prefix. Prefixes
    are ranked by the logarithm of their probability plus the judge's scores
    of their labels.

    Parameters
    ----------
    scores : numpy.ndarray of float64, shape (N, K)
        Log-probabilities.
    blank : int
        The class of the blank.
    width : int
        Number of prefixes to keep.
    judge : callable, optional
        Given a prefix, a tuple of int, returns a numpy.ndarray of float64,
        (K,): the score of each label as the next one and, in place of the
        blank, the score of the end.

    Returns
    -------
    labels : list of numpy.ndarray of int64
        At most `width` sequences, the best first.
    totals : list of float
        Their log-probabilities plus the judge's scores.

    """
    frames, classes = scores.shape
    # Prefixes are the nodes of a tree; the empty prefix is the root. The rows
    # are parents, last labels, first children, siblings, places in the beam.
    tree = numpy.full((5, 1 + frames * width), -1)
    nodes = 1
    beam = numpy.zeros(1, dtype='int64')
    in_blank, in_label = numpy.zeros(1), numpy.full(1, _NEVER)
    judged = numpy.zeros(1)  # the judge's scores of the labels so far
    prefixes = [()]
    ahead = [judge(())] if judge else []  # and of each next label
    if not judge:
        beam, in_blank, in_label = _extend_all(
            scores, blank, width, tree, beam, in_blank, in_label)
    for n in range(frames if judge else 0):
        nodes, origins, added, beam, in_blank, in_label, judged = _extend(
            scores[n], blank, width, tree, nodes, beam, in_blank, in_label,
            judged, numpy.array(ahead).reshape(len(beam), classes))
        longer = [prefixes[origin] if label == blank
                  else prefixes[origin] + (int(label),)
                  for origin, label in zip(origins, added)]
        ahead = [ahead[origin] if label == blank else judge(prefix)
                 for origin, label, prefix in zip(origins, added, longer)]
        prefixes = longer
    totals = numpy.logaddexp(in_blank, in_label)
    if judge:
        totals += judged + [scores[blank] for scores in ahead]
    best = [place for place in numpy.argsort(-totals, kind='mergesort')
            if totals[place] > _NEVER]
    return ([_read(tree, beam[place]) for place in best],
            [float(totals[place]) for place in best])


@compiled
def _extend(scores, blank, width, tree, nodes, beam, in_blank, in_label,
            judged, following):
    """Process a frame.

    Parameters
    ----------
    scores : numpy.ndarray, shape (K,)
    blank, width : int
    tree : numpy.ndarray of int64, shape (5, W)
        Changed in place.
    nodes : int
        How many columns of the tree are in use.
    beam : numpy.ndarray of int64, shape (B,)
        The nodes of the prefixes.
    in_blank, in_label, judged : numpy.ndarray, shape (B,)
    following : numpy.ndarray, shape (B, K) or more rows
        The judge's scores of each next label.

    Returns
    -------
    nodes : int
    origins, added : numpy.ndarray of int64, shape (C,)
        The place in the old beam of the prefix from which each of the new
        beam is made, and the label added to it, or the blank if none.
    beam, in_blank, in_label, judged
        As above, for the new beam.

    """
    parent, last, child, sibling, place = tree
    size, classes = len(beam), len(scores)
    for i in range(size):
        place[beam[i]] = i
    # Column `blank` is for the unchanged prefix, others for extensions.
    longer = numpy.empty((size, classes))
    stays_blank, stays_label = numpy.empty(size), numpy.empty(size)
    for i in range(size):
        whole = _add(in_blank[i], in_label[i])
        for k in range(classes):
            longer[i, k] = scores[k] + (
                in_blank[i] if k == last[beam[i]] else whole)
        stays_blank[i] = whole + scores[blank]
        stays_label[i] = (in_label[i] + scores[last[beam[i]]]
                          if beam[i] else _NEVER)
    # Merge prefixes with extensions of other prefixes that equal them.
    for i in range(size):
        before = place[parent[beam[i]]] if beam[i] else -1
        if before >= 0:
            stays_label[i] = _add(stays_label[i],
                                  longer[before, last[beam[i]]])
            longer[before, last[beam[i]]] = _NEVER
    ranked = numpy.empty(size * classes)
    for i in range(size):
        longer[i, blank] = _add(stays_blank[i], stays_label[i])
        for k in range(classes):
            ranked[i * classes + k] = longer[i, k] + judged[i] + (
                0. if k == blank else following[i, k])
        place[beam[i]] = -1

    order = numpy.argsort(-ranked, kind='mergesort')[:width]
    order = order[ranked[order] > _NEVER]
    origins, added = order // classes, order % classes
    new_beam = numpy.empty(len(order), numpy.int64)
    new_blank, new_label = numpy.empty(len(order)), numpy.empty(len(order))
    new_judged = numpy.empty(len(order))
    for rank in range(len(order)):
        i, k = origins[rank], added[rank]
        node = beam[i]
        if k == blank:
            new_blank[rank], new_label[rank] = stays_blank[i], stays_label[i]
            new_judged[rank] = judged[i]
        else:
            # The extended prefix may have been in the beam before.
            older, node = node, child[node]
            while node >= 0 and last[node] != k:
                node = sibling[node]
            if node < 0:
                node, nodes = nodes, nodes + 1
                parent[node], last[node] = older, k
                sibling[node], child[older] = child[older], node
            new_blank[rank], new_label[rank] = _NEVER, longer[i, k]
            new_judged[rank] = judged[i] + following[i, k]
        new_beam[rank] = node
    return nodes, origins, added, new_beam, new_blank, new_label, new_judged


@compiled
def _extend_all(scores, blank, width, tree, beam, in_blank, in_label):
    """Extend the prefixes by all frames at once, without a judge."""
    nodes, nothing = 1, numpy.zeros((width, scores.shape[1]))
    for n in range(len(scores)):
        nodes, _, _, beam, in_blank, in_label, _ = _extend(
            scores[n], blank, width, tree, nodes, beam, in_blank, in_label,
            nothing[:, 0], nothing)
    return beam, in_blank, in_label


def _read(tree, node):
    """Return the labels of a prefix."""
    parent, last = tree[:2]
    labels = []
    while node:
        labels.append(last[node])
        node = parent[node]
    return numpy.array(labels[::-1], dtype='int64')
