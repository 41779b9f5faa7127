"""``python -m blocks.legacy``."""
import sys

from .command import main

if __name__ == '__main__':
    sys.exit(main(prog='python -m blocks.legacy'))
