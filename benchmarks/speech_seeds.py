"""Test accuracy of the speech demo over ten seeds, trained on all utterances.

The settings are the demo's own, which were chosen on the validation part of
the training utterances; the number of epochs is the one that was best there,
averaged over four splits.

    python -m benchmarks speech_seeds [--seeds N] [options of the demo]

"""
import argparse
import re
import statistics
import subprocess
import sys
import tempfile

EPOCHS = 30


def accuracy(seed, options):
    """Train with one seed and read the accuracy, in percent."""
    with tempfile.TemporaryDirectory() as folder:
        output = subprocess.run(
            [sys.executable, '-m', 'demos.speech', '--quiet',
             '--validation', '0', '--epochs', str(EPOCHS),
             '--seed', str(seed), '--save-to', folder, *options],
            check=True, stdout=subprocess.PIPE, text=True).stdout
    return float(re.search(r'Test accuracy: ([0-9.]+) %', output).group(1))


def main(arguments=None):
    """Print the accuracy of each seed, their mean and spread."""
    parser = argparse.ArgumentParser(
        prog='python -m benchmarks speech_seeds', description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seeds', type=int, default=10)
    chosen, options = parser.parse_known_args(arguments)
    values = []
    for seed in range(1, chosen.seeds + 1):
        values.append(accuracy(seed, options))
        print(f'seed {seed:2d}: {values[-1]:.2f} %', flush=True)
    print(f'mean {statistics.mean(values):.2f} %, '
          f'standard deviation {statistics.pstdev(values):.2f}, '
          f'lowest {min(values):.2f}, highest {max(values):.2f}')


if __name__ == '__main__':
    main()
