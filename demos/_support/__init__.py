"""Code shared by the demos: command lines, files, exit codes.

``settings``
    settings that are fields of a dataclass and options of the command line;
``command``, ``numbers``, ``exits``, ``workers``
    the command line, the types of its numbers, exit codes, ``--workers``;
``files``, ``resuming``
    the files that a run writes, and resuming from them;
``extensions``, ``tensorboard``, ``exporting``
    progress output, and the export of the trained network.

"""
