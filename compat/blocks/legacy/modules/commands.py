"""The module ``commands``."""
import subprocess

__all__ = ['getoutput', 'getstatusoutput', 'mkarg']


def getstatusoutput(cmd):
    """Return the exit status and the output of a shell command."""
    done = subprocess.run(cmd, shell=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding='latin-1')
    # The higher byte of a status of wait() is the exit code.
    code = done.returncode
    status = code << 8 if code >= 0 else -code
    return status, done.stdout.removesuffix('\n')


def getoutput(cmd):
    """Return the output of a shell command."""
    return getstatusoutput(cmd)[1]


def mkarg(argument):
    """Return an argument quoted for a shell, after a space."""
    import shlex
    return ' ' + shlex.quote(argument)
