"""Import every module of the given packages and count the modules.

Importing a module of the originals that is not provided raises an ImportError
that says so; such modules are not counted.

"""
import importlib
import pkgutil
import re
import sys

LEFT_OUT = r"{} (is not provided|isn't offered)"

count = 0
for name in sys.argv[1:]:
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, f'{name}.'):
        try:
            importlib.import_module(module.name)
            count += 1
        except ImportError as error:
            if not re.match(LEFT_OUT.format(module.name), str(error)):
                raise
print(f'{count} modules import')
