"""Write the reference results on the original stack.

Run from the root of the project, with a Python 3.8 that has Theano 1.0.5,
Fuel 0.2.0 and the original Blocks:

    THEANO_FLAGS=floatX=float64 python -m tests.compat.blocks.reference.make

It writes `results.json` beside this file.

"""
import json
import pathlib
import sys

import theano

from tests.compat.blocks.reference.cases import CASES


def main():
    if not theano.__version__.startswith('1.0'):
        sys.exit('the references come from Theano 1.0, this is '
                 + theano.__version__)
    results = {}
    for name, compute in CASES.items():
        print(name, flush=True)
        results[name] = compute()
    path = pathlib.Path(__file__).with_name('results.json')
    path.write_text(json.dumps(
        {'theano': theano.__version__, 'python': sys.version.split()[0],
         'results': results}, indent=None) + '\n')


if __name__ == '__main__':
    main()
