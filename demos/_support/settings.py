"""Settings that are fields of a dataclass and options of a command line.

A demo's settings are a dataclass. Its fields have the defaults, for
``main(...)`` and for the command line alike.

"""
import dataclasses
import os
from dataclasses import MISSING, dataclass

from demos._support.exits import UserError
from demos._support.numbers import seed as any_seed


@dataclass(frozen=True)
class Option:
    """What the command line knows of a setting.

    Attributes
    ----------
    kind : callable or None
        Makes the value of the text; None if the option takes no value.
    text : str
        The help.
    flag : str or None
        The option, if it is not named like the setting.
    at_resume : bool
        Whether it may be given together with --resume. A run that goes on
        keeps all other settings.
    goes_with : str or None
        The setting without which it must not be given.
    group : str or None
        The heading of the help under which it stands.
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
        """The option that gives the setting `name`."""
        return self.flag or '--' + name.replace('_', '-')


def option(default, kind, text, flag=None, at_resume=False, goes_with=None,
           group=None, **keywords):
    """A field of a dataclass of settings; see :class:`Option`.

    Parameters
    ----------
    default : object
    kind, text, flag, at_resume, goes_with, group, **keywords
        See :class:`Option`.

    """
    return dataclasses.field(default=default, metadata={'option': Option(
        kind, text, flag, at_resume, goes_with, group, keywords)})


def folder(default):
    """The setting of the folder that a demo writes into."""
    return option(default, str, 'folder for the checkpoint, the pictures and '
                  'the log', metavar='FOLDER')


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings that all demos have."""

    save_to: str
    seed: int = option(1, any_seed, 'seed of everything that is random')
    smoke: bool = option(
        False, None, 'only a few batches, to see that it runs')
    quiet: bool = option(
        False, None, 'print warnings and results only', at_resume=True)
    export: str = option(
        None, str, 'write the trained network to this file, as ONNX; takes '
        'the extra onnx', at_resume=True, metavar='FILE')
    tensorboard: str = option(
        None, str, 'write the log, samples and pictures into this folder for '
        'TensorBoard; takes the extra tensorboard', at_resume=True,
        metavar='FOLDER')

    @property
    def batches(self):
        """How many batches there are to be at most, or None."""
        return 3 if self.smoke else None

    def path(self, name):
        """The path of a file in the folder of the run."""
        return os.path.join(self.save_to, name)


@dataclass(frozen=True, kw_only=True)
class ResumableSettings(Settings):
    """The settings of the demos that leave a checkpoint."""

    resume: str = option(
        None, str, 'go on from the checkpoint of an earlier run, with its '
        'settings and in its folder; --epochs changes where it ends. Only '
        'from files that you trust, since loading one runs code',
        at_resume=True, metavar='FILE')


def fields(cls):
    """The options of a dataclass of settings.

    Returns
    -------
    dict of str to (default, :class:`Option`)
        By the names of the settings.

    """
    return {field.name: (None if field.default is MISSING else field.default,
                         field.metadata['option'])
            for field in dataclasses.fields(cls)}


def of_training(settings):
    """The settings that a run goes on with, as a dict."""
    return {name: getattr(settings, name)
            for name, (_, known) in fields(type(settings)).items()
            if not known.at_resume or name == 'epochs'}


def check_resumable(cls, given):
    """Raise if a setting is given that a run cannot change as it goes on.

    Parameters
    ----------
    cls : type
        The dataclass of settings.
    given : iterable of str
        The names of those that are given.

    Raises
    ------
    UserError

    """
    known = fields(cls)
    fixed = [known[name][1].flag_of(name) for name in known
             if name in given and not known[name][1].at_resume]
    if fixed:
        raise UserError(f'--resume goes on with the settings of the run and '
                        f'in its folder, so it takes no {", ".join(fixed)}; '
                        f'leave that out, or start a new run')
