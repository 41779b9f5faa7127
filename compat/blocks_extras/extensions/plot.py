"""Learning curves, with the arguments of the Bokeh server."""
import logging
from collections.abc import Mapping

from blocks.extensions.plot import Plot as _Plot

logger = logging.getLogger(__name__)

# The panel options of a group of channels.
OPTIONS = 'title', 'x_axis_label', 'y_axis_label', 'y_axis_type'


class Plot(_Plot):
    r"""Draws records of the log over the iterations in a PNG file.

    It has the arguments with which the original drew in a browser through a
    Bokeh server, and redraws the file with
    :class:`blocks.extensions.plot.Plot`.

    Parameters
    ----------
    document_name : str
        The name of the file: ``'my run'`` is drawn into ``my run.png`` in the
        current folder. Separators of paths become underscores. The keyword
        `document` of early versions of Blocks is also accepted.
    channels : list of (list of str or dict)
        The groups of names of records, one per panel. A dictionary has the
        names under ``'channels'``, and may have a ``'title'``, an
        ``'x_axis_label'``, a ``'y_axis_label'`` and a ``'y_axis_type'``,
        which is ``'linear'`` or ``'log'``. Other keys, such as the size, have
        no effect.
    server_url : str, optional
    start_server, open_browser : bool, optional
        Without effect; if they request a server, a warning in the log gives
        the location of the file.
    clear_document : bool, optional
        Without effect: the file is drawn from the whole log.
    \*\*kwargs
        Triggers, see :class:`.SimpleExtension`; by default after each
        epoch and after training.

    Raises
    ------
    TypeError
        If the document or the channels are missing, or the document is given
        under both names.
    ValueError
        If there are no channels, or a group has no names.

    Examples
    --------
    >>> plot = Plot('my run', [['train_cost', 'valid_cost'],
    ...                        {'channels': ['norm'], 'title': 'Gradients'}])
    >>> plot.path, plot.titles
    ('my run.png', ['my run #1', 'Gradients'])

    """

    def __init__(self, document_name=None, channels=None, server_url=None,
                 start_server=False, clear_document=True, open_browser=False,
                 document=None, **kwargs):
        document_name = _one_name(document_name, document)
        if channels is None:
            raise TypeError("Plot: channels are missing; pass groups of names "
                            "of records, such as [['cost']]")
        groups, self.options = [], []
        for number, group in enumerate(channels, start=1):
            options = dict(group) if isinstance(group, Mapping) else {
                'channels': group}
            if not options.get('channels'):
                raise ValueError(f"Plot: each group of channels needs names "
                                 f"of records, such as {{'channels': "
                                 f"['cost']}}, got {group!r}")
            groups.append(options.pop('channels'))
            unused = sorted(set(options) - set(OPTIONS))
            if unused:
                logger.info('Plot: %s of group %d has no effect',
                            ', '.join(unused), number)
            options.setdefault('title', f'{document_name} #{number}')
            self.options.append(options)
        super().__init__(
            str(document_name).replace('/', '_').replace('\\', '_'), groups,
            titles=[options['title'] for options in self.options],
            server_url=server_url, start_server=start_server,
            open_browser=open_browser, **kwargs)
        self.document_name = document_name

    def draw(self):
        """Return a figure of all panels.

        Returns
        -------
        :class:`matplotlib.figure.Figure`

        """
        figure = super().draw()
        for panel, options in zip(figure.axes, self.options):
            panel.set_ylabel(options.get('y_axis_label', 'value'))
            if 'x_axis_label' in options:
                panel.set_xlabel(options['x_axis_label'])
            panel.set_yscale(options.get('y_axis_type') or 'linear')
        return figure


def _one_name(document_name, document):
    """Return the name of a document, given under either keyword."""
    if document is None:
        if document_name is None:
            raise TypeError("Plot: document_name is missing; pass the name of "
                            "the picture, such as 'my run'")
        return document_name
    if document_name is not None:
        raise TypeError(f'Plot: document_name and document are two names of '
                        f'one argument, got {document_name!r} and '
                        f'{document!r}; pass only one')
    return document


#: The base class of the original's extensions that draw.
PlottingExtension = Plot
