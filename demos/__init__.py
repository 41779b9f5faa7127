"""Main loops that show what recurrent networks are for, on real data.

``python -m demos.speech`` runs one; it is not installed, but read, run and
changed where it lies.

"""
