"""Measure the speech demo's test accuracy over ten seeds on all utterances.

The settings are the demo's own, which were chosen on the validation part of
the training utterances; the number of epochs was the best one there, averaged
over four splits. Then the analysis of errors by demos/speech/errors.py is
printed.

    python -m benchmarks speech_seeds [--seeds N] [--save-to FOLDER]
                                      [options of the demo]

"""
import argparse
import contextlib
import os
import re
import statistics
import subprocess
import sys
import tempfile

EPOCHS = 30


def accuracy(seed, folder, options):
    """Train with one seed and return the accuracy in percent."""
    output = subprocess.run(
        [sys.executable, '-m', 'demos.speech', '--quiet',
         '--validation', '0', '--epochs', str(EPOCHS),
         '--seed', str(seed), '--save-to', folder, *options],
        check=True, stdout=subprocess.PIPE, text=True).stdout
    return float(re.search(r'Test accuracy: ([0-9.]+) %', output).group(1))


def main(arguments=None):
    """Print the accuracy of each seed, mean and spread, and the errors."""
    parser = argparse.ArgumentParser(
        prog='python -m benchmarks speech_seeds', description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seeds', type=int, default=10)
    parser.add_argument('--save-to', metavar='FOLDER',
                        help='keep the runs in subfolders of this folder')
    chosen, options = parser.parse_known_args(arguments)
    with contextlib.ExitStack() as stack:
        top = chosen.save_to or stack.enter_context(
            tempfile.TemporaryDirectory())
        values, folders = [], []
        for seed in range(1, chosen.seeds + 1):
            folders.append(os.path.join(top, f'seed-{seed}'))
            values.append(accuracy(seed, folders[-1], options))
            print(f'seed {seed:2d}: {values[-1]:.2f} %', flush=True)
        print(f'mean {statistics.mean(values):.2f} %, '
              f'standard deviation {statistics.pstdev(values):.2f}, '
              f'lowest {min(values):.2f}, highest {max(values):.2f}\n',
              flush=True)
        subprocess.run([sys.executable, '-m', 'demos.speech.errors',
                        *folders], check=True)


if __name__ == '__main__':
    main()
