"""The module ``commands``."""
import subprocess

__all__ = ['getoutput', 'getstatusoutput', 'mkarg']


def getstatusoutput(cmd):
    """Return the exit status of a shell's command, and what it printed."""
    done = subprocess.run(cmd, shell=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding='latin-1')
    # a status of wait(), whose higher byte is what the command returned
    code = done.returncode
    status = code << 8 if code >= 0 else -code
    return status, done.stdout.removesuffix('\n')


def getoutput(cmd):
    """Return what a shell's command printed."""
    return getstatusoutput(cmd)[1]


def mkarg(argument):
    """Return an argument quoted for a shell, with a blank before."""
    import shlex
    return ' ' + shlex.quote(argument)
