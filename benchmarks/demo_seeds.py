"""Test figures of a demo over several seeds, as mean and range.

Each seed is a run of its own with the demo's settings and the given options.
The speech demo trains on all training utterances; errors.py then shows what
the errors of its runs have in common.

    python -m benchmarks demo_seeds DEMO [--seeds N] [--save-to FOLDER]
                                    [options of the demo]

"""
import argparse
import contextlib
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile

#: By demo: its options here, and the test figures in what it prints.
DEMOS = {
    'music': ([], r'Test part: ([0-9.]+) nats per frame'),
    'phonemes': ([], r'Test: ([0-9.]+) % of [0-9]+ words and ([0-9.]+) %'),
    'speech': (['--validation', '0'], r'Test accuracy: ([0-9.]+) %'),
    'text': (['--no-validation'],
             r'Test: ([0-9.]+) bits per character.* mixed ([0-9.]+)')}


def figures_of(demo, seed, folder, options):
    """Train with one seed; return the test figures and the CPU time in s."""
    before = cpu_time()
    fixed, pattern = DEMOS[demo]
    output = subprocess.run(
        [sys.executable, '-m', f'demos.{demo}', '--quiet', *fixed,
         '--seed', str(seed), '--save-to', folder, *options],
        check=True, stdout=subprocess.PIPE, text=True).stdout
    return ([float(figure) for figure in re.search(pattern, output).groups()],
            cpu_time() - before)


def cpu_time():
    """Return the CPU time of all finished child processes in seconds."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main(arguments=None):
    """Print the figures of each seed, their means and ranges."""
    parser = argparse.ArgumentParser(
        prog='python -m benchmarks demo_seeds', description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('demo', choices=list(DEMOS))
    parser.add_argument('--seeds', type=int, default=5)
    parser.add_argument('--save-to', metavar='FOLDER',
                        help='keep the runs there, one folder a seed')
    chosen, options = parser.parse_known_args(arguments)
    with contextlib.ExitStack() as stack:
        top = chosen.save_to or stack.enter_context(
            tempfile.TemporaryDirectory())
        runs, folders = [], []
        for seed in range(1, chosen.seeds + 1):
            folders.append(os.path.join(top, f'seed-{seed}'))
            figures, seconds = figures_of(
                chosen.demo, seed, folders[-1], options)
            runs.append(figures)
            print(f'seed {seed:2d}: {", ".join(map(str, figures))}; '
                  f'{seconds:.0f} s of CPU time', flush=True)
        for values in zip(*runs):
            print(f'mean {statistics.mean(values):.3f}, '
                  f'standard deviation {statistics.pstdev(values):.3f}, '
                  f'lowest {min(values)}, highest {max(values)}', flush=True)
        print()
        if chosen.demo == 'speech':
            subprocess.run([sys.executable, '-m', 'demos.speech.errors',
                            *folders], check=True)


if __name__ == '__main__':
    main()
