"""Print the requirements of one extra of setup.cfg, one a line."""
import configparser
import sys

config = configparser.ConfigParser()
config.read('setup.cfg')
print(config['options.extras_require'][sys.argv[1]].strip())
