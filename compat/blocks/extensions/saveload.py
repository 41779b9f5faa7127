"""Extensions that save and load training."""
import logging
import os

from theano import Variable

from .._former import former_names
from ..relocation import WritesFiles
from ..serialization import (
    dump_and_add_to_dump,
    load,
    load_parameters,
    secure_dump,
)
from ..utils.checks import check_list, check_path
from .simple import SimpleExtension

logger = logging.getLogger(__name__)

SAVED_TO = 'saved_to'
LOADED_FROM = 'loaded_from'


class Checkpoint(WritesFiles, SimpleExtension):
    """Saves the main loop, and the parameters as NumPy arrays.

    Training can be resumed from the file, exactly, by
    :func:`.continue_training` or the command ``blocks-continue``; or only
    the parameters loaded, by :func:`.load_parameters` or :class:`Load`.
    The file is replaced atomically: see :func:`.secure_dump`. Training resumed
    from another folder continues to save next to the file that was loaded.

    The record ``saved_to`` in the log is a tuple of the paths written,
    with None for one that failed. Extensions after this one have not yet
    processed the batch or epoch at which it saves: put it last.

    Parameters
    ----------
    path : str
        The file.
    parameters : list of :class:`~tensor.TensorSharedVariable`, optional
        The variables to save as arrays; by default the parameters of the
        model.
    save_separately : list of str, optional
        Attributes of the main loop, such as ``'log'``, to save again
        separately; load them with ``load(file, name)``.
    save_main_loop : bool, optional
        Whether to save the main loop, or only parameters (and separately saved
        attributes).
    use_cpickle : bool, optional
        See :func:`.dump`.
    **kwargs
        Triggers, see :class:`.SimpleExtension`; by default after training.
        A condition may have a path as its argument, which replaces `path`.

    """

    def __init__(self, path, parameters=None, save_separately=None,
                 save_main_loop=True, use_cpickle=False, **kwargs):
        if path is not None:  # otherwise each condition needs its own
            check_path('Checkpoint', 'path', path)
        if save_separately is not None:
            check_list('Checkpoint', 'save_separately', save_separately, str,
                       "names of the main loop's attributes")
        if parameters is not None:
            parameters = check_list('Checkpoint', 'parameters', parameters,
                                    Variable, 'shared variables')
        kwargs.setdefault('after_training', True)
        super().__init__(**kwargs)
        self.save_main_loop = save_main_loop
        self.save_separately = save_separately
        self.parameters = parameters
        self.path = path
        self.use_cpickle = use_cpickle

    def _separate(self, main_loop):
        """Return the separately saved objects by name."""
        names = self.save_separately or ()
        missing = [name for name in names if not hasattr(main_loop, name)]
        if missing:
            raise AttributeError(f'Checkpoint: save_separately names '
                                 f'{missing[0]!r}, but the main loop has no '
                                 f'such attribute')
        return {name: getattr(main_loop, name) for name in names}

    def do(self, which_callback, *args):
        """Save.

        Parameters
        ----------
        which_callback : str
            See :meth:`.SimpleExtension.do`.
        *args
            The path, if the condition has an argument.

        """
        _, from_user = self.parse_args(which_callback, args)
        path = from_user[0] if from_user else self.path
        main_loop = self.main_loop
        row = main_loop.log.current_row
        saved_before = row.get(SAVED_TO, ())
        try:
            separate = self._separate(main_loop)
            if path is None:
                raise ValueError(
                    'Checkpoint: path must be the path of a file, for this '
                    'condition, too, got None')
            path = self.place(path)
            # Written before saving, so that the saved log contains it.
            row[SAVED_TO] = (*saved_before, path)
            main_loop.saved_as = os.getcwd(), os.path.abspath(path)
            secure_dump(
                main_loop if self.save_main_loop else None, path,
                dump_function=dump_and_add_to_dump,
                parameters=self._parameters(), to_add=separate,
                use_cpickle=self.use_cpickle)
        except BaseException:
            main_loop.log.current_row[SAVED_TO] = (*saved_before, None)
            raise
        logger.info('saved to %s', path)

    def _parameters(self):
        """Return the parameters to save as arrays, if any."""
        if self.parameters is not None:
            return self.parameters
        model = getattr(self.main_loop, 'model', None)
        return None if model is None else model.parameters


class Load(SimpleExtension):
    """Loads a file saved by :class:`Checkpoint` into a main loop.

    The parameters are matched by their hierarchical names; those that only
    the model or only the file has are logged as errors. The state of the
    step rule and of extensions is not loaded: to resume exactly use
    :func:`.continue_training`. The record ``loaded_from`` in the log is
    the path. If the file does not exist, training starts from scratch.

    .. warning::

       With `load_iteration_state` or `load_log` the file is unpickled,
       which can run arbitrary code. Parameters alone are safe to load.

    Parameters
    ----------
    path : str
        The file.
    load_iteration_state : bool, optional
        Whether to load the data stream, too, and its position in the epoch.
    load_log : bool, optional
        Whether to load the log, too, and continue it.
    **kwargs
        Triggers, see :class:`.SimpleExtension`; by default before
        training.

    """

    def __init__(self, path, load_iteration_state=False, load_log=False,
                 **kwargs):
        check_path('Load', 'path', path)
        kwargs.setdefault('before_training', True)
        super().__init__(**kwargs)
        self.load_log = load_log
        self.load_iteration_state = load_iteration_state
        self.path = path

    def load_to(self, main_loop):
        """Load into a main loop.

        Parameters
        ----------
        main_loop : :class:`.MainLoop`
            It must have a model.

        Raises
        ------
        ValueError
            If the model has none of the parameters in the file, or if their
            shapes or types differ.

        """
        with open(self.path, 'rb') as source:
            values = load_parameters(source)
            known = main_loop.model.get_parameter_dict()
            if not set(values) & set(known):
                raise ValueError(
                    f'nothing to load: the file has the parameters '
                    f'{_some(values)}, the model {_some(known)}; make the '
                    f'bricks with the same names and in the same hierarchy')
            saved = (load(source) if self.load_iteration_state
                     or self.load_log else None)
        main_loop.model.set_parameter_values(values)
        if saved is None:
            return
        epoch_started = saved.status['epoch_started']
        if self.load_log:
            main_loop.log = saved.log
        if self.load_iteration_state:
            main_loop.iteration_state = saved.iteration_state
            # A started epoch continues, with either log.
            main_loop.status['epoch_started'] = epoch_started
            main_loop.status['received_first_batch'] = epoch_started
        else:
            main_loop.status['epoch_started'] = False

    def do(self, which_callback=None, *args):
        """Load the file, if it exists."""
        if not os.path.exists(self.path):
            logger.warning('there is no %s to load: training starts from '
                           'scratch', self.path)
            return
        try:
            self.load_to(self.main_loop)
        except Exception as error:
            error.add_note(f'This happened when loading {self.path}.')
            raise
        self.main_loop.log.current_row[LOADED_FROM] = self.path
        logger.info('loaded %s', self.path)


def _some(names, most=5):
    """Return the first of some names."""
    names = sorted(names)
    return ', '.join(names[:most] + ['...'] * (len(names) > most))


__getattr__ = former_names(__name__, {
    'SerializeMainLoop': 'blocks.extensions.saveload.Checkpoint',
    'Dump': ('blocks.dump.Dump', 'blocks.extensions.saveload.Checkpoint'),
    'LoadFromDump': ('blocks.dump.LoadFromDump',
                     'blocks.extensions.saveload.Load'),
    'load_parameter_values': 'blocks.serialization.load_parameter_values'})
