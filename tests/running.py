"""Run test modules in processes side by side.

``python -m tests.running [OPTIONS]`` is one of the processes: it reads names
of modules, one per line, and answers each with a pickled :class:`Outcome`.

"""
import dataclasses
import io
import os
import pickle
import queue
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree

import nose
import nose.config
import nose.plugins.manager


@dataclasses.dataclass
class Outcome:
    """The outcome of the tests of one module.

    Attributes
    ----------
    module : str
        The path of the module, or a test in nose's notation.
    cases : list of xml.etree.ElementTree.Element
        A ``testcase`` of the xunit format for each test.
    output : str
        What nose printed.
    successful : bool
        Whether no test failed.
    seconds : float
        The time that the tests took.

    """

    module: str
    cases: list
    output: str
    successful: bool
    seconds: float

    def count(self, *kinds):
        """Count the tests that have an element 'failure', 'skipped' ..."""
        return sum(any(case.find(kind) is not None for kind in kinds)
                   for case in self.cases)


def run_module(module, options):
    """Run the tests of one module in this process.

    Parameters
    ----------
    module : str
        A path, or a test in nose's notation.
    options : list of str
        Options of ``nosetests``.

    Returns
    -------
    Outcome

    """
    stream = io.StringIO()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, 'report.xml')
        config = nose.config.Config(
            env=os.environ, stream=stream,
            files=nose.config.all_config_files(),
            plugins=nose.plugins.manager.DefaultPluginManager())
        successful = nose.run(config=config, argv=[
            'nosetests', module, *options, '--with-xunit',
            f'--xunit-file={report}'])
        cases = xml.etree.ElementTree.parse(report).findall('testcase')
    return Outcome(module, cases, stream.getvalue(), successful,
                   time.monotonic() - start)


class Worker:
    """A process that runs one module after another.

    Parameters
    ----------
    options : list of str
        Options of ``nosetests``.

    """

    def __init__(self, options):
        self.errors = tempfile.TemporaryFile('w+', errors='replace')
        self.process = subprocess.Popen(
            [sys.executable, '-m', 'tests.running', *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors)

    def run(self, module):
        """Return the outcome of a module.

        If the process ends before it has one, the outcome is an error.

        """
        start = self.errors.seek(0, os.SEEK_END)
        try:
            self.process.stdin.write(f'{module}\n'.encode())
            self.process.stdin.flush()
            outcome = pickle.load(self.process.stdout)
        except (EOFError, BrokenPipeError):
            message = f'the process ended with {self.process.wait()}'
            case = xml.etree.ElementTree.Element(
                'testcase', classname=module, name='process', time='0')
            xml.etree.ElementTree.SubElement(case, 'error', message=message)
            outcome = Outcome(module, [case], f'ERROR: {message}\n', False, 0.)
        if not outcome.successful:
            self.errors.seek(start)
            outcome.output += self.errors.read()
        return outcome

    def close(self):
        """End the process."""
        self.process.communicate()
        self.errors.close()


def run_modules(modules, options, jobs):
    """Run modules in processes side by side.

    Parameters
    ----------
    modules : list of str
        Paths, or tests in nose's notation; the first ones start first.
    options : list of str
        Options of ``nosetests``.
    jobs : int
        The number of processes.

    Yields
    ------
    Outcome
        The outcome of each module, as soon as it is known.

    """
    waiting, done = queue.SimpleQueue(), queue.SimpleQueue()
    for module in modules:
        waiting.put(module)

    def work():
        worker = None
        while True:
            try:
                module = waiting.get_nowait()
            except queue.Empty:
                break
            worker = worker or Worker(options)
            done.put(worker.run(module))
            if worker.process.poll() is not None:
                worker = None
        if worker is not None:
            worker.close()

    threads = [threading.Thread(target=work) for _ in range(jobs)]
    for thread in threads:
        thread.start()
    for _ in modules:
        yield done.get()
    for thread in threads:
        thread.join()


def main(options):
    """Run the modules named on standard input."""
    # The tests' own output must not mix with the outcomes.
    with os.fdopen(os.dup(1), 'wb') as outcomes:
        os.dup2(2, 1)
        for line in iter(sys.stdin.readline, ''):
            pickle.dump(run_module(line.strip(), options), outcomes)
            outcomes.flush()


if __name__ == '__main__':
    # Pickles refer to a class by its module, which here would be __main__.
    from tests import running
    running.main(sys.argv[1:])
