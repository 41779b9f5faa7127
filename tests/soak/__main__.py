"""The command line: ``python -m tests.soak --minutes 10 --seed 0``."""
import argparse
import importlib
import pkgutil
import re
import sys
import time
import traceback

import tests.soak


def find():
    """Return the sorted names of the modules that have a ``main``."""
    return sorted(module.name for module in pkgutil.iter_modules(
        tests.soak.__path__) if not module.name.startswith('_')
        and hasattr(importlib.import_module(f'tests.soak.{module.name}'),
                    'main'))


def main(arguments=None):
    """Run all modules and return the exit code: 0 if none failed."""
    parser = argparse.ArgumentParser(
        prog='python -m tests.soak', description=tests.soak.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--minutes', type=float, default=10)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--only', nargs='+', choices=find(), default=find(),
                        metavar='MODULE', help=', '.join(find()))
    options = parser.parse_args(arguments)
    if not 0 < options.minutes < 10 ** 5:
        parser.error(f'argument --minutes: must be above 0, got '
                     f'{options.minutes}')
    failed, total = [], 0
    for name in options.only:
        start = time.monotonic()
        module = importlib.import_module(f'tests.soak.{name}')
        try:
            done = module.main(60 * options.minutes / len(options.only),
                               options.seed)
            numbers = re.findall(r'\d+', str(done))
            rounds = int(numbers[0]) if numbers else 0
            total += rounds
            outcome = done if isinstance(done, str) else f'{done} rounds'
            if not rounds:
                failed.append(name)
                outcome = f'FAILED: no round was done ({done})'
        except Exception:
            failed.append(name)
            traceback.print_exc()
            outcome = 'FAILED'
        print(f'{name:20} {time.monotonic() - start:6.0f} s  {outcome}',
              flush=True)
    print(f'{total} rounds, {len(failed)} of {len(options.only)} modules '
          f'failed{": " + ", ".join(failed) if failed else ""}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
