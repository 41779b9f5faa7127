"""Networks of PyTorch as functions to be timed.

The interface is that of :mod:`_recurrent_bricks`. The ways to train treat
padding differently.

"""
import torch
from _recurrent_tasks import CELLS, RATE
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


def dense(task):
    """Compute all steps, including padding.

    With lengths, the result is correct only in one direction.

    """
    net = _network(task)
    x, factors = map(torch.tensor, task.data())
    return _functions([net], lambda: net(x)[0], factors, task)


def packed(task):
    """Compute packed sequences."""
    net = _network(task)
    x, factors = map(torch.tensor, task.data())

    def forward():
        sequences = pack_padded_sequence(x, task.lengths,
                                         enforce_sorted=False)
        return pad_packed_sequence(net(sequences)[0],
                                   total_length=task.steps)[0]
    return _functions([net], forward, factors, task)


def flipped(task):
    """Train two networks, one on sequences flipped within their length.

    This is the fastest correct way in two directions with padding: both
    compute all steps on PyTorch's fast path; outputs at padding are ignored.

    """
    one = task._replace(directions=1)
    ahead, back = _network(one), _network(one)
    x, factors = map(torch.tensor, task.data())
    steps = torch.arange(task.steps)[:, None]
    lengths = torch.tensor(task.lengths)[None]
    flip = torch.where(steps < lengths, lengths - 1 - steps, steps)[..., None]

    def forward():
        outputs = back(x.gather(0, flip.expand_as(x)))[0]
        return torch.cat([ahead(x)[0], outputs.gather(
            0, flip.expand_as(outputs))], dim=2)
    return _functions([ahead, back], forward, factors, task)


class Transcriber(torch.nn.Module):
    """The network of the phonemes demo."""

    def __init__(self, task, letters=28, classes=40, frames=2, dropout=.2):
        super().__init__()
        self.frames, self.classes = frames, classes
        self.lookup = torch.nn.Embedding(letters, task.features)
        self.stack = torch.nn.LSTM(
            task.features, task.dim, num_layers=task.layers,
            bidirectional=True, dropout=dropout)
        self.dropout = torch.nn.Dropout(dropout)
        self.output = torch.nn.Linear(2 * task.dim, frames * classes)

    def forward(self, letters, lengths, packed):
        states = self.lookup(letters)
        if packed:
            states = pad_packed_sequence(self.stack(pack_padded_sequence(
                states, lengths, enforce_sorted=False))[0],
                total_length=len(letters))[0]
        else:
            states = self.stack(states)[0]
        steps, batch = letters.shape
        energies = self.output(self.dropout(states)).reshape(
            steps, batch, self.frames, self.classes)
        return energies.transpose(1, 2).reshape(
            steps * self.frames, batch, self.classes)


def _transcriber(task, packed):
    network = Transcriber(task)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-6)
    letters, phonemes, counts = map(torch.tensor, task.words())
    lengths = torch.tensor(task.lengths)

    def train():
        optimizer.zero_grad()
        energies = network(letters, lengths, packed)
        torch.nn.functional.ctc_loss(
            energies.log_softmax(2), phonemes.T,
            network.frames * lengths, counts, blank=39,
            reduction='none').mean().backward()
        optimizer.step()
    return {'train': train}


def transcriber(task):
    """Train the network of the phonemes demo, including padding."""
    return _transcriber(task, False)


def packed_transcriber(task):
    """Train the network of the phonemes demo on packed sequences."""
    return _transcriber(task, True)


def generator(task, symbols=96):
    """Generate symbols one at a time."""
    lookup = torch.nn.Embedding(symbols, task.features)
    net = _network(task)
    readout = torch.nn.Linear(task.dim, symbols)

    def generate():
        generated = []
        with torch.no_grad():
            inputs, states = torch.zeros(task.batch, dtype=torch.long), None
            for _ in range(task.steps + 1):
                outputs, states = net(lookup(inputs)[None], states)
                inputs = readout(outputs[0]).argmax(1)
                generated.append(inputs)
        return torch.stack(generated).numpy()
    return {'generate': generate}


def _network(task):
    torch.manual_seed(1)
    cell = CELLS[task.cell]
    sizes = cell.sizes(task.dim)
    options = ({'proj_size': sizes['proj_dim']} if 'proj_dim' in sizes
               else {})
    return getattr(torch.nn, cell.rival)(
        task.features, sizes['dim'], num_layers=task.layers,
        bidirectional=task.directions == 2, **options)


def _functions(nets, forward, factors, task):
    optimizer = torch.optim.SGD(
        [parameter for net in nets for parameter in net.parameters()],
        lr=RATE)
    rounded = task.precision == 'bfloat16'

    def train():
        optimizer.zero_grad()
        with torch.autocast('cpu', torch.bfloat16, rounded):
            outputs = forward()
        (outputs.float() * factors).sum().backward()
        optimizer.step()

    def predict():
        with torch.no_grad(), torch.autocast('cpu', torch.bfloat16, rounded):
            forward()
    return {'train': train, 'predict': predict}
