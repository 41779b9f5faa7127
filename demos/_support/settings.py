"""Settings as fields of a dataclass and options of a command line.

A demo's settings are a dataclass. Its fields define the defaults, both for
``main(...)`` and for the command line.

"""
import dataclasses
import os
from dataclasses import MISSING, dataclass

from demos._support.exits import UserError
from demos._support.numbers import seed as any_seed


@dataclass(frozen=True)
class Option:
    """The command-line option of a setting.

    Attributes
    ----------
    kind : callable or None
        Converts the text to the value; None if the option takes no value.
    text : str
        The help text.
    flag : str or None
        The option string, if it is not derived from the setting's name.
    at_resume : bool
        Whether it may be combined with --resume. A resumed run keeps all
        other settings.
    goes_with : str or None
        The setting that must also be given.
    group : str or None
        The heading of its group in the help.
    keywords : dict
        For :meth:`argparse.ArgumentParser.add_argument`.

    """

    kind: object
    text: str
    flag: str
    at_resume: bool
    goes_with: str
    group: str
    keywords: dict

    def flag_of(self, name):
        """Return the option string for the setting `name`."""
        return self.flag or '--' + name.replace('_', '-')


def option(default, kind, text, flag=None, at_resume=False, goes_with=None,
           group=None, **keywords):
    """Return a field of a dataclass of settings; see :class:`Option`.

    Parameters
    ----------
    default : object
    kind, text, flag, at_resume, goes_with, group, **keywords
        See :class:`Option`.

    """
    return dataclasses.field(default=default, metadata={'option': Option(
        kind, text, flag, at_resume, goes_with, group, keywords)})


def folder(default):
    """Return the setting for the output folder of a demo."""
    return option(default, str, 'folder for the checkpoint, the pictures and '
                  'the log', metavar='FOLDER')


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings common to all demos."""

    save_to: str
    seed: int = option(1, any_seed, 'seed of all random numbers')
    smoke: bool = option(
        False, None, 'train on only a few batches, to check that it runs')
    quiet: bool = option(
        False, None, 'print warnings and results only', at_resume=True)
    export: str = option(
        None, str, 'write the trained network to this file, as ONNX; requires '
        'the extra onnx', at_resume=True, metavar='FILE')
    tensorboard: str = option(
        None, str, 'write the log, samples and pictures into this folder for '
        'TensorBoard; requires the extra tensorboard', at_resume=True,
        metavar='FOLDER')

    @property
    def batches(self):
        """The maximum number of batches, or None."""
        return 3 if self.smoke else None

    def path(self, name):
        """Return the path of a file in the folder of the run."""
        return os.path.join(self.save_to, name)


@dataclass(frozen=True, kw_only=True)
class ResumableSettings(Settings):
    """The settings of demos that write a checkpoint."""

    resume: str = option(
        None, str, 'resume from the checkpoint of an earlier run, with its '
        'settings and in its folder; --epochs changes where it ends. Use only '
        'files that you trust, since loading one runs code',
        at_resume=True, metavar='FILE')


def fields(cls):
    """Return the options of a dataclass of settings.

    Returns
    -------
    dict of str to (default, :class:`Option`)
        Defaults and options by the names of the settings.

    """
    return {field.name: (None if field.default is MISSING else field.default,
                         field.metadata['option'])
            for field in dataclasses.fields(cls)}


def of_training(settings):
    """Return the settings that a resumed run keeps, as a dict."""
    return {name: getattr(settings, name)
            for name, (_, known) in fields(type(settings)).items()
            if not known.at_resume or name == 'epochs'}


def check_resumable(cls, given):
    """Raise if a given setting cannot be changed when resuming.

    Parameters
    ----------
    cls : type
        The dataclass of settings.
    given : iterable of str
        The names of the given settings.

    Raises
    ------
    UserError

    """
    known = fields(cls)
    fixed = [known[name][1].flag_of(name) for name in known
             if name in given and not known[name][1].at_resume]
    if fixed:
        raise UserError(f'--resume keeps the settings and the folder of the '
                        f'run, so it takes no {", ".join(fixed)}; '
                        f'omit it, or start a new run')
