"""Main loops that show what recurrent networks are for, on real data.

``python -m demos`` lists them, and ``python -m demos.speech`` runs one. They
are not installed, but read, run and changed where they lie.

"""
