"""Tests of Plot with the arguments of its former server."""
import os
import tempfile
import unittest

from blocks.log import TrainingLog
from blocks_extras.extensions.plot import Plot


class Loop:
    """The part of a main loop that Plot uses."""

    def __init__(self):
        self.log = TrainingLog()
        for iteration, cost in enumerate([4., 2., 1.], start=1):
            self.log[iteration]['cost'] = cost
            self.log[iteration]['norm'] = 10 * cost


class TestPlot(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(folder.name)

    def panels(self, plot):
        plot.main_loop = Loop()
        plot.do('after_epoch')
        return plot.draw().axes

    def test_groups(self):
        plot = Plot('my run', channels=[['cost', 'norm'], ['norm']])
        first, second = self.panels(plot)
        self.assertEqual(os.listdir(), ['my run.png'])
        with open('my run.png', 'rb') as file:
            self.assertEqual(file.read(4), b'\x89PNG')
        self.assertEqual([line.get_label() for line in first.lines],
                         ['cost', 'norm'])
        self.assertEqual(list(second.lines[0].get_xdata()), [1, 2, 3])
        self.assertEqual(list(second.lines[0].get_ydata()), [40, 20, 10])
        self.assertEqual((first.get_title(), second.get_title()),
                         ('my run #1', 'my run #2'))
        self.assertEqual(first.get_ylabel(), 'value')

    def test_options_of_groups(self):
        channels = [{'channels': ['norm'], 'title': 'Gradients',
                     'x_axis_label': 'steps', 'y_axis_label': 'norm',
                     'y_axis_type': 'log', 'width': 800}, ['cost']]
        with self.assertLogs('blocks_extras', 'INFO') as logs:
            plot = Plot('run', channels)
        self.assertIn('width of group 1 has no effect', logs.output[0])
        self.assertIn('channels', channels[0])  # not changed
        panel, other = self.panels(plot)
        self.assertEqual(
            [panel.get_title(), panel.get_xlabel(), panel.get_ylabel(),
             panel.get_yscale(), other.get_yscale()],
            ['Gradients', 'steps', 'norm', 'log', 'linear'])

    def test_names_are_not_paths(self):
        self.assertEqual(Plot('lstm/run 1', [['cost']]).path,
                         'lstm_run 1.png')

    def test_documents(self):
        channels = [['cost']]
        plot = Plot(document='text_rnn', channels=channels, every_n_batches=2)
        self.assertEqual((plot.path, plot.document_name, plot.titles),
                         ('text_rnn.png', 'text_rnn', ['text_rnn #1']))
        self.assertEqual(
            Plot(document_name='by name', channels=channels).path,
            'by name.png')
        for message, arguments in (
                ("'a' and 'b'", dict(document_name='a', document='b',
                                     channels=channels)),
                ('document_name is missing', dict(channels=channels)),
                ('channels are missing', dict(document='a'))):
            with self.subTest(message), self.assertRaisesRegex(
                    TypeError, f'Plot: .*{message}'):
                Plot(**arguments)

    def test_servers(self):
        with self.assertLogs('blocks', 'WARNING') as logs:
            Plot('run', [['cost']], start_server=True,
                 server_url='http://localhost:5006')
        self.assertIn(os.path.abspath('run.png'), logs.output[0])
        with self.assertNoLogs('blocks', 'WARNING'):
            Plot('run', [['cost']], start_server=False, clear_document=True)

    def test_triggers(self):
        Plot('run', [['cost']], after_batch=True, every_n_epochs=2)
        with self.assertRaises(Exception):
            Plot('run', [['cost']], after_bacth=True)

    def test_nothing_to_draw(self):
        for channels in [], [[]], [{'title': 'empty'}]:
            with self.subTest(channels), self.assertRaisesRegex(
                    ValueError, 'Plot: '):
                Plot('run', channels)

    def test_former_paths(self):
        from blocks.extras import Plot as one
        from blocks.extras.extensions.plot import Plot as two
        self.assertIs(one, Plot)
        self.assertIs(two, Plot)
