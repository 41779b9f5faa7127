"""Write data/torch_*.npz, PyTorch's results on a few small networks.

Run it by hand where PyTorch is installed::

    python -m tests.bricks.make_torch_reference

The tests read the files through :mod:`tests.bricks.reference`, so every run
compares with PyTorch and none needs it. PyTorch 2.13.0 (CPU) wrote the files
in the repository.

Each torch_lstm_*.npz, torch_gru_*.npz and torch_proj_*.npz (an LSTM with
proj_size) holds one network: 1, 2 or 3 layers, one or both directions, on a
packed batch of sequences of random lengths. The loss is a fixed random
projection of everything the network returns, so the gradients check every
weight of every gate. torch_ctc.npz holds the costs and gradients of a batch
under connectionist temporal classification.

"""
import os

import numpy
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

FEATURES = 3
DIM = 4
PROJ_DIM = 2
LENGTHS = (4, 7, 1, 5, 2)
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'data')


def reference(kind, num_layers, bidirectional, seed):
    """Compute one network's outputs and gradients on random inputs.

    Parameters
    ----------
    kind : {'lstm', 'gru', 'proj'}
    num_layers : int
    bidirectional : bool
    seed : int

    Returns
    -------
    dict of str to numpy.ndarray
        As described in :class:`tests.bricks.reference.TorchCase`.

    """
    torch.manual_seed(seed)
    module = torch.nn.GRU if kind == 'gru' else torch.nn.LSTM
    projected = {'proj_size': PROJ_DIM} if kind == 'proj' else {}
    network = module(FEATURES, DIM, num_layers=num_layers,
                     bidirectional=bidirectional, **projected)
    with torch.no_grad():
        for weight in network.parameters():
            weight.normal_(std=.5)
    runs = num_layers * (2 if bidirectional else 1)
    inputs = torch.randn(max(LENGTHS), len(LENGTHS), FEATURES,
                         requires_grad=True)
    initial = {'initial_states': torch.randn(
        runs, len(LENGTHS), PROJ_DIM if projected else DIM,
        requires_grad=True)}
    if kind != 'gru':
        initial['initial_cells'] = torch.randn(runs, len(LENGTHS), DIM,
                                               requires_grad=True)

    packed = pack_padded_sequence(inputs, LENGTHS, enforce_sorted=False)
    given = tuple(initial.values())
    outputs, last = network(packed, given if kind != 'gru' else given[0])
    outputs, _ = pad_packed_sequence(outputs)

    answers = dict(zip(('outputs', 'last_states', 'last_cells'),
                       (outputs,) + (last if kind != 'gru' else (last,))))
    projections = {name: torch.randn(answer.shape)
                   for name, answer in answers.items()}
    loss = sum((projections[name] * answer).sum()
               for name, answer in answers.items())
    loss.backward()

    arguments = dict(inputs=inputs, **initial)
    arrays = {'lengths': torch.tensor(LENGTHS), 'loss': loss}
    arrays.update(arguments)
    arrays.update(answers)
    for prefix, values in [
            ('weight:', dict(network.named_parameters())),
            ('projection:', projections),
            ('gradient:', {name: value.grad for name, value in
                           list(network.named_parameters()) +
                           list(arguments.items())})]:
        arrays.update((prefix + name, value)
                      for name, value in values.items())
    return {name: value.detach().numpy() for name, value in arrays.items()}


def ctc_reference(seed):
    """Compute CTC costs and gradients with PyTorch's default blank.

    Returns
    -------
    dict of str to numpy.ndarray
        ``energies``, (T, B, K), ``lengths``, (B,), ``labels``, (L, B),
        ``labels_lengths``, (B,), ``costs``, (B,), ``weights``, (B,), and
        ``gradient``, of the costs' sum with these weights.

    """
    torch.manual_seed(seed)
    frames, classes, longest = 12, 5, 5
    lengths = torch.tensor([12, 9, 5, 1, 7, 4])
    labels_lengths = torch.tensor([5, 4, 2, 1, 0, 3])
    batch = len(lengths)
    energies = (2 * torch.randn(frames, batch, classes)).requires_grad_()
    labels = torch.randint(1, classes, (longest, batch))
    labels[:, 0] = torch.tensor([2, 2, 3, 3, 3])
    labels[:3, 5] = torch.tensor([1, 1, 4])
    weights = torch.randn(batch)
    costs = torch.nn.functional.ctc_loss(
        torch.log_softmax(energies, dim=2), labels.T, lengths,
        labels_lengths, reduction='none')
    (weights * costs).sum().backward()
    return {name: value.detach().numpy() for name, value in dict(
        energies=energies, lengths=lengths, labels=labels,
        labels_lengths=labels_lengths, costs=costs, weights=weights,
        gradient=energies.grad).items()}


def main():
    os.makedirs(FOLDER, exist_ok=True)
    numpy.savez_compressed(os.path.join(FOLDER, 'torch_ctc.npz'),
                           **ctc_reference(seed=7))
    for kind, largest, seed in [('lstm', 3, 0), ('gru', 2, 100),
                                ('proj', 2, 200)]:
        for num_layers in range(1, largest + 1):
            for bidirectional in (False, True):
                name = 'torch_{}_{}layer_{}.npz'.format(
                    kind, num_layers, 'bi' if bidirectional else 'uni')
                arrays = reference(kind, num_layers, bidirectional,
                                   seed + 2 * num_layers + bidirectional)
                numpy.savez_compressed(os.path.join(FOLDER, name), **arrays)


if __name__ == '__main__':
    main()
