"""Scripts of Python 2 and of old libraries, run unedited.

``python -m blocks.legacy script.py`` runs a script written for Theano, Fuel
and Blocks between 2014 and 2018. Its source is converted in memory:

`syntax`
    from the syntax of Python 2 to that of Python 3, by fissix;
`rewrites`, `imports`
    calls, divisions and imports that mean something else now are led to
    `python2` (builtins and methods) and `modules` (stand-ins for modules);
`lines`
    which keeps the lines, for tracebacks;
`dialect`
    decides whether a file is Python 2;
`conversion`
    does all that to one file, `loading` to each that is imported, and
    `running` runs the script.

"""
