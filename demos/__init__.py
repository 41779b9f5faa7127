"""Main loops that show uses of recurrent networks on real data.

``python -m demos`` lists them, and ``python -m demos.speech`` runs one. They
are not installed: read, run and change them in the checkout.

"""
