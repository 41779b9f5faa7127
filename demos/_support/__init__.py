"""What the demos share beside training: command lines, files, exit codes.

``settings``
    settings that are fields of a dataclass and options of the command line;
``command``, ``numbers``, ``exits``, ``workers``
    the command line, the types of its numbers, how it ends, ``--workers``;
``files``, ``resuming``
    what a run leaves in its folder, and how it goes on from there;
``extensions``, ``tensorboard``, ``exporting``
    what a run shows, and the network that it hands on.

"""
