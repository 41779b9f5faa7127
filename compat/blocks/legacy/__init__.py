"""Run scripts of Python 2 and of old libraries unedited.

``python -m blocks.legacy script.py`` runs a script written for Theano, Fuel
and Blocks between 2014 and 2018. Its source is converted in memory:

`syntax`
    convert Python 2 syntax to Python 3 with fissix;
`rewrites`, `imports`
    redirect calls, divisions and imports whose meaning has changed to
    `python2` (builtins and methods) and `modules` (stand-ins for modules);
`lines`
    keeps the original line numbers for tracebacks;
`dialect`
    decides whether a file is Python 2;
`conversion`
    performs all of this for one file, `loading` for each imported file, and
    `running` runs the script.

"""
