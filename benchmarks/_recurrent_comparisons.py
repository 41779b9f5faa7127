"""The comparisons of ``recurrent_speed``, one table each."""
import os
import tempfile

import numpy

from benchmarks._recurrent_processes import (
    GENERATOR,
    OURS,
    milliseconds,
    ratio,
)
from benchmarks._recurrent_tasks import CELLS, Task

#: Cells that are measured in both directions.
MAIN = 'lstm', 'blocks_gru', 'blocks_rnn'
#: Cells that the original Blocks has, too.
BLOCKS = 'blocks_lstm', 'blocks_gru', 'blocks_rnn'


def against_torch(bench, report, cell, shapes, threads):
    """Compare training and inference with PyTorch."""
    rows = []
    for number in threads:
        for shape in shapes:
            for directions in (1, 2) if cell in MAIN else (1,):
                rows.append(_row_against_torch(
                    bench, report, Task(cell, *shape, directions), number))
    report.table(
        '{}: time relative to torch.nn.{}'.format(CELLS[cell].title,
                                                  CELLS[cell].rival),
        ['T, B, F, H', 'directions', 'threads', 'dense', 'ms',
         'lengths / packed', 'lengths / best', 'ms', 'inference'], rows)


def _row_against_torch(bench, report, task, threads):
    rival = CELLS[task.cell].rival
    label = '{} ({}, {} directions, {} threads)'.format(
        task.where, CELLS[task.cell].title, task.directions, threads)
    small = task.steps < 50
    pair = [('ours', OURS, task), ('torch', '_recurrent_torch.dense', task)]
    dense = bench.measure(pair, threads=threads)
    inference = bench.measure(pair, 'predict', threads, share=.5)
    padded = task.padded()
    lengths = bench.measure([
        ('ours', OURS, padded), ('torch', '_recurrent_torch.packed', padded),
        ('torch', '_recurrent_torch.' + (
            'flipped' if task.directions == 2 else 'dense'), padded)],
        threads=threads)
    best = 1 + int(numpy.median(lengths[:, 1]) > numpy.median(lengths[:, 2]))
    row = [
        task.where, str(task.directions), str(threads),
        report.judged('dense', ratio(dense), label, small),
        milliseconds(dense),
        report.judged('packed' if rival == 'LSTM' else 'packed, ' + rival,
                      ratio(lengths), label, small),
        report.judged('best', ratio(lengths, 0, best), label, small),
        milliseconds(lengths),
        report.judged('inference', ratio(inference), label, small)]
    report.progress([CELLS[task.cell].title] + row)
    return row


def rounded(bench, report, cells, shapes, threads):
    """Compare products in bfloat16 with autocast, and with float32."""
    rows = []
    for cell in cells:
        for number in threads:
            for shape in shapes:
                for directions in 1, 2:
                    rows.append(_row_rounded(
                        bench, report, Task(cell, *shape, directions,
                                            precision='bfloat16'), number))
    report.table(
        'Products in bfloat16: time relative to torch.autocast and to our '
        'float32',
        ['brick', 'T, B, F, H', 'directions', 'threads', 'dense', 'ms',
         'lengths / packed', 'inference', 'dense / float32',
         'inference / float32'], rows)


def _row_rounded(bench, report, task, threads):
    title = CELLS[task.cell].title
    label = '{} ({}, {} directions, {} threads, bfloat16)'.format(
        task.where, title, task.directions, threads)
    contenders = [('ours', OURS, task),
                  ('torch', '_recurrent_torch.dense', task),
                  ('ours', OURS, task._replace(precision='float32'))]
    dense = bench.measure(contenders, threads=threads)
    inference = bench.measure(contenders, 'predict', threads, share=.5)
    padded = task.padded()
    lengths = bench.measure([
        ('ours', OURS, padded), ('torch', '_recurrent_torch.packed', padded)],
        threads=threads)
    row = [
        title, task.where, str(task.directions), str(threads),
        report.judged('autocast', ratio(dense), label),
        milliseconds(dense),
        report.judged('autocast, packed', ratio(lengths), label),
        report.judged('autocast, inference', ratio(inference), label),
        report.judged('float32', ratio(dense, 0, 2), label),
        '{:.2f}'.format(ratio(inference, 0, 2))]
    report.progress(row)
    return row


def against_scan(bench, report, cells, shapes, threads):
    """Compare kernels with the scan of the same bricks."""
    rows = []
    for cell in cells:
        for shape in shapes:
            task = Task(cell, *shape)
            times = bench.measure(
                [('ours', OURS, task),
                 ('ours', OURS, task._replace(kernels=False))],
                threads=threads, least=3)
            label = '{} ({})'.format(task.where, CELLS[cell].title)
            rows.append([
                CELLS[cell].title, task.where,
                report.judged('scan', ratio(times), label),
                milliseconds(times, 1)])
    report.table('Time relative to the scan of the same bricks',
                 ['brick', 'T, B, F, H', 'kernels / scan', 'scan, ms'], rows)


def blocks_against_peephole(bench, report, shapes, threads):
    """Compare Blocks' LSTM, after a Linear, with PeepholeLSTM in a stack."""
    rows = []
    for shape in shapes:
        cells = []
        for padded in False, True:
            tasks = [Task(cell, *shape) for cell in ('blocks_lstm',
                                                     'peephole')]
            if padded:
                tasks = [task.padded() for task in tasks]
            times = bench.measure([('ours', OURS, task) for task in tasks],
                                  threads=threads)
            cells.append(report.judged('peephole', ratio(times),
                                       tasks[0].where))
        rows.append([tasks[0].where] + cells)
    report.table("Blocks' LSTM: time relative to PeepholeLSTM",
                 ['T, B, F, H', 'dense', 'lengths'], rows)


def phonemes(bench, report, threads, batch=128):
    """Compare the training step of the phonemes demo."""
    lengths = numpy.random.RandomState(0).normal(7.5, 2.4, 20 * batch).clip(
        2, 16).round().astype(int)
    rows = []
    for words, chosen in (
            ('sorted, as in the demo', numpy.sort(lengths)[::-1][
                9 * batch:10 * batch]),
            ('unsorted', lengths[:batch])):
        task = Task('lstm', int(chosen.max()), batch, 64, 160, 2,
                    tuple(map(int, chosen)), layers=3)
        for number in threads:
            times = bench.measure(
                [('ours', '_recurrent_bricks.transcriber', task),
                 ('torch', '_recurrent_torch.transcriber', task),
                 ('torch', '_recurrent_torch.packed_transcriber', task)],
                threads=number)
            rows.append([words, str(number)] + [
                report.judged('phonemes', ratio(times, 0, other),
                              '{}, {} threads'.format(words, number))
                for other in (1, 2)] + [milliseconds(times)])
    report.table(
        "The phonemes demo's training step: time relative to PyTorch",
        ['words', 'threads', 'padded', 'packed', 'ms'], rows)


def generation(bench, report, threads, steps=100):
    """Compare the generation of symbols one at a time."""
    rows = []
    for layers in 1, 2:
        for batch in 1, 32:
            task = Task('lstm', steps, batch, 32, 384, layers=layers)
            times = bench.measure(
                [('ours', GENERATOR, task),
                 ('torch', '_recurrent_torch.generator', task)],
                'generate', threads)
            rows.append([
                str(layers), str(batch), report.judged(
                    'generation', ratio(times), '{} layers, batch {}'.format(
                        layers, batch))] + ['{:.0f}'.format(
                            1e6 * numpy.median(times[:, side]) / (steps + 1))
                            for side in (0, 1)])
    report.table(
        'LSTM one step at a time, 32 inputs, 384 cells, 96 symbols',
        ['layers', 'batch', 'relative to PyTorch', 'µs a step',
         'PyTorch, µs a step'], rows)


def against_original(bench, report, cells, shapes):
    """Compare the same script on the original Blocks and Theano 1.0.5."""
    rows = []
    for cell in cells:
        for shape in shapes:
            for kind in 'dense', 'lengths':
                task = Task(cell, *shape)
                task = task.padded() if kind == 'lengths' else task
                times = bench.measure([('ours', OURS, task),
                                       ('original', OURS, task)], least=3)
                label = '{} ({})'.format(task.where, CELLS[cell].title)
                rows.append([
                    CELLS[cell].title, task.where, kind, report.judged(
                        'original, ' + kind, ratio(times), label),
                    milliseconds(times, 1)])
                report.progress(rows[-1])
    report.table('Time relative to the original Blocks on Theano 1.0.5',
                 ['brick', 'T, B, F, H', 'batch', 'ours / original',
                  'original, ms'], rows)


def against_checkout(bench, report, cells, shapes, threads):
    """Compare with another checkout of this project."""
    rows = []
    for cell in cells:
        for shape in shapes:
            task = Task(cell, *shape)
            row = [CELLS[cell].title, task.where]
            for one, function in ((task, 'train'), (task.padded(), 'train'),
                                  (task, 'predict')):
                times = bench.measure(
                    [('ours', OURS, one), ('against', OURS, one)],
                    function, threads, least=3)
                row.append('{:.2f}'.format(ratio(times)))
            rows.append(row)
            report.progress(row)
    report.table('Time relative to the other checkout',
                 ['brick', 'T, B, F, H', 'dense', 'lengths', 'inference'],
                 rows)


def padding(bench, report, threads):
    """Measure the time per valid step of batches with more padding."""
    rng = numpy.random.RandomState(1)
    points = []
    full = Task('lstm', 200, 64, 64, 128, lengths=(200,) * 64)
    for mean in None, 60, 40, 25:
        lengths = full.lengths if mean is None else tuple(
            int(length) for length in numpy.minimum(
                200, rng.geometric(1. / mean, 64)))
        task = full._replace(steps=max(lengths), lengths=lengths)
        times = bench.measure([('ours', OURS, task), ('ours', OURS, full)],
                              threads=threads)
        points.append((1 - sum(lengths) / (64. * task.steps),
                       ratio(times) * sum(full.lengths) / sum(lengths)))
    report.table('Time per valid step, batch 64, geometric lengths',
                 ['padding', 'relative to no padding'],
                 [['{:.0%}'.format(share), '{:.2f}'.format(value)]
                  for share, value in points])
    return points


def long_sequences(bench, report, threads, longest=5000):
    """Measure the time per step of long sequences."""
    points = []
    short = Task('lstm', 50, 16, 32, 64)
    for steps in 50, 500, longest:
        times = bench.measure(
            [('ours', OURS, short._replace(steps=steps)),
             ('ours', OURS, short)], threads=threads)
        points.append((steps, ratio(times) * 50 / steps))
    report.table('Time per step, batch 16, F=32, H=64',
                 ['T', 'relative to T=50'],
                 [[str(steps), '{:.2f}'.format(value)]
                  for steps, value in points])
    return points


def minimal(bench, report, threads, steps=5000):
    """Compare cells whose gates do not read the state with the LSTM."""
    rows = []
    for shape in (16, 40, 128), (16, 128, 128), (4, 64, 256):
        tasks = [Task(cell, steps, *shape)
                 for cell in ('min_gru', 'min_lstm', 'lstm')]
        row = [tasks[0].where]
        for padded in False, True:
            times = bench.measure(
                [('ours', OURS, task.padded() if padded else task)
                 for task in tasks], threads=threads, least=3)
            row += [report.judged('minimal', ratio(times, side, 2),
                                  '{} ({})'.format(task.where,
                                                   CELLS[task.cell].title))
                    for side, task in enumerate(tasks[:2])]
            if not padded:
                row += [milliseconds(times, side) for side in (1, 2)]
        rows.append(row)
        report.progress(row)
    report.table(
        'minGRU and minLSTM: time relative to LSTM',
        ['T, B, F, H', 'MinGRU', 'MinLSTM', 'MinLSTM, ms', 'LSTM, ms',
         'MinGRU, lengths', 'MinLSTM, lengths'], rows)


def memory(bench, report, cells, shapes):
    """Measure the memory that a training step adds to the process."""
    rows = []
    for cell in cells:
        for shape in shapes:
            task = Task(cell, *shape)
            row = [CELLS[cell].title, task.where]
            for name, maker in (('ours', OURS),
                                ('torch', '_recurrent_torch.dense')):
                worker = bench.start(name, 1)
                row.append('{:.0f}'.format(worker(
                    'memory', contender=maker, task=task._asdict()) / 2**20))
                worker.close()
            rows.append(row)
    report.table('Memory that a training step adds, MB',
                 ['brick', 'T, B, F, H', 'bricks', 'PyTorch'], rows)


def first_updates(bench, report, threads):
    """Time a script from its start to its first update."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for state in 'cold', 'warm':
            worker = bench.start(
                'ours', threads,
                NUMBA_CACHE_DIR=os.path.join(folder, 'numba'),
                RNN_KERNELS_CACHE=os.path.join(folder, 'kernels'),
                THEANO_FLAGS='floatX=float32,base_compiledir=' + (
                    os.path.join(folder, 'theano')))
            rows.append([state, '{:.1f}'.format(worker('first_update'))])
            worker.close()
    report.table('Two-layer bidirectional LSTM, seconds to the first update',
                 ['caches', 'seconds'], rows)
