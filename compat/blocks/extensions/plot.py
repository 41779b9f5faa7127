"""Learning curves as a picture."""
import logging
import os

import numpy

from ..relocation import WritesFiles
from ..replacing import replacing
from ..utils import pack
from ..utils.checks import check_path
from .simple import SimpleExtension

logger = logging.getLogger(__name__)

PANEL_SIZE = 6.4, 3.2  # inches
# Arguments of Blocks 0.0.1, which drew in a browser with a server.
OF_A_SERVER = 'open_browser', 'start_server', 'server_url'
# Markers for so few points that lines would not be visible.
FEW_POINTS = 50


class Plot(WritesFiles, SimpleExtension):
    """Plots records of the log over the iterations in a PNG file.

    There is a panel for each group of channels, and a curve for each
    channel. The picture is redrawn each time from the whole log, and replaced
    atomically, so a viewer never sees half of one. No display is needed.

    Parameters
    ----------
    document : str
        The file; ``.png`` is added if it is missing.
    channels : list of list of str
        Groups of names of records. A single name is a group of one.
    titles : list of str, optional
        A title for each panel.
    log_scale : bool, optional
        Whether the values are on a logarithmic axis.
    **kwargs
        Triggers, see :class:`.SimpleExtension`; by default after each
        epoch, after training and on interruption. The arguments
        `open_browser`, `start_server` and `server_url` of Blocks 0.0.1 have no
        effect; if they request a server, a warning gives the location of the
        file.

    Raises
    ------
    ValueError
        If there are no channels, or the number of titles differs from that of
        panels.

    Examples
    --------
    The costs on training and validation data in one panel, the norm of the
    gradient in another one:

    >>> plot = Plot('curves', [['train_cost', 'valid_cost'],
    ...                        ['train_total_gradient_norm']])
    >>> plot.path
    'curves.png'

    """

    def __init__(self, document, channels, titles=None, log_scale=False,
                 **kwargs):
        for trigger in 'after_epoch', 'after_training', 'on_interrupt':
            kwargs.setdefault(trigger, True)
        asked = {name: kwargs.pop(name) for name in OF_A_SERVER
                 if name in kwargs}
        super().__init__(**kwargs)
        if isinstance(channels, str) or not channels:
            raise ValueError(f"Plot: channels must be groups of names of "
                             f"records such as [['train_cost', "
                             f"'valid_cost']], got {channels!r}")
        document = os.fspath(check_path('Plot', 'document', document))
        self.path = (document if document.lower().endswith('.png')
                     else f'{document}.png')
        if any(asked.values()):
            logger.warning('Plot: no server draws the curves; look at %s',
                           os.path.abspath(self.path))
        self.channels = [pack(group) for group in channels]
        self.titles = titles
        self.log_scale = log_scale
        if titles is not None and len(titles) != len(channels):
            raise ValueError(f'Plot: {len(channels)} groups of channels need '
                             f'as many titles, got {len(titles)}')

    def points(self, name):
        """Return the points of a curve.

        Parameters
        ----------
        name : str
            The name of the record.

        Returns
        -------
        iterations : list of int
            The iterations at which the record was written, in ascending order.
        values : list of float
            The values.

        Raises
        ------
        ValueError
            If a value is not a single number.

        """
        log = self.main_loop.log
        iterations, values = [], []
        for time in sorted(log):
            value = log[time].get(name)
            if value is None:
                continue
            if numpy.size(value) != 1:
                raise ValueError(
                    f'Plot: the record {name!r} has shape '
                    f'{numpy.shape(value)}, but only single numbers make a '
                    f'curve; monitor its mean or norm')
            iterations.append(time)
            values.append(float(numpy.asarray(value).item()))
        return iterations, values

    def draw(self):
        """Return a figure of all panels.

        Returns
        -------
        :class:`matplotlib.figure.Figure`

        """
        # Imported here, since it is slow. Figure without pyplot uses the
        # Agg canvas and keeps no global state.
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        width, height = PANEL_SIZE
        figure = Figure(figsize=(width, height * len(self.channels)),
                        layout='constrained')
        FigureCanvasAgg(figure)
        panels = figure.subplots(len(self.channels), squeeze=False)[:, 0]
        for index, (panel, group) in enumerate(zip(panels, self.channels)):
            for name in group:
                iterations, values = self.points(name)
                panel.plot(iterations, values, label=name,
                           marker='.' if len(values) < FEW_POINTS else None)
            if self.titles is not None:
                panel.set_title(self.titles[index])
            if self.log_scale:
                panel.set_yscale('log')
            panel.grid(alpha=0.3)
            panel.legend()
        panels[-1].set_xlabel('iterations')
        return figure

    def do(self, which_callback, *args):
        """Draw the picture."""
        with replacing(self.place(self.path)) as file_:
            self.draw().savefig(file_, format='png')
