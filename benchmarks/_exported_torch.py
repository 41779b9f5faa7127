"""Time a stack of LSTMs on packed batches in PyTorch, in seconds.

Reads the sizes of the stack and the lengths of the sequences of each batch
from standard input, as JSON. Weights and inputs are random.

"""
import json
import statistics
import sys
import time

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


def main():
    """Print the median of several rounds."""
    sizes = json.load(sys.stdin)
    torch.set_num_threads(1)
    stack = torch.nn.LSTM(sizes['input'], sizes['dim'], sizes['layers'],
                          bidirectional=sizes['bidirectional'])
    output = torch.nn.Linear((1 + sizes['bidirectional']) * sizes['dim'],
                             sizes['output'])
    batches = [(torch.randn(max(lengths), len(lengths), sizes['input']),
                torch.tensor(lengths)) for lengths in sizes['lengths']]

    def run():
        begin = time.perf_counter()
        for inputs, lengths in batches:
            same = bool((lengths == len(inputs)).all())
            states = stack(inputs if same else pack_padded_sequence(
                inputs, lengths, enforce_sorted=False))[0]
            if not same:
                states, _ = pad_packed_sequence(states)
            if sizes.get('summary'):
                states = states.sum(axis=0) / lengths[:, None]
            torch.softmax(output(states), axis=-1)
        return time.perf_counter() - begin

    with torch.inference_mode():
        run()
        print(statistics.median(run() for _ in range(sizes['rounds'])))


if __name__ == '__main__':
    main()
