"""Compare the demos' networks with their ONNX exports: figures and times.

Each demo is trained, or loaded from an earlier run, and its network is
exported. Then the Theano function and onnxruntime process the test part in
turns, with one thread each.

    python -m benchmarks exported [--runs FOLDER] [--full]
                                  [--torch PYTHON] [--rounds N] [DEMO ...]

"""
import argparse
import contextlib
import io
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from importlib import import_module

import numpy
import theano

DEMOS = ('speech', 'text', 'phonemes', 'music', 'memory')
TORCH = os.path.join(os.path.dirname(__file__), '_exported_torch.py')


@dataclass
class Case:
    """A network and the data that it is measured on.

    Attributes
    ----------
    inputs, outputs : list of variables
    batches : list of tuple of arrays
        The batches of the test part.
    figure : callable
        Computes the figure from the outputs, a list for each batch.
    title, unit : str
        The name of the figure and the unit that is counted.
    count : int
        The number of units.
    layers : dict
        The sizes of the network for PyTorch, see ``_exported_torch.py``.
    states : list of arrays
        The initial states, if each batch continues the previous one.

    """

    inputs: list
    outputs: list
    batches: list
    figure: object
    title: str
    unit: str
    count: int
    layers: dict
    states: list = field(default_factory=list)

    def run(self, call):
        """Return the outputs of all batches and the time in seconds."""
        begin, found, states = time.perf_counter(), [], self.states
        for batch in self.batches:
            found.append(call(*batch, *states))
            states = found[-1][len(found[-1]) - len(states):]
        return found, time.perf_counter() - begin


def trained(demo, folder, options, kind, load=None):
    """Return the network of a demo, trained now or in an earlier run.

    Parameters
    ----------
    demo, folder : str
    options : dict
        The options of the training.
    kind : str
        The class of the network.
    load : callable, optional
        Loads the network from the path of a run's parameters.

    """
    from demos._support.resuming import network_of
    module = import_module(f'demos.{demo}')
    parameters = os.path.join(folder, demo, 'parameters.tar')
    if load and os.path.exists(parameters):
        return load(parameters)
    checkpoint = os.path.join(folder, demo, 'checkpoint.tar')
    options = ({'resume': checkpoint} if os.path.exists(checkpoint) else
               {**options, 'save_to': os.path.join(folder, demo)})
    with contextlib.redirect_stdout(io.StringIO()):
        main_loop = module.main(quiet=True, **options)[0]
    return network_of(main_loop, getattr(module, kind))


def recurrent(network, **others):
    """Return the sizes of a network's stack, for PyTorch."""
    stack = network.stack
    return {'input': stack.input_dim, 'layers': len(stack.layers),
            'dim': stack.layers[0][0].transition.dim,
            'bidirectional': len(stack.layers[0]) == 2, **others}


def speech(folder, options):
    """Make the case of the demo 'Who is speaking?'."""
    from demos.speech.data import batches, load_speech
    from demos.speech.network import probabilities_of
    network = trained('speech', folder, options, 'SpeakerClassifier')
    data = load_speech()
    *parts, speakers = zip(*batches(data.test, 64).get_epoch_iterator())
    return Case(
        *probabilities_of(network), list(zip(*parts)),
        lambda found: 100 * numpy.concatenate(
            [one.argmax(axis=1) for one, in found]
        ).__eq__(numpy.concatenate(speakers)).mean(),
        'utterances right (%)', 'utterance', data.test.num_examples,
        recurrent(network, output=data.n_speakers, summary=True))


def text(folder, options):
    """Make the case of the demo 'What comes next?'."""
    from demos.text.data import LONG, Windows, load_topics
    from demos.text.network import next_character_of
    from demos.text.saving import load_network
    network = trained('text', folder, options, 'CharacterModel',
                      lambda path: load_network(path)[0])
    topics = load_topics().encoded('test')
    windows = list(Windows(topics, LONG).stream().get_epoch_iterator())

    def bits(found):
        costs = [-numpy.log2(numpy.take_along_axis(
            outputs[0], targets[..., None], axis=2)[..., 0])[mask > 0]
            for outputs, (_, mask, targets, _) in zip(found, windows)]
        return numpy.concatenate(costs).mean()
    return Case(
        *next_character_of(network),
        [(characters, begins) for characters, _, _, begins in windows], bits,
        'bits per character', 'character', sum(map(len, topics)),
        recurrent(network, output=len(load_topics().alphabet)),
        [numpy.zeros((len(topics), dim), theano.config.floatX)
         for dim in network.state_dims.values()])


def phonemes(folder, options):
    """Make the case of the demo 'How is it pronounced?'."""
    from blocks_rnn_bricks import best_path
    from demos.phonemes.data import Pronunciations, batches, load_dictionary
    from demos.phonemes.network import labels_of
    from demos.phonemes.voice import load_transcriber
    network = trained('phonemes', folder, options, 'Transcriber',
                      lambda path: load_transcriber(path)[0])
    dictionary = load_dictionary()
    frames = network.frames_per_letter
    parts = list(batches(Pronunciations(dictionary, 'test', frames),
                         256).get_epoch_iterator())

    def wrong(found):
        verdicts = []
        for (scores, _), (_, mask, labels, valid) in zip(found, parts):
            said = best_path(scores, numpy.repeat(mask, frames, axis=0))
            verdicts += [list(one) != list(known[length > 0]) for
                         one, known, length in zip(said, labels.T, valid.T)]
        return 100 * numpy.mean(verdicts)
    return Case(
        *labels_of(network), [part[:2] for part in parts], wrong,
        'pronunciations wrong, best path (%)', 'word',
        sum(part[0].shape[1] for part in parts),
        recurrent(network, output=frames * (network.phonemes + 1)))


def music(folder, options):
    """Make the case of the demo 'What comes next in a chorale?'."""
    from demos.music.data import load_chorales
    from demos.music.network import load_composer, note_probabilities_of
    from demos.music.streams import batches
    network = trained('music', folder, options, 'Composer', load_composer)
    parts = list(batches(load_chorales().test, 32).get_epoch_iterator())

    def nats(found):
        costs = [-numpy.log(numpy.where(notes > 0, p, 1 - p)).sum(axis=2)[
            mask > 0] for (p,), (notes, mask) in zip(found, parts)]
        return numpy.concatenate(costs).mean()
    return Case(
        *note_probabilities_of(network), parts, nats, 'nats per frame',
        'frame', int(sum(mask.sum() for _, mask in parts)),
        recurrent(network, output=88))


def memory(folder, options):
    """Make the case of the demo 'What do gates buy?'."""
    from demos.memory import train
    from demos.memory.data import one_batch
    from demos.memory.problems import PROBLEMS, answer_of
    from demos.memory.settings import QUICK, MemorySettings
    run = MemorySettings(**{**QUICK, 'layers': ['LSTM'], **options}).runs()[0]
    _, network = train(run)
    kind = PROBLEMS[run.problem].sequences
    (inputs, targets), = one_batch(kind, run, 2, 1000).get_epoch_iterator()
    return Case(
        *answer_of(run.problem, network), [(inputs,)],
        lambda found: ((found[0][0] - targets) ** 2).mean(),
        'mean squared error', 'sequence', len(targets),
        {'input': kind.features, 'dim': run.dim, 'layers': 1,
         'bidirectional': False, 'output': 1, 'summary': True})


def lengths_of(case):
    """Return the lengths of the sequences of each batch."""
    masks = [place for place, variable in enumerate(case.inputs)
             if variable.name.endswith('_mask')]
    return [(batch[masks[0]].sum(axis=0).astype(int).tolist() if masks else
             [len(batch[0])] * batch[0].shape[1]) for batch in case.batches]


def in_torch(python, case, rounds):
    """Return the seconds that PyTorch takes, or None without PyTorch."""
    done = subprocess.run(
        [python, TORCH], input=json.dumps({
            **case.layers, 'lengths': lengths_of(case), 'rounds': rounds}),
        capture_output=True, text=True)
    return float(done.stdout) if done.returncode == 0 else None


def compare(case, path, python, rounds):
    """Print a line of the table."""
    import onnxruntime

    from blocks_rnn_bricks.export import to_onnx
    to_onnx(path, case.inputs, case.outputs)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        path, options, providers=['CPUExecutionProvider'])
    names = [variable.name for variable in case.inputs]
    calls = [theano.function(case.inputs, case.outputs),
             lambda *arrays: session.run(None, dict(zip(names, arrays)))]
    (ours, _), (theirs, _) = map(case.run, calls)
    apart = max(numpy.abs(one[0] - other[0]).max()
                for one, other in zip(ours, theirs))
    times = [[case.run(call)[1] for call in calls] for _ in range(rounds)]
    seconds = [statistics.median(column) for column in zip(*times)]
    seconds.append(in_torch(python, case, rounds))
    print(f'  {case.title}: {case.figure(ours):.4f}, as ONNX '
          f'{case.figure(theirs):.4f}; outputs differ by at most '
          f'{apart:.1e}\n  microseconds per {case.unit}: ' + ', '.join(
              f'{name} {1e6 * value / case.count:.1f}' for name, value in zip(
                  ['Theano', 'onnxruntime', 'PyTorch'], seconds)
              if value is not None)
          + f'; file {os.path.getsize(path) / 1e6:.2f} MB', flush=True)


def main():
    """Compare each demo's network."""
    parser = argparse.ArgumentParser(
        prog='python -m benchmarks exported',
        description=__doc__.partition('\n')[0])
    parser.add_argument('--runs', metavar='FOLDER', default='runs/exported',
                        help='folder of earlier and new runs')
    parser.add_argument('--full', action='store_true',
                        help='train for all epochs, not the quick variant')
    parser.add_argument('--torch', metavar='PYTHON', default=sys.executable,
                        help='an interpreter that has PyTorch')
    parser.add_argument('--rounds', type=int, default=7)
    parser.add_argument('demos', metavar='DEMO', nargs='*',
                        help=', '.join(DEMOS))
    chosen = parser.parse_args()
    unknown = set(chosen.demos) - set(DEMOS)
    if unknown:
        parser.error(f'the demos are {", ".join(DEMOS)}, got '
                     f'{", ".join(sorted(unknown))}')
    theano.config.floatX = 'float32'
    os.makedirs(chosen.runs, exist_ok=True)
    for demo in chosen.demos or DEMOS:
        settings = import_module(f'demos.{demo}.settings')
        quick = {} if chosen.full else getattr(settings, 'QUICK', {})
        print(demo, flush=True)
        compare(globals()[demo](chosen.runs, quick),
                os.path.join(chosen.runs, f'{demo}.onnx'), chosen.torch,
                chosen.rounds)


if __name__ == '__main__':
    os.environ.setdefault('BLOCKS_RNN_THREADS', '1')
    main()
